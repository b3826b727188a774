{%- set records = {
    'district': 'districts', 'school': 'schools', 'term': 'terms', 'course': 'courses',
    'section': 'sections', 'user': 'users', 'student': 'students', 'teacher': 'teachers',
    'staff': 'staff', 'district_admin': 'district_admins', 'contact': 'contacts',
} -%}

with changes as (
    {% for singular, plural in records.items() -%}
    {{ record_changes(singular, plural) }}
    union all
    {% endfor -%}
    {{ association_changes(
        ref('enrollment_history'), 'student_id', 'students', 'section_id', 'sections',
        subject="'student'", began="'entered section'", ended="'left section'",
    ) }}
    union all
    {{ association_changes(
        ref('teaching_history'), 'teacher_id', 'teachers', 'section_id', 'sections',
        subject="case when is_primary then 'primary teacher' else 'teacher' end",
        began="'began in section'", ended="'ended in section'",
    ) }}
    union all
    {{ association_changes(
        ref('school_membership_history'), 'user_id', 'users', 'school_id', 'schools',
        subject='role',
        began="case when is_primary then 'joined primary school' else 'joined school' end",
        ended="case when is_primary then 'left primary school' else 'left school' end",
    ) }}
    union all
    {{ association_changes(
        ref('contact_relationship_history'), 'contact_id', 'contacts', 'student_id', 'students',
        subject="'contact'", began="'became contact of student'", ended="'is no longer contact of student'",
    ) }}
)

select
    district_id,
    changed_at,
    object,
    id,
    change_type,
    related_object,
    related_id,
    changed_fields,
    subject || ' ' || id || ' ' || verb
    || coalesce(' ' || related_id, '') || coalesce(': ' || changed_fields, '') as line
from changes

{%- set records = {
    'district': 'districts', 'school': 'schools', 'term': 'terms', 'course': 'courses',
    'section': 'sections', 'user': 'users', 'student': 'students', 'teacher': 'teachers',
    'staff': 'staff', 'district_admin': 'district_admins', 'contact': 'contacts',
} -%}
{%- set ends = {} -%}
{%- for singular, plural in records.items() -%}
    {%- do ends.update({singular: {'record': singular, 'id': singular ~ '_id', 'object': plural}}) -%}
{%- endfor -%}

with changes as (
    {% for singular, plural in records.items() -%}
    {{ record_changes(singular, plural) }}
    union all
    {% endfor -%}
    {{ association_changes(
        ref('enrollment_history'), of=ends.student, to=ends.section,
        subject="'student'", began="'entered section'", ended="'left section'",
    ) }}
    union all
    {{ association_changes(
        ref('teaching_history'), of=ends.teacher, to=ends.section,
        subject="case when association.is_primary then 'primary teacher' else 'teacher' end",
        began="'began in section'", ended="'ended in section'",
    ) }}
    union all
    {{ association_changes(
        ref('school_membership_history'), of=ends.user, to=ends.school,
        subject='association.role',
        began="case when association.is_primary then 'joined primary school' else 'joined school' end",
        ended="case when association.is_primary then 'left primary school' else 'left school' end",
    ) }}
    union all
    {{ association_changes(
        ref('contact_relationship_history'), of=ends.contact, to=ends.student,
        subject="'contact'", began="'became contact of student'", ended="'is no longer contact of student'",
    ) }}
)

select
    district_id,
    changed_at,
    object,
    id,
    name,
    change_type,
    related_object,
    related_id,
    related_name,
    changed_fields,
    subject || ' ' || coalesce(name, id) || ' ' || verb
    || coalesce(' ' || coalesce(related_name, related_id), '') || coalesce(': ' || changed_fields, '') as line
from changes

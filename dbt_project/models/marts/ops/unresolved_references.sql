{%- set sections = {
    'name': 'sections', 'key': 'section_id', 'records': ref('sections'), 'history': ref('section_history')
} -%}
{%- set students = {
    'name': 'students', 'key': 'student_id', 'records': ref('students'), 'history': ref('student_history')
} -%}
{%- set teachers = {
    'name': 'teachers', 'key': 'teacher_id', 'records': ref('teachers'), 'history': ref('teacher_history')
} -%}
{%- set schools = {'name': 'schools', 'key': 'school_id', 'records': ref('schools')} -%}
{%- set courses = {'name': 'courses', 'key': 'course_id', 'records': ref('courses')} -%}
{%- set terms = {'name': 'terms', 'key': 'term_id', 'records': ref('terms')} -%}
{%- set role = "case role when 'staff' then role else role || 's' end" -%}

{{ unresolved_in_list(
    "'sections'", 'section_id', 'students', ref('section_student_spells'), 'student_id', students
) }}
union all
{{ unresolved_in_list(
    "'sections'", 'section_id', 'teachers', ref('section_teacher_spells'), 'teacher_id', teachers
) }}
union all
{{ unresolved_in_list(role, 'user_id', 'schools', ref('role_school_spells'), 'school_id', schools) }}
union all
{{ unresolved_in_list(
    "'contacts'", 'contact_id', 'student_relationships', ref('contact_student_spells'), 'student_id',
    students
) }}
union all
{{ unresolved_in_field(sections, 'teacher', 'primary_teacher_id', teachers) }}
union all
{{ unresolved_in_field(sections, 'school', 'school_id', schools) }}
union all
{{ unresolved_in_field(sections, 'course', 'course_id', courses) }}
union all
{{ unresolved_in_field(sections, 'term_id', 'term_id', terms) }}
union all
{{ unresolved_in_field(students, 'school', 'school_id', schools) }}
union all
{{ unresolved_in_field(teachers, 'school', 'school_id', schools) }}

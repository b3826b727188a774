{#- A view: of a million users a build reads only those that an open account may be. -#}
{%- set of_role = {
    'student': {
        'sis_id': 'sis_id', 'student_number': 'student_number', 'state_id': 'state_id',
        'district_username': 'district_username', 'dob': 'dob', 'grade': 'grade',
        'preferred_first_name': 'preferred_name_first',
    },
    'teacher': {
        'sis_id': 'sis_id', 'teacher_number': 'teacher_number', 'state_id': 'state_id',
        'district_username': 'district_username',
    },
    'staff': {'staff_id': 'staff_sis_id', 'district_username': 'district_username'},
    'district_admin': {},
    'contact': {'sis_id': 'sis_id'},
} -%}
{%- set texts = [
    'sis_id', 'student_number', 'state_id', 'teacher_number', 'staff_id', 'district_username', 'grade',
    'preferred_first_name',
] -%}
{%- for role, has in of_role.items() %}
select
    {{ role }}_id as user_id,
    district_id,
    '{{ role }}' as role,
    first_name,
    middle_name,
    last_name,
    email,
    {%- for column in texts %}
    {{ has[column] if column in has else 'cast(null as ' ~ dbt.type_string() ~ ')' }} as {{ column }},
    {%- endfor %}
    {{ has['dob'] if 'dob' in has else 'cast(null as date)' }} as dob,
    {{ 'school_id' if role in ('student', 'teacher') else 'cast(null as ' ~ dbt.type_string() ~ ')' }} as school_id,
    record_status
from {{ ref(role ~ '_history') }}
where is_current
{% if not loop.last %}union all{% endif %}
{%- endfor %}

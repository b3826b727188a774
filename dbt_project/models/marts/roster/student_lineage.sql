{#-
An equal number may have been given to another child: to one with another birthday or with quite another name, or to a
twin, unless a second number says that the first name is what changed. Numbers are corrected, and Clever gives the child a
new ID then: an equal name and birthday tell as well, and a number that differs says nothing against it.
-#}
{{ config(materialized='table') }}

{%- set holds = "and not (same_birthday and same_last_name and has_other_first_name and has_one_number)" -%}
{{ lineage_of_people(
    'student',
    'students',
    keys={
        'sis_id': ['sis_id', 'number'],
        'student_number': ['student_number', 'number'],
        'state_id': ['state_id', 'number'],
        'birthday': ['dob', 'birthday'],
    },
    preferred='preferred_name_first',
    meets={'name_birthday': "first_key || '|' || last_key || '|' || cast(birthday as " ~ dbt.type_string() ~ ")"},
    rules={
        'sis_id': 'same_sis_id ' ~ holds,
        'student_number': 'same_student_number ' ~ holds,
        'state_id': 'same_state_id ' ~ holds,
        'name_birthday': 'same_first_name and same_last_name and same_birthday and not has_other_middle_name',
    },
) }}

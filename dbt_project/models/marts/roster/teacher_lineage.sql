{#-
No birthday would contradict: a number needs a name or an e-mail address beside it, an address both names, of which the
first may differ by a letter more or less, or by its end: schools give `j.smith` to the next Smith.
-#}
{{ config(materialized='table') }}
{%- set holds = "and (same_first_name or same_last_name or same_email)" -%}
{{ lineage_of_people(
    'teacher',
    'teachers',
    keys={
        'sis_id': ['sis_id', 'number'],
        'teacher_number': ['teacher_number', 'number'],
        'state_id': ['state_id', 'number'],
        'email': ['email', 'address'],
    },
    meets={'email': 'email'},
    rules={
        'sis_id': 'same_sis_id ' ~ holds,
        'teacher_number': 'same_teacher_number ' ~ holds,
        'state_id': 'same_state_id ' ~ holds,
        'email': 'same_email and has_like_names and has_that_first_name',
    },
) }}

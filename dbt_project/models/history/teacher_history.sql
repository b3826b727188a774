{{ config(unique_key='teacher_id') }}

{{ versions(ref('stg_clever__teachers'), 'teacher_id', attributes('teacher'), object='teacher') }}

{{ stored_by(['teacher_id', 'valid_from']) }}

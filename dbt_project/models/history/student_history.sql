{{ config(unique_key='student_id') }}

{{ versions(ref('stg_clever__students'), 'student_id', attributes('student'), object='student') }}

{{ stored_by(['student_id', 'valid_from']) }}

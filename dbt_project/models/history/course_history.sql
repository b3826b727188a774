{{ config(unique_key='course_id') }}

{{ versions(ref('stg_clever__courses'), 'course_id', attributes('course'), object='courses') }}

{{ stored_by(['course_id', 'valid_from']) }}

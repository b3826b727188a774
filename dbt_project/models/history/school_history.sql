{{ config(unique_key='school_id') }}

{{ versions(ref('stg_clever__schools'), 'school_id', attributes('school'), object='schools') }}

{{ stored_by(['school_id', 'valid_from']) }}

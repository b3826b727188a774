{{ config(unique_key='staff_id') }}

{{ versions(ref('stg_clever__staff'), 'staff_id', attributes('staff'), object='staff') }}

{{ stored_by(['staff_id', 'valid_from']) }}

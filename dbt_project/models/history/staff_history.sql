{{ config(unique_key='staff_id') }}

{{ versions(ref('stg_clever__staff'), 'staff_id', attributes('staff'), object='staff') }}

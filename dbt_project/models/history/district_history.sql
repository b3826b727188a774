{{ config(unique_key='district_id') }}

{{ versions(ref('stg_clever__districts'), 'district_id', attributes('district'), object='districts') }}

{{ stored_by(['district_id', 'valid_from']) }}

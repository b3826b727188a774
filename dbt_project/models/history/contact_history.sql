{{ config(unique_key='contact_id') }}

{{ versions(ref('stg_clever__contacts'), 'contact_id', attributes('contact'), object='contact') }}

{{ stored_by(['contact_id', 'valid_from']) }}

{{ config(unique_key='section_id') }}

{{ versions(ref('stg_clever__sections'), 'section_id', attributes('section'), object='sections') }}

{{ stored_by(['section_id', 'valid_from']) }}

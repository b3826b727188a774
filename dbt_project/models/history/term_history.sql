{{ config(unique_key='term_id') }}

{{ versions(ref('stg_clever__terms'), 'term_id', attributes('term'), object='terms') }}

{{ stored_by(['term_id', 'valid_from']) }}

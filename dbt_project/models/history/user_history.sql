{{ config(unique_key='user_id') }}

{{ versions(ref('stg_clever__users'), 'user_id', attributes('user'), object='users') }}

{{ stored_by(['user_id', 'valid_from']) }}

{{ config(unique_key='district_admin_id') }}

{{ versions(
    ref('stg_clever__district_admins'),
    'district_admin_id',
    attributes('district_admin'),
    object='district_admin',
) }}

{{ stored_by(['district_admin_id', 'valid_from']) }}

select
    id as account_id,
    load_id,
    change,
    observed_at,
    nullif(clever_id, '') as clever_id,
    district_id,
    role,
    email,
    first_name,
    last_name,
    username,
    sis_id,
    created_at,
    payload
from {{ source('application_raw', 'accounts') }}

select
    {{ canonical_id('id') }} as account_id,
    load_id,
    case when continues then 'updated' else change end as change,
    observed_at,
    {{ canonical_id('clever_id') }} as clever_id,
    {{ canonical_id('district_id') }} as district_id,
    role,
    email,
    first_name,
    last_name,
    username,
    {{ canonical_id('sis_id') }} as sis_id,
    {{ application_time('created_at') }} as created_at,
    payload
from {{ application_log('accounts') }}

select
    id as progress_id,
    load_id,
    change,
    observed_at,
    nullif(user_id, '') as user_ref,
    kind,
    nullif(section_id, '') as section_ref,
    score,
    duration_seconds,
    occurred_at,
    payload
from {{ source('application_raw', 'progress') }}

select
    load_id,
    run_id,
    table_name,
    status,
    observed_at,
    started_at,
    finished_at,
    created,
    updated,
    restored,
    withdrawn,
    present,
    unreadable,
    error
from {{ source('application_raw', 'loads') }}

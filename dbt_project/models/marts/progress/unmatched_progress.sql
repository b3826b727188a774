select
    progress_id,
    user_ref,
    unmatched_reason as reason,
    kind,
    occurred_at,
    score,
    duration_seconds,
    payload,
    record_status,
    withdrawn_at
from {{ ref('progress_records') }}
where unmatched_reason is not null

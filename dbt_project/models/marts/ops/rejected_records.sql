select
    sync_id,
    district_id,
    object,
    id,
    reason
from {{ source('clever_raw', 'rejected_records') }}

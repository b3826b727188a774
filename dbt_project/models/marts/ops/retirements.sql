select
    retirement_id,
    district_id,
    action,
    reason,
    decided_by,
    decided_at
from {{ source('clever_raw', 'retirements') }}

select
    retractions.retraction_id,
    retractions.district_id,
    retractions.kind,
    retractions.since_sync_id,
    retractions.until_sync_id,
    retractions.reason,
    retractions.made_by,
    retractions.made_at,
    retractions.run_id,
    lifted.made_at as lifted_at
from {{ source('clever_raw', 'retractions') }} as retractions
left join {{ source('clever_raw', 'retractions') }} as lifted
    on retractions.retraction_id = lifted.lifts
where retractions.kind <> 'lifted'

select
    turnover.sync_id,
    turnover.district_id,
    turnover.object,
    syncs.status,
    turnover.present,
    turnover.created,
    turnover.updated,
    turnover.removed,
    turnover.limit_hit,
    turnover.approved_by,
    syncs.finished_at as approved_at
from {{ source('clever_raw', 'turnover') }} as turnover
inner join {{ ref('stg_clever__syncs') }} as syncs
    on
        turnover.sync_id = syncs.sync_id
        and turnover.district_id = syncs.district_id
where turnover.applied_as = 'approved'

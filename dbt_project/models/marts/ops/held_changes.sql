select
    turnover.sync_id,
    turnover.district_id,
    turnover.object,
    turnover.present,
    turnover.created,
    turnover.updated,
    turnover.removed,
    turnover.rejected,
    {# What may roll over holds nothing, however much of it goes. #}
    case when turnover.applied_as is null then turnover.limit_hit end as limit_hit,
    {{ split_list('turnover.sample_ids') }} as sample_ids
from {{ source('clever_raw', 'turnover') }} as turnover
semi join {{ ref('stg_clever__syncs') }} as syncs
    on
        turnover.sync_id = syncs.sync_id
        and turnover.district_id = syncs.district_id
        and syncs.status = 'held'

with retractions as (
    select *
    from {{ source('clever_raw', 'retractions') }}
    where kind <> 'lifted'
),

standing as (
    select retractions.*
    from retractions
    anti join {{ source('clever_raw', 'retractions') }} as lifted
        on retractions.retraction_id = lifted.lifts
),

-- A sync may have been refused before a person takes it back with others.
taken as (
    select
        syncs.sync_id,
        syncs.district_id,
        standing.kind,
        standing.reason,
        row_number() over (
            partition by syncs.sync_id, syncs.district_id
            order by standing.retraction_id desc
        ) as place
    from {{ source('clever_raw', 'syncs') }} as syncs
    inner join standing
        on
            syncs.district_id = standing.district_id
            and syncs.sync_id >= standing.since_sync_id
            and syncs.sync_id <= standing.until_sync_id
)

select
    syncs.sync_id,
    syncs.run_id,
    syncs.district_id,
    syncs.mode,
    coalesce(taken.kind, syncs.status) as status,
    syncs.observed_at,
    syncs.started_at,
    syncs.finished_at,
    syncs.records_seen,
    syncs.created,
    syncs.updated,
    syncs.archived,
    syncs.restored,
    syncs.unchanged,
    syncs.rejected,
    syncs.clever_state,
    syncs.clever_error,
    syncs.clever_last_sync,
    coalesce(taken.reason, syncs.error) as error
from {{ source('clever_raw', 'syncs') }} as syncs
left join taken
    on
        syncs.sync_id = taken.sync_id
        and syncs.district_id = taken.district_id
        and taken.place = 1

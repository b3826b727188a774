with numbered as (
    select
        *,
        row_number() over (partition by district_id order by sync_id desc) as place
    from {{ ref('stg_clever__syncs') }}
),

newest as (
    select * from numbered
    where place = 1
),

before as (
    select
        syncs.district_id,
        max(case when syncs.status <> newest.status then syncs.sync_id end) as last_other_sync_id,
        max(case when syncs.status = 'complete' then syncs.observed_at end) as last_complete_at
    from numbered as syncs
    inner join newest on syncs.district_id = newest.district_id
    group by syncs.district_id
),

stretch as (
    select
        syncs.district_id,
        min(syncs.observed_at) as since
    from numbered as syncs
    inner join before
        on
            syncs.district_id = before.district_id
            and syncs.sync_id > coalesce(before.last_other_sync_id, 0)
    group by syncs.district_id
),

decisions as (
    select
        district_id,
        action,
        decided_at,
        row_number() over (partition by district_id order by retirement_id desc) as place
    from {{ source('clever_raw', 'retirements') }}
),

retired as (
    select
        district_id,
        decided_at
    from decisions
    where place = 1 and action = 'retired'
)

select
    newest.district_id,
    newest.status,
    stretch.since,
    before.last_complete_at,
    newest.sync_id as last_sync_id,
    newest.clever_state,
    newest.clever_error,
    newest.clever_last_sync,
    newest.error,
    retired.decided_at as retired_at
from newest
inner join before on newest.district_id = before.district_id
inner join stretch on newest.district_id = stretch.district_id
left join retired on newest.district_id = retired.district_id

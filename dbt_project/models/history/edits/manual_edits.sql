{#- Few rows, made again as a whole: a table, as the published file has no log to look into. -#}
{{ config(materialized='table') }}

with last_rows as (
    select
        edit_id,
        max(load_id) as load_id,
        min(observed_at) as first_seen_at
    from {{ ref('stg_application__manual_edits') }}
    group by edit_id
),

accounts as (
    select
        account_id,
        max_by(clever_id, load_id) as clever_id
    from {{ ref('stg_application__accounts') }}
    group by account_id
),

edits as (
    select
        log.edit_id,
        log.kind,
        log.district_id,
        coalesce(accounts.clever_id, log.user_ref) as user_id,
        log.section_id,
        log.group_id,
        log.name,
        log.role,
        log.permission,
        log.made_by,
        coalesce(log.made_at, last_rows.first_seen_at) as valid_from,
        case when log.change = 'withdrawn' then coalesce(log.withdrawn_at, log.observed_at) else log.withdrawn_at end
            as valid_to
    from {{ ref('stg_application__manual_edits') }} as log
    inner join last_rows
        on log.edit_id = last_rows.edit_id and log.load_id = last_rows.load_id
    left join accounts on log.user_ref = accounts.account_id
)

select
    edit_id,
    kind,
    district_id,
    user_id,
    section_id,
    group_id,
    name,
    role,
    permission,
    made_by,
    valid_from,
    valid_to,
    valid_to is null as is_current
from edits

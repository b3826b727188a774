{{ config(materialized='incremental', unique_key='account_id') }}

with newest as (
    select
        account_id,
        max(load_id) as load_id
    from {{ ref('stg_application__accounts') }}
    {% if is_incremental() -%}
    where account_id in (
        select changed.account_id
        from {{ ref('stg_application__accounts') }} as changed
        where changed.load_id > {{ application_watermark() }}
    )
    {%- endif %}
    group by account_id
),

returns as (
    {{ account_returns('restored.account_id in (select newest.account_id from newest)') }}
),

latest as (
    select
        account_id,
        max(load_id) as load_id
    from returns
    group by account_id
),

last_returns as (
    select
        returns.account_id,
        returns.is_another
    from returns
    inner join latest on returns.account_id = latest.account_id and returns.load_id = latest.load_id
)

select
    log.account_id,
    log.load_id,
    log.change <> 'withdrawn' as is_present,
    log.clever_id,
    log.district_ref,
    log.school_ref,
    {{ said('log.role') }} as told_role,
    {{ clever_role('log.role') }} as role,
    {{ said('log.first_name') }} as first_name,
    {{ said('log.middle_name') }} as middle_name,
    {{ said('log.last_name') }} as last_name,
    {{ said('log.suffix') }} as suffix,
    log.dob,
    {{ said('log.email') }} as email,
    {{ said('log.username') }} as username,
    log.sis_id,
    log.student_number,
    log.state_id,
    log.teacher_number,
    {{ said('log.grade') }} as grade,
    coalesce(last_returns.is_another, false) as is_another
from {{ ref('stg_application__accounts') }} as log
inner join newest on log.account_id = newest.account_id and log.load_id = newest.load_id
left join last_returns on log.account_id = last_returns.account_id

{{ config(materialized='incremental', unique_key='account_id') }}

with newest as (
    select
        account_id,
        max(load_id) as load_id
    from {{ ref('account_log') }}
    {% if is_incremental() -%}
    where load_id > {{ application_watermark() }}
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
    log.is_present,
    log.clever_id,
    log.district_ref,
    log.school_ref,
    log.told_role,
    log.role,
    log.first_name,
    log.middle_name,
    log.last_name,
    log.suffix,
    log.dob,
    log.email,
    log.username,
    log.sis_id,
    log.student_number,
    log.state_id,
    log.teacher_number,
    log.grade,
    coalesce(last_returns.is_another, false) as is_another
from {{ ref('account_log') }} as log
inner join newest on log.account_id = newest.account_id and log.load_id = newest.load_id
left join last_returns on log.account_id = last_returns.account_id

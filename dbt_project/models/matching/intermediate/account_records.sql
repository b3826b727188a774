{{ config(materialized='incremental', unique_key='account_id') }}

with newest as (
    select
        account_id,
        max(load_id) as load_id
    from {{ ref('stg_application__accounts') }}
    {% if is_incremental() -%}
    where account_id in ({{ accounts_told_anew() }})
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
    {{ told_of_account() }},
    coalesce(last_returns.is_another, false) as is_another
from {{ ref('stg_application__accounts') }} as log
inner join newest on log.account_id = newest.account_id and log.load_id = newest.load_id
left join last_returns on log.account_id = last_returns.account_id

{{ config(materialized='table') }}
{%- set before = table_of_before('accounts_by_clever_id') %}
{% if before -%}
with concerned as (
    select account_id as id from {{ ref('stg_application__accounts') }}
    where load_id > {{ application_watermark() }}
    union
    select id from {{ ref('touched_records') }}
    where object = 'users'
)

{% endif -%}
select accounts.account_id
from {{ ref('account_records') }} as accounts
inner join {{ ref('user_history') }} as users on accounts.account_id = users.user_id
where
    users.is_current
    {%- if before %}
    and accounts.account_id in (select concerned.id from concerned)
    and users.user_id in (select concerned.id from concerned)
union all
select before.account_id
from {{ before }} as before
left join concerned on before.account_id = concerned.id
where concerned.id is null
    {%- endif %}

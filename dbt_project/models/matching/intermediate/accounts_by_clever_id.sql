{{ config(materialized='table') }}
{%- set before = table_of_before('accounts_by_clever_id') %}
{% if before -%}
with concerned as (
    {{ accounts_told_anew() }}
    union
    select id as account_id from {{ ref('touched_records') }}
    where object = 'users'
)

{% endif -%}
select accounts.account_id
from {{ ref('account_records') }} as accounts
inner join {{ ref('user_history') }} as users on accounts.account_id = users.user_id
where
    users.is_current
    and accounts.is_present
    and accounts.clever_id is null
    {%- if before %}
    and accounts.account_id in (select concerned.account_id from concerned)
    and users.user_id in (select concerned.account_id from concerned)
union all
select before.account_id
from {{ before }} as before
left join concerned on before.account_id = concerned.account_id
where concerned.account_id is null
    {%- endif %}

{#- Every account ever told stands in the table once, so that no work is lost out of sight. It only warns. -#}
{% test has_every_account_once(model) -%}
{{ config(severity='warn') }}

select
    accounts.account_id,
    min(standing.district_id) as district_id,
    count(standing.account_id) as lines
from {{ ref('account_records') }} as accounts
left join {{ model }} as standing on accounts.account_id = standing.account_id
group by accounts.account_id
having count(standing.account_id) <> 1
{%- endtest %}

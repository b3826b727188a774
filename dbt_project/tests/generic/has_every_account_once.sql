{#-
Every account ever told stands in the table once, so that no work is lost out of sight. It only warns. A build of
everything asks the table itself. A daily one asks of the accounts it judged what the table puts together: it is a view,
of a million accounts, and what loses or doubles one from one day to the next is a row of these.
-#}
{% test has_every_account_once(model) -%}
{{ config(severity='warn') }}

with accounts as (
    select account_id from {{ ref('account_records') }}
    {%- if not flags.FULL_REFRESH %}
    where account_id in (select judged.account_id from {{ ref('accounts_to_judge') }} as judged)
    {%- endif %}
),

{% if flags.FULL_REFRESH -%}
standing as (
    select
        account_id,
        district_id
    from {{ model }}
)

{%- else -%}
matches as (
    select in_force.account_id
    from ({{ matches_in_force() }}) as in_force
    where in_force.account_id in (select accounts.account_id from accounts)
),

standing as (
    select
        placed.account_id,
        placed.district_id
    from {{ ref('matchable_accounts') }} as placed
    left join matches on placed.account_id = matches.account_id
    where placed.account_id in (select accounts.account_id from accounts)
)

{%- endif %}
select
    accounts.account_id,
    min(standing.district_id) as district_id,
    count(standing.account_id) as lines
from accounts
left join standing on accounts.account_id = standing.account_id
group by accounts.account_id
having count(standing.account_id) <> 1
{%- endtest %}

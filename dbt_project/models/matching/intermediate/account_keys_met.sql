{#-
Some are of another district than who wants them, and meet nobody there: to tell these apart costs more than to keep
them. Where all are judged about all keys are wanted, and to look for each would only take memory.
-#}
{{ config(materialized='table') }}
{%- set judges_all = candidates_of_before() is none %}
{%- set present -%}
(
        select
            *,
            district_ref as district_id
        from {{ ref('account_records') }}
        where is_present and (role is not null or told_role is null)
    )
{%- endset %}
{%- set asked -%}
(
        select * from {{ ref('wanted_keys') }}
        union all
        select
            district_id,
            rule,
            key
        from {{ ref('users_of_several_keys') }}
    )
{%- endset %}
with birthdays as (
    {{ birthdays_wanted() }}
)

select
    keys.account_id,
    accounts.district_id,
    keys.rule,
    keys.role,
    keys.key
from ({{ keys_of('account', present, none if judges_all else asked, 'birthdays') }}) as keys
inner join {{ ref('matchable_accounts') }} as accounts on keys.account_id = accounts.account_id
where accounts.district_id is not null{% if judges_all %} and keys.key is not null{% endif %}

{#-
An account and its user are of one district, where it is known of which the account is. It only warns: the match was
made within one, or by the application itself, and the account has been told to be of another since.
-#}
{% test is_within_one_district(model) -%}
{{ config(severity='warn') }}

with places as (
    {{ places_of('account') }}
)

select
    matches.account_id,
    places.district_id,
    accounts.district_id as district_id_of_account
from {{ model }} as matches
inner join {{ ref('matchable_accounts') }} as accounts on matches.account_id = accounts.account_id
inner join places on matches.user_id = places.clever_id
where matches.is_current and accounts.district_id <> places.district_id
{%- endtest %}

{#-
An account and its user are of one district, where it is known of which the account is. It only warns: the match was
made within one, or by the application itself, and the account has been told to be of another since.
-#}
{% test is_within_one_district(model) -%}
{{ config(severity='warn') }}

select
    matches.account_id,
    matches.user_id,
    matches.district_id,
    accounts.district_id as district_id_of_account
from {{ model }} as matches
inner join {{ ref('matchable_accounts') }} as accounts on matches.account_id = accounts.account_id
where accounts.district_id <> matches.district_id
{%- endtest %}

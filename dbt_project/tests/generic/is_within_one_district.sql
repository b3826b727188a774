{#-
An account and its user are of one district, where it is known of which the account is. It only warns: the match was
made within one, or by the application itself, and the account has been told to be of another since. Only accounts that
were judged in this build are looked at, and those of users of whom something is new.
-#}
{% test is_within_one_district(model) -%}
{{ config(severity='warn') }}

with places as (
    {{ places_of('account') }}
),

matches as (
    select
        account_id,
        user_id
    from {{ model }}
    where
        is_current
        and (
            account_id in (select judged.account_id from {{ ref('accounts_to_judge') }} as judged)
            or user_id in (select touched.id from {{ ref('touched_records') }} as touched where touched.object = 'users')
        )
),

accounts as (
    select
        account_id,
        district_id
    from {{ ref('matchable_accounts') }}
    where account_id in (select matches.account_id from matches)
)

select
    matches.account_id,
    places.district_id,
    accounts.district_id as district_id_of_account
from matches
inner join accounts on matches.account_id = accounts.account_id
inner join places on matches.user_id = places.clever_id
where accounts.district_id <> places.district_id
{%- endtest %}

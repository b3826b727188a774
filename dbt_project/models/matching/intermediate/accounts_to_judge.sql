{#-
Whose candidates may have changed since the last build: of all accounts where that cannot be told, otherwise of those of
which something is new, and of those that share a key, or a name to the letter, with somebody of whom something is new,
as it is now or ever was. To judge one too many does no harm.
-#}
{{ config(materialized='table') }}
{%- set candidates = candidates_of_before() %}
{%- set present -%}
(
        select
            *,
            district_ref as district_id
        from {{ ref('account_records') }}
        where is_present
    )
{%- endset %}
with past as (
    {{ past_matches('account') }}
),

{% if candidates is none -%}
concerned as (
    select account_id from {{ ref('account_records') }}
    union
    select subject_id as account_id from past
),

{%- else -%}
changed_accounts as (
    {{ accounts_told_anew() }}
),

changed_users as (
    {{ users_told_anew() }}
),

birthdays_concerned as (
    select cast(key as date) as dob from {{ ref('touched_keys') }}
    where rule = 'birthday'
),

judged_before as (
    select
        account_id,
        user_id
    from {{ candidates }}
),

concerned as (
    select account_id from changed_accounts
    union
    -- An account may go by a Clever ID itself.
    select id as account_id from changed_users
    union
    -- What an account had may be open again.
    select subject_id as account_id from past
    where change = 'ended'
    union
    select account_id from {{ ref('match_decisions') }}
    where object = 'account' and (load_id >= {{ first_new_load() }} or news_id >= {{ first_news() }})
    union
    select keys.account_id
    from ({{ keys_of('account', present, ref('touched_keys'), 'birthdays_concerned') }}) as keys
    inner join {{ ref('touched_keys') }} as touched on keys.rule = touched.rule and keys.key = touched.key
    union
    select judged_before.account_id
    from judged_before
    where judged_before.user_id in (select changed_users.id from changed_users)
    union
    select judged_before.account_id
    from judged_before
    inner join {{ ref('account_records') }} as records on judged_before.account_id = records.account_id
    where {{ name_to_the_letter('records') }} in (
        select touched.key from {{ ref('touched_keys') }} as touched
        where touched.rule = 'name'
    )
),

{%- endif %}

past_of_concerned as (
    select * from past
    where subject_id in (select concerned.account_id from concerned)
),

in_force as (
    select
        last_known.subject_id,
        last_known.rule
    from ({{ last_events('past_of_concerned') }}) as last_known
    where last_known.change = 'made'
),

accounts as (
    select
        account_id,
        is_present and district_id is not null and (role is not null or told_role is null) and told_clever_id is null
            as may_be_open
    from {{ ref('matchable_accounts') }}
    where account_id in (select concerned.account_id from concerned)
)

select
    concerned.account_id,
    coalesce(
        accounts.may_be_open
        -- A decision may end what was matched: then the rules have another look in the same build.
        and (
            in_force.subject_id is null
            or in_force.rule = 'decision'
            or concerned.account_id in (select decisions.account_id from {{ ref('match_decisions') }} as decisions)
        ),
        false
    ) as is_open
from concerned
left join accounts on concerned.account_id = accounts.account_id
left join in_force on concerned.account_id = in_force.subject_id

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
    select id from {{ ref('touched_records') }}
    where object = 'users'
    union
    -- Who follows whom may have changed with a third.
    select coalesce(followed.predecessor_id, followed_before.predecessor_id) as id
    from (select distinct succeeded.predecessor_id from {{ ref('succeeded_users') }} as succeeded) as followed
    full outer join {{ table_of_before('predecessors_left_out') }} as followed_before
        on followed.predecessor_id = followed_before.predecessor_id
    where followed.predecessor_id is null or followed_before.predecessor_id is null
),

accounts_of_any_time as (
    select
        *,
        district_ref as district_id
    from {{ ref('account_log') }}
    where account_id in (select changed_accounts.account_id from changed_accounts)
),

users_of_any_time as (
    {{ people_of_clever('user_id in (select changed.id from changed_users as changed)') }}
),

keys_concerned as (
    select
        rule,
        key
    from ({{ keys_of('account', 'accounts_of_any_time') }}) as of_accounts
    union
    select
        rule,
        key
    from ({{ keys_of('user', 'users_of_any_time') }}) as of_users
),

birthdays_concerned as (
    select dob from accounts_of_any_time
    where dob is not null
    union
    select dob from users_of_any_time
    where dob is not null
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
    from ({{ keys_of('account', present, 'keys_concerned', 'birthdays_concerned') }}) as keys
    inner join keys_concerned on keys.rule = keys_concerned.rule and keys.key = keys_concerned.key
    union
    select judged_before.account_id
    from judged_before
    where judged_before.user_id in (select changed_users.id from changed_users)
    union
    select judged_before.account_id
    from judged_before
    inner join {{ ref('account_records') }} as records on judged_before.account_id = records.account_id
    inner join users_of_any_time as users
        on
            lower(trim(records.first_name)) = lower(trim(users.first_name))
            and lower(trim(records.last_name)) = lower(trim(users.last_name))
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

{#- A key that more accounts or users of a district share says nothing of anybody, and makes no pairs. -#}
{%- set most = 5 -%}
{{ config(materialized='table') }}
{%- set present -%}
(
        select
            *,
            district_ref as district_id
        from {{ ref('account_records') }}
        where is_present and (role is not null or told_role is null)
    )
{%- endset %}
with rules as (
    {{ rules_and_roles() }}
),

open as (
    select accounts.*
    from {{ ref('matchable_accounts') }} as accounts
    inner join {{ ref('accounts_to_judge') }} as judged on accounts.account_id = judged.account_id
    where judged.is_open
),

-- In whatever role: a user of two roles is one user.
wanted as (
    select distinct
        district_id,
        rule,
        key
    from ({{ keys_of('account', 'open') }}) as keys
),

birthdays as (
    select distinct dob from open
    where dob is not null
),

-- One who came back under another Clever ID is one person: who is there now is meant.
keys_near as (
    select distinct keys.*
    from ({{ keys_of('user', ref('matchable_users'), 'wanted', 'birthdays') }}) as keys
    left join {{ ref('succeeded_users') }} as successors on keys.user_id = successors.predecessor_id
    where successors.predecessor_id is null
),

users_found as (
    select keys_near.*
    from keys_near
    inner join wanted
        on
            keys_near.district_id = wanted.district_id
            and keys_near.rule = wanted.rule
            and keys_near.key = wanted.key
),

-- What these have besides, as a preferred name or in another role, by which other accounts may meet them.
users_of_several_roles as (
    select *
    from {{ ref('matchable_users') }}
    where user_id in (
        select users.user_id
        from {{ ref('matchable_users') }} as users
        where users.user_id in (select users_found.user_id from users_found)
        group by users.user_id
        having count(*) > 1
    )
),

keys_of_found as (
    select
        keys_near.user_id,
        keys_near.district_id,
        keys_near.rule,
        keys_near.role,
        keys_near.key
    from keys_near
    where keys_near.rule = 'name_birthday'
    union
    {{ keys_of('user', 'users_of_several_roles') }}
),

with_several_keys as (
    select
        user_id,
        rule
    from keys_of_found
    group by user_id, rule
    having min(key) <> max(key) or min(district_id) <> max(district_id)
),

several_keys as (
    select held.*
    from keys_of_found as held
    inner join with_several_keys as several on held.user_id = several.user_id and held.rule = several.rule
),

asked as (
    select * from wanted
    union
    select
        district_id,
        rule,
        key
    from several_keys
),

keys_held as (
    {{ keys_of('account', present, 'asked', 'birthdays') }}
),

accounts_found as (
    select
        keys_held.account_id,
        accounts.district_id,
        keys_held.rule,
        keys_held.role,
        keys_held.key
    from keys_held
    inner join {{ ref('matchable_accounts') }} as accounts on keys_held.account_id = accounts.account_id
    inner join asked
        on
            accounts.district_id = asked.district_id
            and keys_held.rule = asked.rule
            and keys_held.key = asked.key
),

met_by_several as (
    select
        several_keys.user_id,
        several_keys.rule
    from several_keys
    inner join accounts_found
        on
            several_keys.district_id = accounts_found.district_id
            and several_keys.rule = accounts_found.rule
            and several_keys.role = accounts_found.role
            and several_keys.key = accounts_found.key
    group by several_keys.user_id, several_keys.rule
    having
        min(several_keys.key) <> max(several_keys.key)
        or min(several_keys.district_id) <> max(several_keys.district_id)
),

{% for side in ['account', 'user'] -%}
{{ side }}s_sharing as (
    select
        district_id,
        rule,
        role,
        key,
        count(*) as how_many
    from {{ side }}s_found
    group by district_id, rule, role, key
),

{% endfor -%}
shared as (
    select
        accounts_sharing.*,
        accounts_sharing.how_many > {{ most }} or users_sharing.how_many > {{ most }} as by_too_many
    from accounts_sharing
    inner join users_sharing
        on
            accounts_sharing.district_id = users_sharing.district_id
            and accounts_sharing.rule = users_sharing.rule
            and accounts_sharing.role = users_sharing.role
            and accounts_sharing.key = users_sharing.key
),

accounts_meeting as (
    select
        accounts_found.*,
        shared.by_too_many
    from accounts_found
    inner join shared
        on
            accounts_found.district_id = shared.district_id
            and accounts_found.rule = shared.rule
            and accounts_found.role = shared.role
            and accounts_found.key = shared.key
),

met as (
    select
        accounts_meeting.account_id,
        users_found.user_id,
        accounts_meeting.rule,
        min(accounts_meeting.role) as role
    from accounts_meeting
    inner join users_found
        on
            accounts_meeting.district_id = users_found.district_id
            and accounts_meeting.rule = users_found.rule
            and accounts_meeting.role = users_found.role
            and accounts_meeting.key = users_found.key
    where not accounts_meeting.by_too_many
    group by accounts_meeting.account_id, users_found.user_id, accounts_meeting.rule
),

pairs as (
    select
        met.account_id,
        met.user_id,
        met.rule,
        met.role,
        met_by_several.user_id is null
        and count(*) over (partition by met.rule, met.account_id) = 1
        and count(*) over (partition by met.rule, met.user_id) = 1 as is_alone
    from met
    left join met_by_several on met.user_id = met_by_several.user_id and met.rule = met_by_several.rule
    union all
    select
        account_id,
        cast(null as {{ dbt.type_string() }}) as user_id,
        rule,
        min(role) as role,
        false as is_alone
    from accounts_meeting
    where by_too_many
    group by account_id, rule
)

select pairs.*
from pairs
where pairs.account_id in (select open.account_id from open)

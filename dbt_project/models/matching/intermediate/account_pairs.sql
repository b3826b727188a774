{#- A key that more accounts or users of a district share says nothing of anybody, and makes no pairs. -#}
{%- set most = 5 -%}
{{ config(materialized='table') }}

with met_by_several as (
    select
        several.user_id,
        several.rule
    from {{ ref('users_of_several_keys') }} as several
    inner join {{ ref('account_keys_met') }} as accounts_found
        on
            several.district_id = accounts_found.district_id
            and several.rule = accounts_found.rule
            and several.role = accounts_found.role
            and several.key = accounts_found.key
    group by several.user_id, several.rule
    having
        min(several.key) <> max(several.key)
        or min(several.district_id) <> max(several.district_id)
),

{% for side in ['account', 'user'] -%}
{{ side }}s_sharing as (
    select
        district_id,
        rule,
        role,
        key,
        count(*) as how_many
    from {{ ref(side ~ '_keys_met') }}
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
    from {{ ref('account_keys_met') }} as accounts_found
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
    inner join {{ ref('user_keys_met') }} as users_found
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
inner join {{ ref('accounts_to_judge') }} as judged on pairs.account_id = judged.account_id
where judged.is_open

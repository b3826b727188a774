{#- As by a preferred name, or in another role: other accounts than those that want it may meet them by these. -#}
{{ config(materialized='table') }}

with found as (
    select distinct user_id from {{ ref('user_keys_met') }}
),

of_several_roles as (
    select user_id
    from {{ ref('matchable_users') }}
    where user_id in (select found.user_id from found)
    group by user_id
    having count(*) > 1
),

users as (
    select *
    from {{ ref('matchable_users') }}
    where
        user_id in (select found.user_id from found)
        and (
            preferred_first_name is not null
            or user_id in (select several.user_id from of_several_roles as several)
        )
),

keys as (
    {{ keys_of('user', 'users') }}
),

with_several as (
    select
        user_id,
        rule
    from keys
    group by user_id, rule
    having min(key) <> max(key) or min(district_id) <> max(district_id)
)

select distinct
    keys.user_id,
    keys.district_id,
    keys.rule,
    keys.role,
    keys.key
from keys
inner join with_several on keys.user_id = with_several.user_id and keys.rule = with_several.rule

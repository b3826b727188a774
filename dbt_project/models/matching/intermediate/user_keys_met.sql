{{ config(materialized='table') }}

with birthdays as (
    {{ birthdays_wanted() }}
)

-- One who came back under another Clever ID is one person: who is there now is meant.
select distinct
    keys.user_id,
    keys.district_id,
    keys.rule,
    keys.role,
    keys.key
from ({{ keys_of('user', ref('matchable_users'), ref('wanted_keys'), 'birthdays') }}) as keys
inner join {{ ref('wanted_keys') }} as wanted
    on keys.district_id = wanted.district_id and keys.rule = wanted.rule and keys.key = wanted.key
left join {{ ref('succeeded_users') }} as successors on keys.user_id = successors.predecessor_id
where successors.predecessor_id is null

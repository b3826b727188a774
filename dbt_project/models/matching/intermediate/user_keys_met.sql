{#- Where all are judged about all keys are wanted: to make all of them takes less memory than to look for each. -#}
{{ config(materialized='table') }}
{%- set wanted = ref('wanted_keys') if candidates_of_before() else none %}

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
from ({{ keys_of('user', ref('matchable_users'), wanted, 'birthdays') }}) as keys
inner join {{ ref('wanted_keys') }} as wanted
    on keys.district_id = wanted.district_id and keys.rule = wanted.rule and keys.key = wanted.key
left join {{ ref('succeeded_users') }} as successors on keys.user_id = successors.predecessor_id
where successors.predecessor_id is null

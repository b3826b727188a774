{%- set user = {'roles': {'*': {'school': 'text', 'schools': ['text']}}} -%}

with log as (
    {{ visible_log('users') }}
),

records as (
    select
        *,
        {{ json_record('payload', user) }} as p
    from log
)

select
    id as user_id,
    district_id,
    sync_id,
    observed_at,
    change,
    change <> 'removed' as is_present,
    p.roles as roles
from records

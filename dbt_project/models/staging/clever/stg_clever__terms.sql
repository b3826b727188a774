{%- set term = {'name': 'text', 'start_date': 'text', 'end_date': 'text'} -%}

with log as (
    {{ archiving_log('terms') }}
),

records as (
    select
        *,
        {{ json_record('payload', term) }} as p,
        {{ json_record('extra', {'term': 'json'}) }} as e
    from log
)

select
    id as term_id,
    district_id,
    sync_id,
    observed_at,
    change,
    change <> 'removed' as is_present,
    archive_reason,
    p.name as name,
    {{ clever_date('p.start_date') }} as start_date,
    {{ clever_date('p.end_date') }} as end_date,
    e.term as extra
from records

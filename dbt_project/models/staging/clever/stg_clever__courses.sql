{%- set course = {'name': 'text', 'number': 'text'} -%}

with log as (
    {{ archiving_log('courses') }}
),

records as (
    select
        *,
        {{ json_record('payload', course) }} as p,
        {{ json_record('extra', {'course': 'json'}) }} as e
    from log
)

select
    id as course_id,
    district_id,
    sync_id,
    observed_at,
    change,
    change <> 'removed' as is_present,
    archive_reason,
    p.name as name,
    p.number as number,
    e.course as extra
from records

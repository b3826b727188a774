{%- set user = {
    'name': {'first': 'text', 'middle': 'text', 'last': 'text'},
    'email': 'text',
    'lms_status': {'synced_in_lms': 'boolean'},
} -%}

with log as (
    {{ archiving_log('users') }}
),

records as (
    select
        *,
        {{ json_record('payload', user) }} as p,
        {{ json_record('extra', {'user': 'json'}) }} as e
    from log
)

select
    id as user_id,
    district_id,
    sync_id,
    observed_at,
    change,
    change <> 'removed' as is_present,
    archive_reason,
    p.name.first as first_name,
    p.name.middle as middle_name,
    p.name.last as last_name,
    p.email as email,
    p.lms_status.synced_in_lms as lms_status_synced_in_lms,
    {{ split_list('roles') }} as roles,
    e.user as extra
from records

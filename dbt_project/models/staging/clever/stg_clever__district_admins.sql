{%- set district_admin = {
    'name': {'first': 'text', 'middle': 'text', 'last': 'text'},
    'email': 'text',
    'lms_status': {'synced_in_lms': 'boolean'},
    'roles': {'district_admin': {'legacy_id': 'text', 'title': 'text'}},
} -%}

with log as (
    {{ role_log('district_admin') }}
),

records as (
    select
        *,
        {{ json_record('payload', district_admin) }} as p,
        {{ json_record('extra', {'district_admin': 'json'}) }} as e
    from log
)

select
    id as district_admin_id,
    district_id,
    sync_id,
    observed_at,
    change,
    is_present,
    archive_reason,
    p.name.first as first_name,
    p.name.middle as middle_name,
    p.name.last as last_name,
    p.email as email,
    p.lms_status.synced_in_lms as lms_status_synced_in_lms,
    p.roles.district_admin.legacy_id as legacy_id,
    p.roles.district_admin.title as title,
    e.district_admin as extra
from records

{%- set staff = {
    'name': {'first': 'text', 'middle': 'text', 'last': 'text'},
    'email': 'text',
    'lms_status': {'synced_in_lms': 'boolean'},
    'roles': {
        'staff': {
            'staff_id': 'text',
            'legacy_id': 'text',
            'title': 'text',
            'department': 'text',
            'roles': ['text'],
            'credentials': {'district_username': 'text'},
            'ext': 'json',
        },
    },
} -%}

with log as (
    {{ role_log('staff') }}
),

records as (
    select
        *,
        {{ json_record('payload', staff) }} as p,
        {{ json_record('extra', {'staff': 'json'}) }} as e
    from log
)

select
    id as staff_id,
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
    p.roles.staff.staff_id as staff_sis_id,
    p.roles.staff.legacy_id as legacy_id,
    p.roles.staff.title as title,
    p.roles.staff.department as department,
    p.roles.staff.roles as roles,
    p.roles.staff.credentials.district_username as district_username,
    p.roles.staff.ext as ext,
    e.staff as extra
from records

{%- set teacher = {
    'name': {'first': 'text', 'middle': 'text', 'last': 'text'},
    'email': 'text',
    'lms_status': {'synced_in_lms': 'boolean'},
    'roles': {
        'teacher': {
            'sis_id': 'text',
            'legacy_id': 'text',
            'school': 'text',
            'teacher_number': 'text',
            'state_id': 'text',
            'title': 'text',
            'credentials': {'district_username': 'text'},
            'ext': 'json',
        },
    },
} -%}

with log as (
    {{ role_log('teacher') }}
),

records as (
    select
        *,
        {{ json_record('payload', teacher) }} as p,
        {{ json_record('extra', {'teacher': 'json'}) }} as e
    from log
)

select
    id as teacher_id,
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
    p.roles.teacher.sis_id as sis_id,
    p.roles.teacher.legacy_id as legacy_id,
    p.roles.teacher.school as school_id,
    p.roles.teacher.teacher_number as teacher_number,
    p.roles.teacher.state_id as state_id,
    p.roles.teacher.title as title,
    p.roles.teacher.credentials.district_username as district_username,
    p.roles.teacher.ext as ext,
    e.teacher as extra
from records

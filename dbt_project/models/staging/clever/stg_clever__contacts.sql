{%- set contact = {
    'name': {'first': 'text', 'middle': 'text', 'last': 'text'},
    'email': 'text',
    'lms_status': {'synced_in_lms': 'boolean'},
    'roles': {
        'contact': {
            'sis_id': 'text',
            'phone': 'text',
            'phone_type': 'text',
            'legacy_id': 'text',
            'student_relationships': [{'student': 'text', 'relationship': 'text', 'type': 'text'}],
        },
    },
} -%}

with log as (
    {{ role_log('contact') }}
),

records as (
    select
        *,
        {{ json_record('payload', contact) }} as p,
        {{ json_record('extra', {'contact': 'json'}) }} as e
    from log
)

select
    id as contact_id,
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
    p.roles.contact.sis_id as sis_id,
    p.roles.contact.phone as phone,
    p.roles.contact.phone_type as phone_type,
    p.roles.contact.legacy_id as legacy_id,
    p.roles.contact.student_relationships as student_relationships,
    e.contact as extra
from records

{%- set district = {
    'name': 'text',
    'sis_type': 'text',
    'launch_date': 'text',
    'portal_url': 'text',
    'login_methods': ['text'],
    'mdr_number': 'text',
    'nces_id': 'text',
    'district_contact': {
        'id': 'text',
        'district': 'text',
        'email': 'text',
        'name': {'first': 'text', 'last': 'text'},
        'title': 'text',
    },
    'lms_type': 'text',
    'lms_state': 'text',
} -%}

with log as (
    {{ archiving_log('districts') }}
),

records as (
    select
        *,
        {{ json_record('payload', district) }} as p,
        {{ json_record('extra', {'district': 'json'}) }} as e
    from log
)

select
    id as district_id,
    sync_id,
    observed_at,
    change,
    change <> 'removed' as is_present,
    archive_reason,
    p.name as name,
    p.sis_type as sis_type,
    {{ clever_date('p.launch_date') }} as launch_date,
    p.portal_url as portal_url,
    p.login_methods as login_methods,
    p.mdr_number as mdr_number,
    p.nces_id as nces_id,
    p.district_contact.id as district_contact_id,
    p.district_contact.district as district_contact_district_id,
    p.district_contact.email as district_contact_email,
    p.district_contact.name.first as district_contact_first_name,
    p.district_contact.name.last as district_contact_last_name,
    p.district_contact.title as district_contact_title,
    p.lms_type as lms_type,
    p.lms_state as lms_state,
    e.district as extra
from records

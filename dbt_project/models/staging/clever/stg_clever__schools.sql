{%- set school = {
    'name': 'text',
    'sis_id': 'text',
    'school_number': 'text',
    'low_grade': 'text',
    'high_grade': 'text',
    'phone': 'text',
    'state_id': 'text',
    'nces_id': 'text',
    'mdr_number': 'text',
    'principal': {'name': 'text', 'email': 'text'},
    'location': {
        'address': 'text',
        'city': 'text',
        'state': 'text',
        'zip': 'text',
        'lat': 'text',
        'lon': 'text',
    },
    'ext': 'json',
} -%}

with log as (
    {{ archiving_log('schools') }}
),

records as (
    select
        *,
        {{ json_record('payload', school) }} as p,
        {{ json_record('extra', {'school': 'json'}) }} as e
    from log
)

select
    id as school_id,
    district_id,
    sync_id,
    observed_at,
    change,
    change <> 'removed' as is_present,
    archive_reason,
    p.name as name,
    p.sis_id as sis_id,
    p.school_number as school_number,
    p.low_grade as low_grade,
    p.high_grade as high_grade,
    p.phone as phone,
    p.state_id as state_id,
    p.nces_id as nces_id,
    p.mdr_number as mdr_number,
    p.principal.name as principal_name,
    p.principal.email as principal_email,
    p.location.address as location_address,
    p.location.city as location_city,
    p.location.state as location_state,
    p.location.zip as location_zip,
    p.location.lat as location_lat,
    p.location.lon as location_lon,
    p.ext as ext,
    e.school as extra
from records

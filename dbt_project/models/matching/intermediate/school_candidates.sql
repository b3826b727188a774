{{ config(materialized='table') }}
{% set subjects -%}
select
    records.crm_id as subject_id,
    coalesce(districts.district_id, customers.clever_id) as district_id,
    records.nces_id,
    records.mdr_number,
    records.state_id,
    records.school_number,
    {{ place_name_key('records.name') }} as name_key,
    {{ name_key('records.city') }} as city_key,
    {{ name_key('records.state') }} as state_key
from {{ ref('crm_records') }} as records
left join {{ ref('district_history') }} as districts
    on records.district_ref = districts.district_id and districts.is_current
left join {{ ref('district_match_spells') }} as customers
    on records.district_ref = customers.crm_id and customers.is_current
where records.object = 'school' and records.is_present
{%- endset %}
{% set places -%}
select
    school_id as clever_id,
    district_id,
    {{ number_key('nces_id') }} as nces_id,
    {{ number_key('mdr_number') }} as mdr_number,
    {{ number_key('state_id') }} as state_id,
    {{ number_key('school_number') }} as school_number,
    {{ place_name_key('name') }} as name_key,
    {{ name_key('location_city') }} as city_key,
    {{ name_key('location_state') }} as state_key
from {{ ref('school_history') }}
where is_current
{%- endset %}
{{ place_candidates(
    subjects, places, ['nces_id', 'mdr_number', 'state_id', 'school_number'],
    'subjects.district_id = places.district_id'
) }}

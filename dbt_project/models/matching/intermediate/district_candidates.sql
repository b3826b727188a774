{{ config(materialized='table') }}
{#- Clever names no city of a district: it is in the cities of its schools. -#}
{% set subjects -%}
select
    crm_id as subject_id,
    nces_id,
    mdr_number,
    {{ place_name_key('name') }} as name_key,
    {{ name_key('city') }} as city_key,
    {{ name_key('state') }} as state_key
from {{ ref('crm_records') }}
where object = 'district' and is_present
{%- endset %}
{% set places -%}
select distinct
    districts.district_id as clever_id,
    districts.district_id,
    {{ number_key('districts.nces_id') }} as nces_id,
    {{ number_key('districts.mdr_number') }} as mdr_number,
    {{ place_name_key('districts.name') }} as name_key,
    {{ name_key('schools.location_city') }} as city_key,
    {{ name_key('schools.location_state') }} as state_key
from {{ ref('district_history') }} as districts
left join {{ ref('school_history') }} as schools
    on districts.district_id = schools.district_id and schools.is_current
where districts.is_current
{%- endset %}
{{ place_candidates(subjects, places, ['nces_id', 'mdr_number'], 'true') }}

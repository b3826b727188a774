{#- Few rows, made again as a whole. -#}
{{ config(materialized='table') }}

{% set objects = ['district', 'school'] -%}
with {% for object in objects -%}
newest_{{ object }}s as (
    select
        crm_id,
        max(load_id) as load_id
    from {{ ref('stg_application__crm_' ~ object ~ 's') }}
    group by crm_id
){% if not loop.last %},

{% endif %}
{%- endfor %}

{% for object in objects -%}
select
    '{{ object }}' as object,
    log.crm_id,
    log.load_id,
    log.change <> 'withdrawn' as is_present,
    log.clever_id,
    {{ 'log.district_ref' if object == 'school' else 'cast(null as ' ~ dbt.type_string() ~ ')' }} as district_ref,
    log.name,
    log.city,
    log.state,
    {{ number_key('log.nces_id') }} as nces_id,
    {{ number_key('log.mdr_number') }} as mdr_number,
    {{ number_key('log.state_id') }} as state_id,
    {{ number_key('log.school_number') if object == 'school' else 'cast(null as ' ~ dbt.type_string() ~ ')' }}
        as school_number
from {{ ref('stg_application__crm_' ~ object ~ 's') }} as log
inner join newest_{{ object }}s as newest on log.crm_id = newest.crm_id and log.load_id = newest.load_id
{% if not loop.last %}union all
{% endif %}
{%- endfor %}

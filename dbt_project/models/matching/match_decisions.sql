{#- Few rows, made again as a whole. -#}
{{ config(materialized='table') }}
{% set districts -%}
select
    crm_id as district_ref,
    clever_id as district_id
from {{ ref('district_match_spells') }}
where is_current
{%- endset %}
{{ judged_decisions(districts, "coalesce(judged.object, '') <> 'district'") }}
union all
select * from {{ ref('district_decisions') }}

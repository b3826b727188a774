{{ config(materialized='table') }}
{% set told -%}
select
    crm_id as subject_id,
    load_id,
    observed_at,
    clever_id,
    change <> 'withdrawn' as is_present
from {{ ref('stg_application__crm_districts') }}
{%- endset %}
with spells as (
    {{ match_spells(told, visible_matches(ref('district_match_log'))) }}
)

select
    spells.subject_id as crm_id,
    districts.district_id,
    spells.clever_id,
    spells.rule,
    spells.agreed,
    spells.decision_id,
    spells.valid_from,
    spells.valid_to,
    spells.valid_to is null as is_current,
    spells.end_reason
from spells
left join {{ ref('district_history') }} as districts
    on spells.clever_id = districts.district_id and districts.is_current

{{ config(materialized='table') }}
{% set told -%}
select
    crm_id as subject_id,
    load_id,
    observed_at,
    clever_id,
    change <> 'withdrawn' as is_present
from {{ ref('stg_application__crm_schools') }}
{%- endset %}
with spells as (
    {{ match_spells(told, visible_matches(ref('school_match_log'))) }}
)

select
    spells.subject_id as crm_id,
    schools.district_id,
    schools.school_id,
    spells.clever_id,
    spells.rule,
    spells.agreed,
    spells.decision_id,
    spells.valid_from,
    spells.valid_to,
    spells.valid_to is null as is_current,
    spells.end_reason
from spells
left join {{ ref('school_history') }} as schools
    on spells.clever_id = schools.school_id and schools.is_current

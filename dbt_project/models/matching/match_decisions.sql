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
select
    decision_id,
    object,
    account_id,
    user_id,
    decision,
    author,
    reason,
    decided_at,
    problem,
    is_standing,
    is_last,
    load_id,
    news_id
from {{ ref('district_decisions') }}

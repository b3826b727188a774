{{ config(materialized='incremental', unique_key='account_id') }}
-- depends_on: {{ ref('touched_accounts') }}
{%- set touched = 'select touched.account_id from ' ~ ref('touched_accounts') ~ ' as touched' %}
{%- set only = ' where account_id in (' ~ touched ~ ')' if is_incremental() else '' %}
{% set told -%}
select
    account_id as subject_id,
    load_id,
    observed_at,
    clever_id,
    is_present
from {{ ref('account_log') }}{{ only }}
{%- endset %}
{% set log -%}
select * from ({{ visible_matches(ref('account_match_log')) }}) as log{{ only | replace('account_id in', 'subject_id in') }}
{%- endset %}
with spells as (
    {{ match_spells(told, log) }}
),

rejected as (
    select
        account_id,
        user_id
    from {{ ref('match_decisions') }}
    where object = 'account' and decision = 'reject' and is_standing
)

select
    spells.subject_id as account_id,
    spells.clever_id as user_id,
    spells.load_id,
    spells.news_id,
    spells.rule,
    spells.agreed,
    spells.decision_id,
    spells.valid_from,
    spells.valid_to,
    spells.valid_to is null as is_current,
    spells.end_reason,
    rejected.user_id is not null as is_rejected
from spells
left join rejected on spells.subject_id = rejected.account_id and spells.clever_id = rejected.user_id

{{ config(alias='account_matches') }}
{#- Users whom an account may get in this build, and the accounts that may get, lose or hold one. -#}
{% set concerned -%}
with may_get as (
    select user_id as clever_id from {{ ref('account_candidates') }}
    where deciding is not null
    union
    select user_id as clever_id from {{ ref('match_decisions') }}
    where object = 'account'
    union
    select clever_id from all_past
    where end_reason = 'withdrawn'
)

select account_id as subject_id from {{ ref('accounts_to_judge') }}
union
select account_id as subject_id from {{ ref('account_candidates') }}
where deciding is not null
union
select account_id as subject_id from {{ ref('match_decisions') }}
where object = 'account'
union
select subject_id from all_past
where rule = 'decision' or clever_id in (select may_get.clever_id from may_get)
union
select account_id as subject_id from {{ ref('account_records') }}
where
    clever_id in (select may_get.clever_id from may_get)
    or account_id in (select may_get.clever_id from may_get)
{%- endset %}
{{ match_events(
    'account',
    'select account_id as subject_id, is_present, told_clever_id, is_another from ' ~ ref('matchable_accounts'),
    'select account_id as subject_id, user_id as clever_id, deciding, agreed, contradicted from '
        ~ ref('account_candidates') ~ ' where user_id is not null',
    people_rules().keys() | list,
    concerned
) }}

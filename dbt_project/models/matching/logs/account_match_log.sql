{{ config(alias='account_matches') }}
{{ match_events(
    'account',
    'select account_id as subject_id, is_present, told_clever_id, is_another from ' ~ ref('matchable_accounts'),
    'select account_id as subject_id, user_id as clever_id, deciding, agreed, contradicted from '
        ~ ref('account_candidates') ~ ' where user_id is not null',
    people_rules().keys() | list
) }}

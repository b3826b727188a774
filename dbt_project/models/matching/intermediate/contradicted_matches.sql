{#- Matches stay when something known contradicts them later: a person sees it, and may say that they are right. -#}
{{ config(materialized='table') }}

with matched as (
    select
        spells.account_id,
        spells.user_id,
        spells.agreed
    from {{ ref('account_match_spells') }} as spells
    left join {{ ref('match_decisions') }} as accepted
        on
            spells.account_id = accepted.account_id
            and spells.user_id = accepted.user_id
            and accepted.decision = 'accept'
            and accepted.is_standing
    where spells.is_current and not spells.is_rejected and accepted.decision_id is null
),

accounts as (
    select * from {{ ref('matchable_accounts') }}
    where is_present
),

users as (
    select * from {{ ref('matchable_users') }}
),

pairs as (
    select
        matched.account_id,
        matched.user_id,
        min(users.role) as role
    from matched
    inner join users on matched.user_id = users.user_id
    inner join accounts on matched.account_id = accounts.account_id
    where accounts.role = users.role or accounts.role is null
    group by matched.account_id, matched.user_id
),

{{ evidence_of('pairs') }}

select
    evidence.account_id,
    evidence.user_id,
    matched.agreed,
    {{ texts_of({"'dob'": 'evidence.dob', "'suffix'": 'evidence.suffix', "'name'": 'evidence.names'}) }} as contradicted
from evidence
inner join matched on evidence.account_id = matched.account_id and evidence.user_id = matched.user_id
where evidence.dob or evidence.suffix or evidence.names

{#- Matches stay when something known contradicts them later: a person sees it, and may say that they are right. -#}
{{ config(materialized='table') }}
{%- set before = table_of_before('contradicted_matches') %}
with {% if before -%}
concerned as (
    select account_id from {{ ref('touched_accounts') }}
    union
    select spells.account_id
    from {{ ref('account_match_spells') }} as spells
    inner join {{ ref('touched_records') }} as touched on spells.user_id = touched.id and touched.object = 'users'
    where spells.is_current
),

{% endif -%}
matched as (
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
    where
        spells.is_current and not spells.is_rejected and accepted.decision_id is null
        {%- if before %}
        and spells.account_id in (select concerned.account_id from concerned)
        {%- endif %}
),

accounts as (
    select * from {{ ref('matchable_accounts') }}
    where is_present and account_id in (select matched.account_id from matched)
),

users as (
    select * from {{ ref('matchable_users') }}
    where user_id in (select matched.user_id from matched)
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
{%- if before %}
union all
select
    before.account_id,
    before.user_id,
    before.agreed,
    before.contradicted
from {{ before }} as before
left join concerned on before.account_id = concerned.account_id
where concerned.account_id is null
{%- endif %}

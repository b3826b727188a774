{#- Matches stay when something known contradicts them later: a person sees it, and may say that they are right. -#}
{{ config(materialized='table') }}
{%- set before = table_of_before('contradicted_matches') %}
with {% if before -%}
concerned as (
    select account_id from {{ ref('touched_accounts') }}
    union
    -- Whom another user's coming or going may concern.
    select account_id from {{ ref('accounts_to_judge') }}
    union
    select spells.account_id
    from {{ ref('account_match_spells') }} as spells
    inner join {{ ref('touched_records') }} as touched on spells.user_id = touched.id and touched.object = 'users'
    where spells.is_current
),

{% endif -%}
-- A person's word ends the review as long as the account is called as it was then.
accepted as (
    select
        decisions.account_id,
        decisions.user_id,
        max_by(log.dob, log.load_id) as dob,
        max_by(log.first_name, log.load_id) as first_name,
        max_by(log.last_name, log.load_id) as last_name,
        count(log.load_id) as known
    from {{ ref('match_decisions') }} as decisions
    left join {{ ref('account_log') }} as log
        on decisions.account_id = log.account_id and decisions.decided_at >= log.observed_at
    where decisions.object = 'account' and decisions.decision = 'accept' and decisions.is_standing
    group by decisions.account_id, decisions.user_id
),

belonging as (
    {{ matches_in_force() }}
),

matched as (
    select
        belonging.account_id,
        belonging.user_id,
        belonging.agreed,
        belonging.rule
    from belonging
    inner join {{ ref('account_records') }} as records on belonging.account_id = records.account_id
    left join accepted on belonging.account_id = accepted.account_id and belonging.user_id = accepted.user_id
    where
        not belonging.is_rejected
        and (
            accepted.account_id is null
            or accepted.known > 0
            and (
                accepted.dob is distinct from records.dob
                or accepted.first_name is distinct from records.first_name
                or accepted.last_name is distinct from records.last_name
            )
        )
        {%- if before %}
        and belonging.account_id in (select concerned.account_id from concerned)
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

-- An account may have been given to somebody else since, who is elsewhere.
placed as (
    select
        matched.account_id,
        matched.user_id,
        min(case when accounts.role = users.role or accounts.role is null then users.role end) as role,
        not bool_or(coalesce(accounts.district_id = users.district_id, true)) as is_of_another_district,
        not bool_or(coalesce((accounts.role = 'student') = (users.role = 'student'), true)) as is_of_another_role
    from matched
    inner join users on matched.user_id = users.user_id
    inner join accounts on matched.account_id = accounts.account_id
    group by matched.account_id, matched.user_id
),

pairs as (
    select
        account_id,
        user_id,
        role
    from placed
    where role is not null
),

{{ evidence_of('pairs') }},

named_otherwise as (
    select
        evidence.account_id,
        evidence.user_id,
        accounts.district_id,
        accounts.dob,
        {{ full_name_key('accounts', 'first_name') }} as name_birthday
    from evidence
    inner join accounts on evidence.account_id = accounts.account_id
    where not evidence.has_that_name and evidence.role = 'student'
),

born_then as (
    select * from {{ ref('matchable_users') }}
    where dob in (select named_otherwise.dob from named_otherwise)
),

called_so as (
    {{ keys_of('user', 'born_then', only='name_birthday') }}
),

-- The right one may have come later.
whom_another_is as (
    select distinct
        named_otherwise.account_id,
        named_otherwise.user_id
    from named_otherwise
    inner join called_so
        on
            named_otherwise.district_id = called_so.district_id
            and named_otherwise.name_birthday = called_so.key
            and named_otherwise.user_id <> called_so.user_id
    left join {{ ref('succeeded_users') }} as successors on called_so.user_id = successors.predecessor_id
    where successors.predecessor_id is null
),

judged as (
    select
        placed.account_id,
        placed.user_id,
        matched.agreed,
        coalesce(evidence.dob, false) as dob,
        coalesce(evidence.suffix, false) as suffix,
        coalesce(evidence.names, false) as names,
        coalesce(
            evidence.first_name and not evidence.names and matched.rule in ({{ rules_with('first_name') }}), false
        ) as first_name,
        placed.is_of_another_district,
        placed.is_of_another_role,
        whom_another_is.account_id is not null as another_has_them
    from placed
    inner join matched on placed.account_id = matched.account_id and placed.user_id = matched.user_id
    left join evidence on placed.account_id = evidence.account_id and placed.user_id = evidence.user_id
    left join whom_another_is
        on placed.account_id = whom_another_is.account_id and placed.user_id = whom_another_is.user_id
)

select
    account_id,
    user_id,
    agreed,
    {{ texts_of({
        "'dob'": 'dob',
        "'suffix'": 'suffix',
        "'name'": 'names',
        "'first_name'": 'first_name',
        "'district'": 'is_of_another_district',
        "'role'": 'is_of_another_role',
        "'another_has_them'": 'another_has_them',
    }) }} as contradicted
from judged
where
    dob or suffix or names or first_name or is_of_another_district or is_of_another_role or another_has_them
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

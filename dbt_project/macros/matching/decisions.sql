{#-
What people decided of matches, in the application and by the command, with why a decision cannot be. `districts` is a
relation of `district_ref` and `district_id`: which of Clever's a district of the customer list is. `condition` chooses
among the decisions by their `object`: those on districts are judged before it is known.
-#}
{% macro judged_decisions(districts, condition) -%}
with told as (
    select
        log.*,
        first_seen.observed_at as first_seen_at
    from {{ ref('stg_application__match_decisions') }} as log
    inner join (
        select
            decision_id,
            max(load_id) as load_id,
            min(observed_at) as observed_at
        from {{ ref('stg_application__match_decisions') }}
        group by decision_id
    ) as first_seen on log.decision_id = first_seen.decision_id and log.load_id = first_seen.load_id
),

decisions as (
    select
        'application:' || decision_id as decision_id,
        account_id as subject_id,
        clever_id,
        case when change = 'withdrawn' then 'withdraw' else decision end as decision,
        author,
        reason,
        -- One that is dated ahead must not go before all that is decided until then.
        least(decided_at, first_seen_at) as decided_at,
        first_seen_at,
        load_id,
        cast(0 as {{ dbt.type_bigint() }}) as news_id
    from told
    union all
    select
        cast(decision_id as {{ dbt.type_string() }}) as decision_id,
        account_id as subject_id,
        clever_id,
        decision,
        author,
        reason,
        decided_at,
        decided_at as first_seen_at,
        cast(0 as {{ dbt.type_bigint() }}) as load_id,
        decision_id as news_id
    from {{ source('matching_raw', 'decisions') }}
),

known as (
    select
        'account' as object,
        user_id as clever_id,
        district_id
    from {{ ref('user_history') }}
    where is_current and user_id in (select decisions.clever_id from decisions)
    union all
    select
        'school' as object,
        school_id as clever_id,
        district_id
    from {{ ref('school_history') }}
    where is_current
    union all
    select
        'district' as object,
        district_id as clever_id,
        district_id
    from {{ ref('district_history') }}
    where is_current
),

subjects as (
    select
        'account' as object,
        account_id as subject_id,
        clever_id as told_id,
        is_present,
        district_ref
    from {{ ref('account_records') }}
    where account_id in (select decisions.subject_id from decisions)
    union all
    select
        object,
        crm_id as subject_id,
        clever_id as told_id,
        is_present,
        district_ref
    from {{ ref('crm_records') }}
),

districts as (
    {{ districts }}
),

-- Of two on the same pair the later counts. One that is taken back leaves the pair as if nothing had been decided.
ordered as (
    select
        decisions.*,
        known.object,
        known.district_id,
        subjects.subject_id is not null as has_subject,
        subjects.told_id,
        coalesce(districts.district_id, named.clever_id) as subject_district_id,
        row_number() over (
            partition by decisions.subject_id, decisions.clever_id
            order by coalesce(decisions.decided_at, decisions.first_seen_at) desc, decisions.first_seen_at desc,
                decisions.news_id desc, length(decisions.decision_id) desc, decisions.decision_id desc
        ) as place,
        coalesce(decisions.decided_at, decisions.first_seen_at) as counts_from
    from decisions
    left join known on decisions.clever_id = known.clever_id
    left join subjects on decisions.subject_id = subjects.subject_id and known.object = subjects.object
    left join districts on subjects.district_ref = districts.district_ref and known.object <> 'district'
    left join known as named
        on subjects.district_ref = named.clever_id and named.object = 'district' and known.object <> 'district'
),

-- What a decision made stays, whatever district the account names later.
made_by_it as (
    select decision_id from ({{ past_matches('account') }}) as accounts_matched
    where change = 'made' and decision_id is not null
    union
    select decision_id from ({{ past_matches('school') }}) as schools_matched
    where change = 'made' and decision_id is not null
),

-- Databases give IDs again: who was accepted was the account's former owner.
given_again as (
    select
        account_id,
        max(observed_at) as observed_at
    from ({{ account_returns('restored.account_id in (select decisions.subject_id from decisions)') }}) as returns
    where is_another
    group by account_id
),

judged as (
    select
        ordered.*,
        case
            when subject_id is null then 'it names no account'
            when clever_id is null then 'it names no Clever ID'
            when decision is null or decision not in ('accept', 'reject', 'apart', 'withdraw')
                then 'it is neither accept, reject nor apart'
            when object is null then 'no such user, school or district is known'
            when not has_subject then 'no such account is known'
            when decision = 'accept' and told_id <> clever_id
                then 'the application links the account with another'
            when decision in ('reject', 'apart') and told_id = clever_id
                then 'the application links the two: take the link back there'
            when
                decision = 'accept' and subject_district_id <> district_id
                and decision_id not in (select made_by_it.decision_id from made_by_it)
                then 'the two are of two districts'
            when decision = 'accept' and object = 'account' and first_seen_at < given_again.observed_at
                then 'the account has come back as somebody else since'
        end as own_problem
    from ordered
    left join given_again on ordered.subject_id = given_again.account_id
),

-- What is accepted first stands; another for the same account contradicts it. First is what came first: a row that
-- comes later, dated earlier, overturns nobody's word.
accepted as (
    select
        subject_id,
        object,
        min_by(decision_id, {{ in_order_of(['first_seen_at', 'counts_from', 'decision_id']) }}) as decision_id
    from judged
    where decision = 'accept' and own_problem is null and place = 1
    group by subject_id, object
)

select
    judged.decision_id,
    judged.object,
    judged.subject_id as account_id,
    judged.clever_id as user_id,
    judged.decision,
    judged.author,
    judged.reason,
    judged.counts_from as decided_at,
    case
        when judged.own_problem is not null then judged.own_problem
        when judged.decision = 'accept' and judged.place = 1 and accepted.decision_id <> judged.decision_id
            then 'it contradicts decision ' || accepted.decision_id || ', by which the account is another user''s'
    end as problem,
    coalesce(
        judged.place = 1 and judged.own_problem is null and judged.decision <> 'withdraw'
        and (judged.decision <> 'accept' or accepted.decision_id = judged.decision_id),
        false
    ) as is_standing,
    judged.place = 1 as is_last,
    judged.load_id,
    judged.news_id
from judged
left join accepted on judged.subject_id = accepted.subject_id and judged.object = accepted.object
where {{ condition }}
{%- endmacro %}

{#- Open accounts with the users they may be, and matched ones that something known contradicts by now; in no order. -#}
with standing as (
    {{ matches_in_force() }}
),

taken as (
    select distinct user_id from standing
),

candidates as (
    select candidates.*
    from {{ ref('account_candidates') }} as candidates
    left join standing on candidates.account_id = standing.account_id
    where standing.account_id is null
),

suggestions as (
    select suggestions.*
    from {{ ref('match_suggestions') }} as suggestions
    inner join {{ ref('account_records') }} as accounts
        on suggestions.account_id = accounts.account_id and accounts.is_present
    -- A sync that was taken back may have shown them.
    inner join {{ ref('users') }} as users on suggestions.user_id = users.user_id
    left join standing on suggestions.account_id = standing.account_id
    where standing.account_id is null
),

successors as (
    {{ successors() }}
),

against as (
    select
        account_id,
        user_id
    from {{ ref('match_decisions') }}
    where object = 'account' and decision in ('reject', 'apart') and is_standing
),

open_pairs as (
    select
        coalesce(candidates.account_id, suggestions.account_id) as account_id,
        coalesce(candidates.user_id, suggestions.user_id) as user_id,
        case
            when candidates.account_id is null then 'suggested'
            when candidates.user_id is null then 'shared by many'
            when taken.user_id is not null then 'the user has another account'
            when candidates.deciding is not null then 'taken by a stronger rule'
            when candidates.contradicted is not null then 'contradicted'
            else 'several candidates'
        end as reason,
        coalesce(candidates.agreed, suggestions.agreed) as agreed,
        coalesce(candidates.contradicted, suggestions.contradicted) as contradicted,
        suggestions.probability
    from candidates
    full outer join suggestions
        on candidates.account_id = suggestions.account_id and candidates.user_id = suggestions.user_id
    left join taken
        on coalesce(candidates.user_id, suggestions.user_id) = taken.user_id
)

select open_pairs.*
from open_pairs
left join against on open_pairs.account_id = against.account_id and open_pairs.user_id = against.user_id
where against.account_id is null
union all
select
    account_id,
    user_id,
    'matched, and contradicted since' as reason,
    agreed,
    contradicted,
    cast(null as double) as probability
from {{ ref('contradicted_matches') }}
union all
select
    standing.account_id,
    successors.user_id,
    'its user came back under another ID' as reason,
    {{ no_texts() }} as agreed,
    {{ no_texts() }} as contradicted,
    cast(null as double) as probability
from standing
inner join successors on standing.user_id = successors.predecessor_id
left join against on standing.account_id = against.account_id and successors.user_id = against.user_id
where against.account_id is null

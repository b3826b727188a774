{#- Of an open account the suggestions come by their probability, before pairs that were not scored (yet). -#}
select
    cases.account_id,
    cases.user_id,
    accounts.district_id,
    cases.reason,
    cases.agreed,
    cases.contradicted,
    cases.probability,
    row_number() over (
        partition by cases.account_id
        order by coalesce(cases.probability, -1) desc, coalesce(cases.user_id, '')
    ) as rank
from {{ ref('review_cases') }} as cases
inner join {{ ref('matchable_accounts') }} as accounts on cases.account_id = accounts.account_id

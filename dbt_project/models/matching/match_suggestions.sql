{#- What came of each account's last scoring: nothing, perhaps. -#}
with newest as (
    select
        account_id,
        max(scoring_id) as scoring_id
    from {{ source('matching_raw', 'scored_accounts') }}
    group by account_id
)

select
    suggestions.account_id,
    suggestions.user_id,
    suggestions.probability,
    suggestions.agreed,
    suggestions.contradicted,
    suggestions.rank
from {{ source('matching_raw', 'suggestions') }} as suggestions
inner join newest
    on suggestions.account_id = newest.account_id and suggestions.scoring_id = newest.scoring_id

{#- Of each account and user what was scored last, if that was of the account as it was scored last. -#}
with newest as (
    select
        account_id,
        max(scored_at) as scored_at
    from {{ source('matching_raw', 'suggestions') }}
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
    on suggestions.account_id = newest.account_id and suggestions.scored_at = newest.scored_at

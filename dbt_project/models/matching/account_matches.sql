select
    account_id,
    user_id,
    district_id,
    role,
    rule,
    agreed,
    matched_at,
    decided_by
from {{ ref('account_match_history') }}
where is_current
union all
-- An account that goes by a Clever ID itself.
select
    accounts.account_id,
    accounts.told_clever_id as user_id,
    users.district_id,
    accounts.role,
    'application' as rule,
    {{ no_texts() }} as agreed,
    users.first_seen_at as matched_at,
    cast(null as {{ dbt.type_string() }}) as decided_by
from {{ ref('matchable_accounts') }} as accounts
inner join {{ ref('users') }} as users on accounts.told_clever_id = users.user_id
where accounts.is_present and accounts.told_clever_id = accounts.account_id

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
-- An account that goes by a Clever ID itself, and says nothing of it.
select
    accounts.account_id,
    users.user_id,
    users.district_id,
    accounts.role,
    'application' as rule,
    {{ no_texts() }} as agreed,
    users.first_seen_at as matched_at,
    cast(null as {{ dbt.type_string() }}) as decided_by
from {{ ref('account_records') }} as accounts
inner join {{ ref('accounts_by_clever_id') }} as by_clever_id on accounts.account_id = by_clever_id.account_id
inner join {{ ref('users') }} as users on accounts.account_id = users.user_id

select
    spells.account_id,
    spells.user_id,
    users.district_id,
    accounts.role,
    spells.rule,
    spells.agreed,
    spells.valid_from as matched_at,
    decisions.author as decided_by,
    spells.valid_from,
    spells.valid_to,
    spells.is_current,
    case when spells.is_rejected then 'rejected' else spells.end_reason end as end_reason
from {{ ref('account_match_spells') }} as spells
inner join {{ ref('account_records') }} as accounts on spells.account_id = accounts.account_id
left join {{ ref('users') }} as users on spells.user_id = users.user_id
left join {{ ref('match_decisions') }} as decisions
    on spells.decision_id = decisions.decision_id and spells.rule = 'decision'

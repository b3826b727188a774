select
    spells.crm_id,
    spells.district_id,
    spells.school_id,
    spells.rule,
    spells.agreed,
    spells.valid_from as matched_at,
    decisions.author as decided_by
from {{ ref('school_match_spells') }} as spells
left join {{ ref('match_decisions') }} as decisions
    on spells.decision_id = decisions.decision_id and spells.rule = 'decision'
where spells.is_current

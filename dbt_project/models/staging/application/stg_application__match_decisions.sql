select
    {{ canonical_id('id') }} as decision_id,
    load_id,
    case when continues then 'updated' else change end as change,
    observed_at,
    {{ canonical_id('account_id') }} as account_id,
    {{ clever_link('clever_id') }} as clever_id,
    lower({{ without_blanks('decision') }}) as decision,
    author,
    reason,
    {{ application_time('decided_at') }} as decided_at
from {{ application_log('match_decisions') }}

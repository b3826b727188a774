select
    {{ canonical_id('id') }} as progress_id,
    load_id,
    case when continues then 'updated' else change end as change,
    observed_at,
    {{ canonical_id('user_id') }} as user_ref,
    kind,
    {{ canonical_id('section_id') }} as section_ref,
    score,
    duration_seconds,
    {{ application_time('occurred_at') }} as occurred_at,
    payload
from {{ application_log('progress') }}

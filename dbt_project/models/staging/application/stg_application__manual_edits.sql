select
    {{ canonical_id('id') }} as edit_id,
    load_id,
    case when continues then 'updated' else change end as change,
    observed_at,
    kind,
    {{ canonical_id('district_id') }} as district_id,
    {{ canonical_id('user_id') }} as user_ref,
    {{ canonical_id('section_id') }} as section_id,
    {{ canonical_id('group_id') }} as group_id,
    {{ said('name') }} as name,
    {{ said('role') }} as role,
    {{ said('permission') }} as permission,
    {{ application_time('made_at') }} as made_at,
    {{ application_time('withdrawn_at') }} as withdrawn_at,
    made_by,
    payload
from {{ application_log('manual_edits') }}

select
    {{ canonical_id('id') }} as edit_id,
    load_id,
    case when continues then 'updated' else change end as change,
    observed_at,
    kind,
    nullif({{ canonical_id('district_id') }}, '') as district_id,
    nullif({{ canonical_id('user_id') }}, '') as user_ref,
    nullif({{ canonical_id('section_id') }}, '') as section_id,
    nullif({{ canonical_id('group_id') }}, '') as group_id,
    nullif(name, '') as name,
    nullif(role, '') as role,
    nullif(permission, '') as permission,
    made_at,
    withdrawn_at,
    made_by,
    payload
from {{ application_log('manual_edits') }}

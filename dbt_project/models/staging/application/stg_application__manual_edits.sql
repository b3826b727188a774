select
    id as edit_id,
    load_id,
    change,
    observed_at,
    kind,
    nullif(district_id, '') as district_id,
    nullif(user_id, '') as user_ref,
    nullif(section_id, '') as section_id,
    nullif(group_id, '') as group_id,
    nullif(name, '') as name,
    nullif(role, '') as role,
    nullif(permission, '') as permission,
    made_at,
    withdrawn_at,
    made_by,
    payload
from {{ source('application_raw', 'manual_edits') }}

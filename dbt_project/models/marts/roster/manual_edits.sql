select
    edit_id,
    kind,
    district_id,
    user_id,
    section_id,
    group_id,
    name,
    role,
    permission,
    made_by,
    problem,
    valid_from,
    valid_to,
    {{ is_in_force('valid_from', 'valid_to') }} as is_current
from {{ ref('edit_versions') }}

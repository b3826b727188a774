select
    district_id,
    user_id,
    role,
    school_id,
    is_primary,
    valid_from,
    valid_to,
    is_current
from {{ ref('school_membership_history') }}
where is_current

select
    district_id,
    contact_id,
    student_id,
    relationship,
    relationship_type,
    valid_from,
    valid_to,
    is_current
from {{ ref('contact_relationship_history') }}
where is_current

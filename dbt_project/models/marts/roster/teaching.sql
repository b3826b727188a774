select
    district_id,
    section_id,
    teacher_id,
    is_primary,
    valid_from,
    valid_to,
    is_current
from {{ ref('teaching_history') }}
where is_current

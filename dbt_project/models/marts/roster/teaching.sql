select
    district_id,
    section_id,
    teacher_id,
    is_primary,
    valid_from
from {{ ref('teaching_history') }}
where is_current

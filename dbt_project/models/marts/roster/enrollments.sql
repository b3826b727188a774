select
    district_id,
    section_id,
    student_id,
    valid_from,
    valid_to,
    is_current
from {{ ref('enrollment_history') }}
where is_current

select
    district_id,
    section_id,
    student_id,
    valid_from
from {{ ref('enrollment_history') }}
where is_current

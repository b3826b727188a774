select
    progress_id,
    student_id,
    district_id,
    kind,
    occurred_at,
    school_year,
    school_id,
    grade,
    section_id,
    section_source,
    course_id,
    term_id,
    primary_teacher_id,
    co_teacher_ids,
    score,
    duration_seconds,
    payload,
    record_status,
    withdrawn_at
from {{ ref('progress_records') }}
where unmatched_reason is null

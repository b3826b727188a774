select
    records.progress_id,
    records.student_id,
    records.district_id,
    records.kind,
    records.occurred_at,
    records.school_year,
    records.school_id,
    records.grade,
    records.section_id,
    records.section_source,
    records.course_id,
    records.term_id,
    coalesce(lineage.lineage_id, records.term_id) as reporting_term_id,
    records.primary_teacher_id,
    records.co_teacher_ids,
    records.score,
    records.duration_seconds,
    records.payload,
    records.record_status,
    records.withdrawn_at
from {{ ref('progress_records') }} as records
left join {{ ref('term_lineage') }} as lineage on records.term_id = lineage.term_id
where records.unmatched_reason is null

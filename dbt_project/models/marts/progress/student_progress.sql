-- In two parts, so that asking for one reporting student reads the records of that student alone: whoever follows
-- nobody is reported as the same.
with records as (
    select
        alone.*,
        alone.student_id as reporting_student_id
    from {{ ref('progress_records') }} as alone
    left join {{ ref('student_lineage') }} as lineage on alone.student_id = lineage.student_id
    where alone.unmatched_reason is null and lineage.student_id is null
    union all
    select
        following.*,
        lineage.lineage_id as reporting_student_id
    from {{ ref('progress_records') }} as following
    inner join {{ ref('student_lineage') }} as lineage on following.student_id = lineage.student_id
    where following.unmatched_reason is null
)

select
    records.progress_id,
    records.student_id,
    records.reporting_student_id,
    records.district_id,
    records.kind,
    records.occurred_at,
    records.school_year,
    records.school_id,
    records.grade,
    records.roster_state,
    records.section_id,
    coalesce(section_lineage.lineage_id, records.section_id) as reporting_section_id,
    records.section_source,
    records.course_id,
    coalesce(course_lineage.lineage_id, records.course_id) as reporting_course_id,
    records.term_id,
    coalesce(term_lineage.lineage_id, records.term_id) as reporting_term_id,
    records.primary_teacher_id,
    coalesce(teacher_lineage.lineage_id, records.primary_teacher_id) as reporting_teacher_id,
    records.co_teacher_ids,
    records.score,
    records.duration_seconds,
    records.payload,
    records.record_status,
    records.withdrawn_at
from records
left join {{ ref('section_lineage') }} as section_lineage on records.section_id = section_lineage.section_id
left join {{ ref('course_lineage') }} as course_lineage on records.course_id = course_lineage.course_id
left join {{ ref('term_lineage') }} as term_lineage on records.term_id = term_lineage.term_id
left join {{ ref('teacher_lineage') }} as teacher_lineage on records.primary_teacher_id = teacher_lineage.teacher_id

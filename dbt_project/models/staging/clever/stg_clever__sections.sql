{%- set section = {
    'name': 'text',
    'sis_id': 'text',
    'school': 'text',
    'course': 'text',
    'term_id': 'text',
    'teacher': 'text',
    'subject': 'text',
    'grade': 'text',
    'period': 'text',
    'section_number': 'text',
    'ext': 'json',
    'lms_status': {'synced_in_lms': 'boolean'},
    'students': ['text'],
    'teachers': ['text'],
} -%}

with log as (
    {{ archiving_log('sections') }}
),

records as (
    select
        *,
        {{ json_record('payload', section) }} as p,
        {{ json_record('extra', {'section': 'json'}) }} as e
    from log
)

select
    id as section_id,
    district_id,
    sync_id,
    observed_at,
    change,
    change <> 'removed' as is_present,
    archive_reason,
    p.name as name,
    p.sis_id as sis_id,
    p.school as school_id,
    p.course as course_id,
    p.term_id as term_id,
    p.teacher as primary_teacher_id,
    p.subject as subject,
    p.grade as grade,
    p.period as period,
    p.section_number as section_number,
    p.ext as ext,
    p.lms_status.synced_in_lms as lms_status_synced_in_lms,
    p.students as students,
    p.teachers as teachers,
    e.section as extra
from records

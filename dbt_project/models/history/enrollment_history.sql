{{ config(unique_key=['section_id', 'student_id']) }}

select
    district_id,
    section_id,
    student_id,
    valid_from,
    valid_to,
    is_current
from ({{ in_force(
    spells=ref('section_student_spells'),
    history=ref('student_history'),
    pair=['section_id', 'student_id'],
    columns=['section_id', 'student_id'],
    member_id='student_id',
    owner_object='sections',
    member_object='users',
) }}) as enrollments

-- Years apart: whoever asks for a day, or for a section, which is of one year, passes over the others.
{{ stored_by([school_year_of('valid_from'), 'student_id', 'section_id', 'valid_from']) }}

{{ config(unique_key=['section_id', 'student_id']) }}

{{ in_force(
    spells=ref('section_student_spells'),
    history=ref('student_history'),
    pair=['section_id', 'student_id'],
    columns=['section_id', 'student_id'],
    member_id='student_id',
    owner_object='sections',
    member_object='users',
) }}

{{ stored_by(['student_id', 'section_id', 'valid_from']) }}

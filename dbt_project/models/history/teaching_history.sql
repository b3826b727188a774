{{ config(unique_key=['section_id', 'teacher_id']) }}

{{ in_force(
    spells=ref('section_teacher_spells'),
    history=ref('teacher_history'),
    pair=['section_id', 'teacher_id'],
    columns=['section_id', 'teacher_id', 'is_primary'],
    member_id='teacher_id',
    owner_object='sections',
    member_object='users',
) }}

{{ stored_by(['section_id', 'teacher_id', 'valid_from']) }}

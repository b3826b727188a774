{{ config(unique_key=['contact_id', 'student_id']) }}

{{ in_force(
    spells=ref('contact_student_spells'),
    history=ref('student_history'),
    pair=['contact_id', 'student_id'],
    columns=['contact_id', 'student_id', 'relationship', 'relationship_type'],
    member_id='student_id',
    owner_object='users',
    member_object='users',
) }}

{{ stored_by(['student_id', 'contact_id', 'valid_from']) }}

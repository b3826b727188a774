{{ config(unique_key=['user_id', 'school_id']) }}

{{ in_force(
    spells=ref('role_school_spells'),
    history=ref('school_history'),
    pair=['user_id', 'school_id'],
    columns=['user_id', 'role', 'school_id', 'is_primary'],
    member_id='school_id',
    owner_object='users',
    member_object='schools',
) }}

{{ stored_by(['user_id', 'school_id', 'valid_from']) }}

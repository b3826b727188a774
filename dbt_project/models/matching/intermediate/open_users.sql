{#-
Read when suggestions are made, and by no other model. Users with an account are among them: an account that is open may
be a second one of theirs.
-#}
{%- set texts = [
    'first_name', 'preferred_first_name', 'middle_name', 'last_name', 'email', 'district_username', 'sis_id',
    'student_number', 'state_id', 'teacher_number', 'staff_id', 'grade',
] -%}
with users as (
    select
        people.*,
        -- Asked user by user: who wants a few users does not have the schools of all put together.
        (
            select {{ sorted_list('memberships.school_id') }}
            from {{ ref('school_membership_history') }} as memberships
            where memberships.is_current and memberships.user_id = people.user_id and memberships.role = people.role
        ) as school_ids
    from {{ ref('matchable_users') }} as people
)

select
    users.user_id,
    users.district_id,
    users.role,
    users.first_name,
    users.preferred_first_name,
    users.middle_name,
    users.last_name,
    cast(null as {{ dbt.type_string() }}) as suffix,
    users.dob,
    users.email,
    users.district_username as username,
    users.sis_id,
    users.student_number,
    users.state_id,
    users.teacher_number,
    users.staff_id,
    users.school_ids,
    users.grade,
    {{ text_print_of(['users.district_id', 'users.role', 'users.dob', 'users.school_ids']
        + texts | map('replace', '', 'users.', 1) | list) }} as print
from users
left join {{ ref('succeeded_users') }} as successors on users.user_id = successors.predecessor_id
where successors.predecessor_id is null

{#-
Read when suggestions are made, and by no other model. Users with an account are among them: an account that is open may
be a second one of theirs.
-#}
{%- set texts = [
    'first_name', 'preferred_first_name', 'middle_name', 'last_name', 'email', 'district_username', 'sis_id',
    'student_number', 'state_id', 'teacher_number', 'staff_id', 'grade',
] -%}
with schools as (
    select
        user_id,
        role,
        {{ sorted_list('school_id') }} as school_ids
    from {{ ref('school_membership_history') }}
    where is_current
    group by user_id, role
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
    schools.school_ids,
    users.grade,
    {{ text_print_of(['users.district_id', 'users.role', 'users.dob', 'schools.school_ids']
        + texts | map('replace', '', 'users.', 1) | list) }} as print
from {{ ref('matchable_users') }} as users
left join schools on users.user_id = schools.user_id and users.role = schools.role
left join {{ ref('succeeded_users') }} as successors on users.user_id = successors.predecessor_id
where successors.predecessor_id is null

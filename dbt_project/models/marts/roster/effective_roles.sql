{#- Clever's roles: as they are in force, without the breaks between versions. -#}
with roles as (
    {% for role in ['student', 'teacher', 'staff', 'district_admin', 'contact'] -%}
    select
        {{ role }}_id || ' role {{ role }}' as given,
        '{{ role }}' as role,
        {{ role }}_id as user_id,
        district_id,
        valid_from,
        valid_to
    from ({{ active(role) }}) as {{ role }}_active
    {% if not loop.last %}union all{% endif %}
    {% endfor -%}
),

edits as (
    select
        user_id || ' ' || coalesce('permission ' || permission, 'role ' || role, 'user') as given,
        'add' as source,
        edit_id,
        district_id,
        user_id,
        role,
        permission,
        valid_from,
        valid_to
    from (
        {{ edits_of(['add_role', 'add_user'], ['district_id', 'user_id', 'role', 'null as permission']) }}
        union all
        {{ edits_of(['add_permission'], ['district_id', 'user_id', 'null as role', 'permission']) }}
    ) as edits
),

-- Who is Clever's is known to Clever's district; others to the one the application names.
concerned as (
    select
        edited.given,
        coalesce(users.district_id, edited.district_id) as district_id,
        edited.user_id,
        edited.role,
        edited.permission,
        users.user_id is not null as is_clevers
    from (
        select
            given,
            max(district_id) as district_id,
            user_id,
            role,
            permission
        from edits
        group by given, user_id, role, permission
    ) as edited
    left join {{ ref('users') }} as users on edited.user_id = users.user_id
),

-- A user who is not Clever's has nothing at Clever to wait for.
users as (
    select
        user_id,
        valid_from,
        valid_to
    from ({{ active('user', 'select user_id from concerned') }}) as active
    union all
    select distinct
        user_id,
        {{ far_past() }} as valid_from,
        cast(null as timestamp) as valid_to
    from concerned
    where not is_clevers
),

{{ overlaid(
    'given',
    ['district_id', 'user_id', 'role', 'permission'],
    needed={'users': 'user_id'},
    clever='roles',
) }}

select
    district_id,
    user_id,
    role,
    permission,
    managed_by,
    edit_id,
    valid_from,
    valid_to,
    is_current
from overlaid

union all

select
    roles.district_id,
    roles.user_id,
    roles.role,
    cast(null as {{ dbt.type_string() }}) as permission,
    'clever' as managed_by,
    cast(null as {{ dbt.type_string() }}) as edit_id,
    roles.valid_from,
    roles.valid_to,
    roles.valid_to is null as is_current
from roles
left join concerned on roles.given = concerned.given
where concerned.given is null

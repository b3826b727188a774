{#- Clever's roles: as they are in force, without the breaks between versions. -#}
with roles as (
    {% for role in ['student', 'teacher', 'staff', 'district_admin', 'contact'] -%}
    select
        {{ role }}_id as user_id,
        'role' as gives,
        '{{ role }}' as given,
        district_id,
        valid_from,
        valid_to
    from ({{ active(role) }}) as {{ role }}_active
    {% if not loop.last %}union all{% endif %}
    {% endfor -%}
),

edits as (
    select
        user_id,
        case when permission is not null then 'permission' when role is not null then 'role' else 'user' end as gives,
        coalesce(permission, role, '') as given,
        'add' as source,
        edit_id,
        district_id,
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

concerned as (
    select distinct
        user_id,
        gives,
        given,
        role,
        permission
    from edits
),

-- As long as a user is not Clever's there is nothing at Clever to wait for, and the district is the one the edit names.
users as (
    select
        user_id,
        district_id,
        valid_from,
        valid_to
    from ({{ active('user', 'select user_id from concerned') }}) as active
    union all
    select
        edited.user_id,
        cast(null as {{ dbt.type_string() }}) as district_id,
        {{ far_past() }} as valid_from,
        known.first_seen_at as valid_to
    from (select distinct concerned.user_id from concerned) as edited
    left join {{ ref('users') }} as known on edited.user_id = known.user_id
),

{{ overlaid(
    ['user_id', 'gives', 'given'],
    ['user_id', 'role', 'permission'],
    needed={'users': ['user_id']},
    districts=['users', 'add'],
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
    {{ is_in_force('valid_from', 'valid_to') }} as is_current
from overlaid

union all

select
    roles.district_id,
    roles.user_id,
    roles.given as role,
    cast(null as {{ dbt.type_string() }}) as permission,
    'clever' as managed_by,
    cast(null as {{ dbt.type_string() }}) as edit_id,
    roles.valid_from,
    roles.valid_to,
    roles.valid_to is null as is_current
from roles
left join concerned on {{ same('roles', 'concerned', ['user_id', 'gives', 'given']) }}
where concerned.user_id is null

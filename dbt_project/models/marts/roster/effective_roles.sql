{#- Clever's roles: as they are in force, without the breaks between versions. -#}
with clever as (
    {% for role in ['student', 'teacher', 'staff', 'district_admin', 'contact'] -%}
    select
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
        user_id || ' ' || coalesce('role ' || role, 'permission ' || permission, 'user') as given,
        edit_id,
        district_id,
        user_id,
        role,
        permission,
        valid_from,
        valid_to
    from {{ ref('manual_edits') }}
    where
        kind in ('add_role', 'add_permission', 'add_user')
        and user_id is not null
        and (valid_to is null or valid_from < valid_to)
),

-- Who is Clever's is known to Clever's district; others to the one the application names.
givens as (
    select
        edited.given,
        edited.user_id,
        edited.role,
        edited.permission,
        coalesce(users.district_id, edited.district_id) as district_id,
        users.user_id is not null as is_clevers
    from (
        select
            edits.given,
            edits.user_id,
            edits.role,
            edits.permission,
            max(edits.district_id) as district_id
        from edits
        group by edits.given, edits.user_id, edits.role, edits.permission
    ) as edited
    left join {{ ref('users') }} as users on edited.user_id = users.user_id
),

active_users as (
    {{ active('user') }}
),

evidence as (
    select
        user_id || ' role ' || role as given,
        'clever' as source,
        cast(null as {{ dbt.type_string() }}) as edit_id,
        cast(null as timestamp) as made_at,
        valid_from,
        valid_to
    from clever
    union all
    select
        given,
        'add' as source,
        edit_id,
        valid_from as made_at,
        valid_from,
        valid_to
    from edits
    union all
    -- A user who is not Clever's has nothing at Clever to wait for.
    select
        givens.given,
        'needed_1' as source,
        null as edit_id,
        null as made_at,
        case when givens.is_clevers then active_users.valid_from else {{ far_past() }} end as valid_from,
        active_users.valid_to
    from givens
    left join active_users on givens.user_id = active_users.user_id
),

intervals as (
    select
        givens.given,
        givens.district_id,
        givens.user_id,
        givens.role,
        givens.permission,
        evidence.source,
        evidence.edit_id,
        evidence.made_at,
        evidence.valid_from,
        evidence.valid_to
    from evidence
    inner join givens on evidence.given = givens.given
    where evidence.valid_from is not null
),

edited as (
    {{ overlay('intervals', 'given', ['district_id', 'user_id', 'role', 'permission'], needed=1) }}
)

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
from edited

union all

select
    clever.district_id,
    clever.user_id,
    clever.role,
    cast(null as {{ dbt.type_string() }}) as permission,
    'clever' as managed_by,
    cast(null as {{ dbt.type_string() }}) as edit_id,
    clever.valid_from,
    clever.valid_to,
    clever.valid_to is null as is_current
from clever
left join givens on clever.user_id || ' role ' || clever.role = givens.given
where givens.given is null

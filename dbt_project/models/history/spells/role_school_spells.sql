{{ config(unique_key='user_id') }}

{% call(log) spells(
    ref('stg_clever__user_schools'), ['user_id', 'role'], ['school_id', 'is_primary'], object='users'
) %}
    select
        user_id,
        district_id,
        observed_at,
        role,
        school_id,
        coalesce(school_id = primary_id, false) as is_primary
    from (
        select
            user_id,
            district_id,
            observed_at,
            held.key as role,
            held.value.school as primary_id,
            {{ explode(list_with('held.value.schools', 'held.value.school')) }} as school_id
        from (
            select
                user_id,
                district_id,
                observed_at,
                {{ explode('map_entries(roles)') }} as held
            from {{ log }}
        ) as roles
        where held.key in ('student', 'teacher', 'staff')
    ) as listed
{% endcall %}

{{ stored_by(['user_id', 'school_id', 'valid_from']) }}

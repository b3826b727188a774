{{ config(unique_key='user_id') }}

{#- Staff have no primary school. -#}
{%- set no_school = 'cast(null as ' ~ dbt.type_string() ~ ')' -%}
{%- set roles = [
    ('student', ref('stg_clever__students'), 'school_id'),
    ('teacher', ref('stg_clever__teachers'), 'school_id'),
    ('staff', ref('stg_clever__staff'), no_school),
] -%}

{% for role, role_log, primary in roles %}
select
    district_id,
    {{ role }}_id as user_id,
    '{{ role }}' as role,
    school_id,
    is_primary,
    valid_from,
    valid_to
from (
    {% call(log) spells(role_log, [role ~ '_id'], ['school_id', 'is_primary'], object='users') %}
    select
        {{ role }}_id,
        district_id,
        observed_at,
        listed_id as school_id,
        coalesce(listed_id = primary_id, false) as is_primary
    from (
        select
            {{ role }}_id,
            district_id,
            observed_at,
            {{ primary }} as primary_id,
            {{ explode(list_with('schools', primary)) }} as listed_id
        from {{ log }}
    ) as listed
    {% endcall %}
) as spells
{% if not loop.last %}union all{% endif %}
{% endfor %}

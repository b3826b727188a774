{{ config(unique_key='section_id') }}

{% call(log) spells(
    ref('stg_clever__sections'), ['section_id'], ['teacher_id', 'is_primary'], object='sections'
) %}
    select
        section_id,
        district_id,
        observed_at,
        teacher_id,
        coalesce(teacher_id = primary_teacher_id, false) as is_primary
    from (
        select
            section_id,
            district_id,
            observed_at,
            primary_teacher_id,
            {{ explode(list_with('teachers', 'primary_teacher_id')) }} as teacher_id
        from {{ log }}
    ) as listed
{% endcall %}

{{ stored_by(['section_id', 'teacher_id', 'valid_from']) }}

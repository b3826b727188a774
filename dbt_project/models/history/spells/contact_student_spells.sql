{{ config(unique_key='contact_id') }}

{% call(log) spells(
    ref('stg_clever__contacts'),
    ['contact_id'],
    ['student_id', 'relationship', 'relationship_type'],
    object='contact'
) %}
    {#- Entries that differ in an unknown field alone are one. #}
    select distinct
        contact_id,
        district_id,
        observed_at,
        listed.student as student_id,
        listed.relationship,
        listed.type as relationship_type
    from (
        select
            contact_id,
            district_id,
            observed_at,
            {{ explode('student_relationships') }} as listed
        from {{ log }}
    ) as relationships
    where listed.student is not null
{% endcall %}

{{ stored_by(['contact_id', 'student_id', 'valid_from']) }}

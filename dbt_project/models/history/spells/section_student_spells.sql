{{ config(unique_key='section_id') }}

{% call(log) spells(ref('stg_clever__sections'), ['section_id'], ['student_id'], object='sections') %}
    select
        section_id,
        district_id,
        observed_at,
        {{ explode('students') }} as student_id
    from {{ log }}
{% endcall %}

{{ stored_by(['section_id', 'student_id', 'valid_from']) }}

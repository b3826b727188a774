{#- A table of its own for the same reason as `progress_users`. -#}
{{ config(materialized='table') }}

-- depends_on: {{ ref('touched_progress') }}, {{ ref('progress_users') }}, {{ ref('stg_application__progress') }}
with
{% if not flags.FULL_REFRESH -%}
named as (
    select section_ref as section_id
    from {{ ref('stg_application__progress') }}
    where progress_id in (select touched.progress_id from {{ ref('touched_progress') }} as touched)
    union
    select section_id from {{ ref('progress_users') }}
),
{% endif %}

intervals as (
    select
        section_id,
        course_id,
        term_id,
        cast(null as {{ dbt.type_string() }}) as teacher_id,
        cast(null as boolean) as is_primary,
        valid_from,
        valid_to
    from {{ ref('section_history') }}
    {% if not flags.FULL_REFRESH -%}
    where section_id in (select named.section_id from named)
    {%- endif %}
    union all
    select
        section_id,
        null as course_id,
        null as term_id,
        teacher_id,
        is_primary,
        valid_from,
        valid_to
    from {{ ref('teaching_history') }}
    {% if not flags.FULL_REFRESH -%}
    where section_id in (select named.section_id from named)
    {%- endif %}
)

{{ stretches('intervals', 'section_id', {
    'course_id': 'max(course_id)',
    'term_id': 'max(term_id)',
    'primary_teacher_id': 'max(case when is_primary then teacher_id end)',
    'co_teacher_ids': sorted_list('teacher_id', 'not is_primary'),
}) }}

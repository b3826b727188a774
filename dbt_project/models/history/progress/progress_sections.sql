{#- A table of its own for the same reason as `progress_users`. -#}
{{ config(materialized='table') }}

-- depends_on: {{ ref('touched_progress') }}, {{ ref('progress_users') }}, {{ ref('stg_application__progress') }}
with named as (
    select section_ref as section_id
    from {{ ref('stg_application__progress') }}
    {% if not flags.FULL_REFRESH -%}
    where progress_id in (select touched.progress_id from {{ ref('touched_progress') }} as touched)
    {%- endif %}
    union
    select section_id from {{ ref('progress_users') }}
),

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
    where section_id in (select named.section_id from named)
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
    where section_id in (select named.section_id from named)
)

{{ stretches('intervals', 'section_id', {
    'course_id': 'max(course_id)',
    'term_id': 'max(term_id)',
    'primary_teacher_id': 'max(case when is_primary then teacher_id end)',
    'co_teacher_ids': sorted_list('teacher_id', 'not is_primary'),
}) }}

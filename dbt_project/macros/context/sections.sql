{#-
The days on which sections met, as far as they count: while the section was active, in session, and within the dates of
its term if these lie in that school year at all (some districts never correct theirs). One row per stretch in which nothing
of it changed, by the IDs that reports group by; with teachers, per stretch and primary teacher.
-#}
{% macro section_days(with_teachers=false) -%}
with versions as (
    select
        sections.section_id,
        sections.district_id,
        sections.school_id,
        sections.course_id,
        sections.term_id,
        {{ days_of('sections') }}
    from {{ ref('section_history') }} as sections
    {{ join_days_of('sections') }}
    where sections.record_status = 'active'
),

{% if with_teachers -%}
teaching as (
    select
        teaching.section_id,
        teaching.teacher_id,
        {{ days_of('teaching') }}
    from {{ ref('teaching_history') }} as teaching
    {{ join_days_of('teaching') }}
    where teaching.is_primary
),

{% endif -%}
placed as (
    select
        versions.section_id,
        coalesce(section_lineage.lineage_id, versions.section_id) as reporting_section_id,
        versions.district_id,
        calendar.school_year,
        versions.school_id,
        coalesce(course_lineage.lineage_id, versions.course_id) as reporting_course_id,
        coalesce(term_lineage.lineage_id, versions.term_id) as reporting_term_id,
        greatest(versions.first_day, calendar.counted_from, term_days.first_day) as first_day,
        least(coalesce(versions.last_day, {{ endless() }}), calendar.counted_until, term_days.last_day) as last_day
    from versions
    inner join {{ ref('school_calendar') }} as calendar
        on
            versions.district_id = calendar.district_id
            and versions.first_day <= calendar.counted_until
            and coalesce(versions.last_day, {{ endless() }}) >= calendar.counted_from
    left join {{ ref('term_days') }} as term_days
        on versions.term_id = term_days.term_id and calendar.school_year = term_days.school_year
    left join {{ ref('section_lineage') }} as section_lineage on versions.section_id = section_lineage.section_id
    left join {{ ref('course_lineage') }} as course_lineage on versions.course_id = course_lineage.course_id
    left join {{ ref('term_lineage') }} as term_lineage on versions.term_id = term_lineage.term_id
)

{% if not with_teachers -%}
select *
from placed
where first_day <= last_day
{%- else -%}
select
    placed.section_id,
    placed.reporting_section_id,
    placed.district_id,
    placed.school_year,
    placed.school_id,
    placed.reporting_course_id,
    placed.reporting_term_id,
    coalesce(teacher_lineage.lineage_id, teaching.teacher_id) as reporting_teacher_id,
    greatest(placed.first_day, teaching.first_day) as first_day,
    least(placed.last_day, coalesce(teaching.last_day, {{ endless() }})) as last_day
from placed
inner join teaching
    on
        placed.section_id = teaching.section_id
        and placed.first_day <= coalesce(teaching.last_day, {{ endless() }})
        and placed.last_day >= teaching.first_day
left join {{ ref('teacher_lineage') }} as teacher_lineage on teaching.teacher_id = teacher_lineage.teacher_id
where greatest(placed.first_day, teaching.first_day) <= least(placed.last_day, coalesce(teaching.last_day, {{ endless() }}))
{%- endif %}
{%- endmacro %}


{#- Students in the sections of `section_days` (a CTE `sections`) and their days, by some columns of these. -#}
{% macro students_of_sections(columns) -%}
select
    district_id,
    school_year,
    {%- for column in columns %}
    {{ column }},
    {%- endfor %}
    count(distinct student_id) as students,
    sum(days) as enrolled_days
from (
    {{ enrolled_days(columns) }}
) as enrolled
group by district_id, school_year{% for column in columns %}, {{ column }}{% endfor %}
{%- endmacro %}


{#- Students in these sections, with the days of each in each stretch. -#}
{% macro enrolled_days(columns) -%}
select
    sections.district_id,
    sections.school_year,
    {%- for column in columns %}
    sections.{{ column }},
    {%- endfor %}
    enrolled.student_id,
    {{ days_between(
        'greatest(enrolled.first_day, sections.first_day)',
        'least(coalesce(enrolled.last_day, ' ~ endless() ~ '), sections.last_day)'
    ) }} as days
from (
    {{ enrollment_days() }}
) as enrolled
inner join sections
    on
        enrolled.section_id = sections.section_id
        and greatest(enrolled.first_day, sections.first_day)
        <= least(coalesce(enrolled.last_day, {{ endless() }}), sections.last_day)
{%- endmacro %}


{#- Enrollments by the student's ID that reports group by, with their days. -#}
{% macro enrollment_days(condition='true') -%}
select
    enrollment.district_id,
    enrollment.section_id,
    coalesce(lineage.lineage_id, enrollment.student_id) as student_id,
    enrollment.valid_from,
    enrollment.valid_to,
    {{ days_of('enrollment') }}
from {{ ref('enrollment_history') }} as enrollment
left join {{ ref('student_lineage') }} as lineage on enrollment.student_id = lineage.student_id
{{ join_days_of('enrollment') }}
where {{ condition }}
{%- endmacro %}

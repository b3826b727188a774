{#-
Progress of groups with comparable denominators: per group and kind what was done in the days that count, beside the students
who were enrolled on them and for how many days, whether or not there is a record of them. Every kind of record that the
district has in a school year has a row for every group: nobody who did nothing is lost.

`by`: the columns of the group besides district and school year. The CTEs `students` (district_id, school_year, `by`, students,
enrolled_days) and `done` (records, with `is_counted`) stand before it. Where a
group `is_of_one_district`, it is not grouped by: each column of the key stands in memory once more for every student.
-#}
{% macro progress_rates(by, is_of_one_district=false) -%}
{%- set keys = ['district_id', 'school_year'] + by -%}
kinds as (
    {{ progress_kinds() }}
),

records as (
    select
        {% if is_of_one_district %}min(district_id) as district_id,{% else %}district_id,{% endif %}
        {{ keys[1:] | join(', ') }},
        kind,
        count(case when is_counted then 1 end) as records,
        count(case when not is_counted then 1 end) as other_records,
        count(distinct case when is_counted then reporting_student_id end) as students_with_records,
        count(case when is_counted then {{ exact('score') }} end) as scored,
        cast(sum(case when is_counted then {{ exact('score') }} end) as double) as score,
        cast(sum(case when is_counted then {{ exact('duration_seconds') }} end) as double) as duration_seconds
    from done
    group by {% if not is_of_one_district %}district_id, {% endif %}{{ keys[1:] | join(', ') }}, kind
),

groups as (
    select
        students.*,
        kinds.kind
    from students
    inner join kinds
        on students.district_id = kinds.district_id and students.school_year = kinds.school_year
)

select
    {%- for key in keys %}
    coalesce(groups.{{ key }}, records.{{ key }}) as {{ key }},
    {%- endfor %}
    coalesce(groups.kind, records.kind) as kind,
    coalesce(groups.students, 0) as students,
    cast(coalesce(groups.enrolled_days, 0) as {{ dbt.type_bigint() }}) as enrolled_days,
    coalesce(records.students_with_records, 0) as students_with_records,
    cast(coalesce(records.students_with_records, 0) as double) / nullif(groups.students, 0) as share_with_records,
    coalesce(records.records, 0) as records,
    coalesce(records.records, 0) * 7.0 / nullif(groups.enrolled_days, 0) as records_per_week,
    coalesce(records.duration_seconds, 0) as duration_seconds,
    coalesce(records.duration_seconds, 0) * 7 / nullif(groups.enrolled_days, 0) as seconds_per_week,
    coalesce(records.scored, 0) as scored,
    records.score / nullif(records.scored, 0) as average_score,
    coalesce(records.other_records, 0) as other_records
from groups
full outer join records
    on
        {% for key in keys -%}
        groups.{{ key }} is not distinct from records.{{ key }} and
        {% endfor -%}
        groups.kind is not distinct from records.kind
{%- endmacro %}


{#-
Records of progress that count for totals, with whether each happened on a day that counts: in session, within the dates
of its term (`in_term`), while the roster was known and Clever showed the student.
-#}
{% macro progress_done(columns, in_term=false, condition='true') -%}
select
    progress.district_id,
    progress.school_year,
    {%- for column in columns %}
    progress.{{ column }},
    {%- endfor %}
    progress.kind,
    progress.reporting_student_id,
    progress.score,
    progress.duration_seconds,
    coalesce(
        progress.roster_state = 'active'
        and progress.occurred_at >= calendar.counted_from_at
        and progress.occurred_at < calendar.counted_until_at
        {%- if in_term %}
        and (term_days.term_id is null or progress.occurred_at >= term_days.begins_at and progress.occurred_at < term_days.ends_at)
        {%- endif %},
        false
    ) as is_counted
from {{ ref('student_progress') }} as progress
left join {{ ref('school_calendar') }} as calendar
    on progress.district_id = calendar.district_id and progress.school_year = calendar.school_year
{%- if in_term %}
left join {{ ref('term_days') }} as term_days
    on progress.term_id = term_days.term_id and progress.school_year = term_days.school_year
{%- endif %}
where progress.record_status = 'active' and {{ condition }}
{%- endmacro %}


{#- The kinds of records that each district has in each school year. -#}
{% macro progress_kinds() -%}
select distinct
    district_id,
    school_year,
    kind
from {{ ref('student_progress') }}
where record_status = 'active'
{%- endmacro %}

{#-
Enrolment, mobility and retention of each school year: of schools (`place` is `school_id`) or, without a place, of whole
districts, in which a move from one school to another is none. The one place where they are defined; the columns'
descriptions say the formulas and whose they are.
-#}
{% macro enrollment_totals(place=none) -%}
{%- set keys = ['district_id', 'school_year'] + ([place] if place else []) -%}
with versions as (
    {{ student_days('history.school_id is not null' if place else 'true') }}
),

stays as (
    {{ stays('versions', place) }}
),

-- What each stay was in each school year; ends of what lasts lie beyond every day.
members as (
    select
        calendar.district_id,
        calendar.school_year,
        {% if place %}stays.{{ place }},{% endif %}
        stays.reporting_student_id,
        coalesce(max(case when calendar.is_count_day_known and calendar.count_day between stays.first_day and stays.ends_on then 1 end), 0)
            as on_count_day,
        sum({{ days_between('greatest(stays.first_day, calendar.counted_from)', 'least(stays.ends_on, calendar.counted_until)') }})
            as days,
        coalesce(max(case when stays.first_day <= calendar.mobility_until and stays.ends_on >= calendar.mobility_from then 1 end), 0)
            as is_counted,
        coalesce(max(case when stays.first_day <= calendar.mobility_from and stays.ends_on >= calendar.mobility_until then 1 end), 0)
            as is_stable,
        count(case when stays.first_day > calendar.mobility_from and stays.first_day <= calendar.mobility_until then 1 end)
            as entries,
        count(case when stays.ends_on >= calendar.mobility_from and stays.ends_on < calendar.mobility_until then 1 end)
            as exits
    from (
        select
            *,
            coalesce(last_day, {{ endless() }}) as ends_on
        from stays
    ) as stays
    inner join {{ ref('school_calendar') }} as calendar
        on
            stays.district_id = calendar.district_id
            and stays.first_day <= calendar.counted_until
            and stays.ends_on >= calendar.counted_from
    group by calendar.district_id, calendar.school_year, {% if place %}stays.{{ place }}, {% endif %}stays.reporting_student_id
),

-- A grade on a scale, by which it is one higher or the same: of others nobody is retained or promoted.
graded as (
    select
        *,
        {{ grade_level('grade') }} as level
    from versions
),

-- The last grade of a school year, and where it was; the first one of the next.
grades as (
    select
        calendar.district_id,
        calendar.school_year,
        extract(year from calendar.first_day) as year_begun,
        graded.reporting_student_id,
        {% if place %}max_by(graded.{{ place }}, graded.valid_from) as {{ place }},{% endif %}
        max_by(graded.level, graded.valid_from) as last_level,
        min_by(graded.level, graded.valid_from) as first_level
    from graded
    inner join {{ ref('school_calendar') }} as calendar
        on
            graded.district_id = calendar.district_id
            and graded.first_day <= calendar.mobility_until
            and coalesce(graded.last_day, {{ endless() }}) >= calendar.mobility_from
    where graded.level is not null
    group by calendar.district_id, calendar.school_year, calendar.first_day, graded.reporting_student_id
),

returned as (
    select
        before.district_id,
        before.school_year,
        {% if place %}before.{{ place }},{% endif %}
        count(*) as returned,
        count(case when after.first_level = before.last_level then 1 end) as retained
    from grades as before
    inner join grades as after
        on
            before.district_id = after.district_id
            and before.reporting_student_id = after.reporting_student_id
            and before.year_begun + 1 = after.year_begun
    group by before.district_id, before.school_year{% if place %}, before.{{ place }}{% endif %}
),

totals as (
    select
        {{ keys | join(', ') }},
        count(*) as students,
        sum(on_count_day) as students_on_count_day,
        sum(days) as enrolled_days,
        sum(is_counted) as mobility_base,
        sum(is_counted * (1 - is_stable)) as mobile_students,
        sum(is_counted * is_stable) as stable_students,
        sum(entries) as entries,
        sum(exits) as exits
    from members
    group by {{ keys | join(', ') }}
)

select
    totals.district_id,
    totals.school_year,
    {% if place %}totals.{{ place }},{% endif %}
    calendar.counted_from,
    calendar.counted_until,
    totals.students,
    case when calendar.is_count_day_known then cast(totals.students_on_count_day as {{ dbt.type_bigint() }}) end
        as students_on_count_day,
    cast(totals.enrolled_days as {{ dbt.type_bigint() }}) as enrolled_days,
    cast(totals.enrolled_days as double) / nullif(calendar.days, 0) as average_daily_membership,
    cast(totals.mobility_base as {{ dbt.type_bigint() }}) as mobility_base,
    cast(totals.entries as {{ dbt.type_bigint() }}) as entries,
    cast(totals.exits as {{ dbt.type_bigint() }}) as exits,
    cast(totals.mobile_students as {{ dbt.type_bigint() }}) as mobile_students,
    cast(totals.mobile_students as double) / nullif(totals.mobility_base, 0) as mobility_rate,
    cast(totals.entries + totals.exits as double) / nullif(totals.mobility_base, 0) as mobility_incidence_rate,
    cast(totals.stable_students as double) / nullif(totals.mobility_base, 0) as stability_rate,
    case when later.district_id is not null then coalesce(returned.returned, 0) end as returned_students,
    case when later.district_id is not null then coalesce(returned.retained, 0) end as retained_students,
    cast(returned.retained as double) / nullif(returned.returned, 0) as retention_rate
from totals
inner join {{ ref('school_calendar') }} as calendar
    on totals.district_id = calendar.district_id and totals.school_year = calendar.school_year
left join {{ ref('school_calendar') }} as later
    on
        totals.district_id = later.district_id
        and extract(year from calendar.first_day) + 1 = extract(year from later.first_day)
        and later.mobility_from is not null
left join returned
    on
        totals.district_id = returned.district_id
        and totals.school_year = returned.school_year
        {% if place %}and totals.{{ place }} = returned.{{ place }}{% endif %}
{%- endmacro %}


{#- Grades one after another as numbers: Kindergarten is 0. What comes before it, after 12 or is no grade has none. -#}
{% macro grade_level(grade) -%}
    case
        when {{ grade }} = 'Kindergarten' then 0
        when {{ grade }} in ('1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12') then cast({{ grade }} as integer)
    end
{%- endmacro %}

{#-
Enrolment and mobility of each school year: of schools (`in_school`), or of whole districts, in which a move from one school
to another is none. The one place where they are computed; the columns' descriptions say the formulas and whose they are.
-#}
{% macro enrollment_totals(in_school) -%}
{%- set keys = ['district_id', 'school_year'] + (['school_id'] if in_school else []) -%}
{%- set before = 'last_day_here_before' if in_school else 'last_day_before' -%}
with students as (
    {{ students_of_stays(in_school) }}
),

-- Of those who stay the base, of those who come or leave the moves: the latter are few.
stays as (
    select
        calendar.district_id,
        calendar.school_year,
        stays.school_id,
        stays.reporting_student_id,
        coalesce(stays.{{ before }} < calendar.mobility_from, true) as is_first,
        {{ is_there('stays', 'calendar.count_day', 'calendar.count_day') }} as is_on_count_day,
        {{ is_there('stays', 'calendar.mobility_from', 'calendar.mobility_until') }} as is_in_base,
        stays.first_day > calendar.mobility_from
        and stays.first_day <= calendar.mobility_until
        and {{ comes('stays', in_school) }} as is_entry,
        stays.last_day >= calendar.mobility_from
        and stays.last_day < calendar.mobility_until
        and {{ leaves('stays', in_school) }} as is_exit
    from {{ ref('school_stays') }} as stays
    inner join {{ ref('school_calendar') }} as calendar
        on
            stays.district_id = calendar.district_id
            and {{ is_there('stays', 'least(calendar.count_day, calendar.mobility_from)', 'greatest(calendar.count_day, calendar.mobility_until)') }}
),

counted as (
    select
        {{ keys | join(', ') }},
        count(case when is_on_count_day then 1 end) as students_on_count_day,
        count(case when is_in_base and is_first then 1 end) as mobility_base,
        count(case when is_entry then 1 end) as entries,
        count(case when is_exit then 1 end) as exits
    from stays
    group by {{ keys | join(', ') }}
),

moved as (
    select
        {{ keys | join(', ') }},
        count(distinct reporting_student_id) as mobile_students
    from stays
    where is_entry or is_exit
    group by {{ keys | join(', ') }}
)

select
    students.district_id,
    students.school_year,
    {% if in_school %}students.school_id,{% endif %}
    calendar.counted_from,
    calendar.counted_until,
    students.students,
    case when calendar.is_count_day_known then coalesce(counted.students_on_count_day, 0) end as students_on_count_day,
    cast(students.enrolled_days as {{ dbt.type_bigint() }}) as enrolled_days,
    students.enrolled_days / cast(nullif(calendar.days, 0) as double) as average_daily_membership,
    coalesce(counted.mobility_base, 0) as mobility_base,
    coalesce(counted.entries, 0) as entries,
    coalesce(counted.exits, 0) as exits,
    coalesce(moved.mobile_students, 0) as mobile_students,
    coalesce(moved.mobile_students, 0) / cast(nullif(counted.mobility_base, 0) as double) as mobility_rate,
    (counted.entries + counted.exits) / cast(nullif(counted.mobility_base, 0) as double) as mobility_incidence_rate,
    (counted.mobility_base - coalesce(moved.mobile_students, 0)) / cast(nullif(counted.mobility_base, 0) as double)
        as stability_rate
from students
inner join {{ ref('school_calendar') }} as calendar
    on students.district_id = calendar.district_id and students.school_year = calendar.school_year
{% for relation in ['counted', 'moved'] -%}
left join {{ relation }}
    on
        students.district_id = {{ relation }}.district_id
        and students.school_year = {{ relation }}.school_year
        {% if in_school %}and students.school_id = {{ relation }}.school_id{% endif %}
{% endfor %}
{%- endmacro %}


{#- Grades one after another as numbers: Kindergarten is 0. What comes before it, after 12 or is no grade has none. -#}
{% macro grade_level(grade) -%}
    case
        when {{ grade }} = 'Kindergarten' then 0
        when {{ grade }} in ('1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12') then cast({{ grade }} as integer)
    end
{%- endmacro %}

{#-
So many days a student may be gone and the stay goes on: Colorado counts nobody as mobile for a gap of ten days or less
(Colorado Department of Education, Mobility/Stability Statistics).
-#}
{% macro days_of_absence() -%}
10
{%- endmacro %}


{#-
Stays: stretches of a student in one school that follow each other without an absence of more than ten days.

    stretches of Ana                stays
    elm   17 Aug - 30 Sep           elm   17 Aug - 20 Oct   (gone for five days)
    elm    6 Oct - 20 Oct           oak   21 Oct - 14 Nov
    oak   21 Oct - 14 Nov           oak   11 Dec -          (gone for longer)
    oak   11 Dec -

`stretches`: a relation with `student` (the column of the student's ID), district_id, school_id, an interval and its days,
none of which is in two stretches of a student. Each stay says what was before and after it: `last_day_before` and
`first_day_after` in whatever school, `last_day_here_before` in this one. So those who were somewhere in a stretch of time
can be counted, each once, without looking for those who are there twice.
-#}
{% macro stays(stretches, student) -%}
select
    {{ student }},
    district_id,
    school_id,
    stay_number,
    first_day,
    last_day,
    valid_from,
    valid_to,
    lag(school_id) over in_order as school_before,
    lag(first_day) over in_order as first_day_before,
    lag(last_day) over in_order as last_day_before,
    lead(first_day) over in_order as first_day_after,
    lag(last_day) over (partition by {{ student }}, school_id order by stay_number) as last_day_here_before
from (
    select
        {{ student }},
        district_id,
        school_id,
        stay_number,
        min(first_day) as first_day,
        case when count(*) = count(last_day) then max(last_day) end as last_day,
        min(valid_from) as valid_from,
        case when count(*) = count(valid_to) then max(valid_to) end as valid_to
    from (
        select
            *,
            cast(sum(
                case
                    when
                        previous_school = school_id
                        and {{ dbt.datediff('previous_last_day', 'first_day', 'day') }} <= {{ days_of_absence() }} + 1
                        then 0
                    else 1
                end
            ) over (
                partition by {{ student }} order by valid_from
                rows between unbounded preceding and current row
            ) as {{ dbt.type_bigint() }}) as stay_number
        from (
            select
                *,
                lag(school_id) over in_order as previous_school,
                lag(last_day) over in_order as previous_last_day
            from {{ stretches }}
            window in_order as (partition by {{ student }} order by valid_from)
        ) as compared
    ) as numbered
    group by {{ student }}, district_id, school_id, stay_number
) as stays
window in_order as (partition by {{ student }} order by stay_number)
{%- endmacro %}


{#- Whether a stay has days from one to another; a student of several such stays in a school counts with the first. -#}
{% macro is_there(stays, first, last) -%}
    {{ stays }}.first_day <= {{ last }} and coalesce({{ stays }}.last_day, {{ endless() }}) >= {{ first }}
{%- endmacro %}


{#-
Of a stay: whether the student came with it, or left. Into, or out of, a school that is each stay; a district only if the
next one, in whatever school, is more than ten days away.
-#}
{% macro comes(stays, in_school) -%}
    {%- if in_school -%}
    true
    {%- else -%}
    coalesce({{ dbt.datediff(stays ~ '.last_day_before', stays ~ '.first_day', 'day') }} > {{ days_of_absence() }} + 1, true)
    {%- endif -%}
{%- endmacro %}

{% macro leaves(stays, in_school) -%}
    {%- if in_school -%}
    true
    {%- else -%}
    coalesce({{ dbt.datediff(stays ~ '.last_day', stays ~ '.first_day_after', 'day') }} > {{ days_of_absence() }} + 1, true)
    {%- endif -%}
{%- endmacro %}


{#- Students and their days in each school year, as far as days count: of schools, or of districts. -#}
{% macro students_of_stays(in_school) -%}
select
    calendar.district_id,
    calendar.school_year,
    {% if in_school %}stays.school_id,{% endif %}
    count(case
        when coalesce(stays.{{ 'last_day_here_before' if in_school else 'last_day_before' }} < calendar.counted_from, true) then 1
    end) as students,
    sum({{ days_between(
        'greatest(stays.first_day, calendar.counted_from)',
        'least(coalesce(stays.last_day, ' ~ endless() ~ '), calendar.counted_until)'
    ) }}) as enrolled_days
from {{ ref('school_stays') }} as stays
inner join {{ ref('school_calendar') }} as calendar
    on stays.district_id = calendar.district_id and {{ is_there('stays', 'calendar.counted_from', 'calendar.counted_until') }}
group by calendar.district_id, calendar.school_year{% if in_school %}, stays.school_id{% endif %}
{%- endmacro %}

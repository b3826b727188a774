{#-
So many days a student may be gone and the stay goes on: Colorado counts nobody as mobile for a gap of ten days or less
(Colorado Department of Education, Mobility/Stability Statistics).
-#}
{% macro days_of_absence() -%}
10
{%- endmacro %}


{#-
Students while Clever showed them, version by version: by the ID that reports group by, with the days of each
version. Versions that were in force at no midnight have none and are left out.
-#}
{% macro student_days(condition='true') -%}
select *
from (
    select
        coalesce(lineage.lineage_id, history.student_id) as reporting_student_id,
        history.student_id,
        history.district_id,
        history.school_id,
        history.grade,
        history.valid_from,
        history.valid_to,
        {{ days_of('history') }}
    from {{ ref('student_history') }} as history
    left join {{ ref('student_lineage') }} as lineage on history.student_id = lineage.student_id
    {{ join_days_of('history') }}
    where history.record_status = 'active' and {{ condition }}
) as versions
where last_day is null or last_day >= first_day
{%- endmacro %}


{#-
Stays: versions of a student that follow each other in one place (`place`: the column that names it; none: anywhere
in the district) without an absence of more than ten days. `versions` is what `student_days` made.

    versions of Ana                 stays
    elm   17 Aug - 30 Sep           elm   17 Aug - 20 Oct   (gone for five days)
    elm    6 Oct - 20 Oct           oak   21 Oct - 14 Nov
    oak   21 Oct - 14 Nov           oak   11 Dec -          (gone for longer)
    oak   11 Dec -
-#}
{% macro stays(versions, place=none) -%}
select
    district_id,
    reporting_student_id,
    {% if place %}{{ place }},{% endif %}
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
                    {% if place %}previous_place = {{ place }} and {% endif -%}
                    {{ dbt.datediff('previous_last_day', 'first_day', 'day') }} <= {{ days_of_absence() }} + 1
                    then 0
                else 1
            end
        ) over (
            partition by reporting_student_id order by valid_from, student_id
            rows between unbounded preceding and current row
        ) as {{ dbt.type_bigint() }}) as stay_number
    from (
        select
            *,
            {% if place %}lag({{ place }}) over in_order as previous_place,{% endif %}
            lag(last_day) over in_order as previous_last_day
        from {{ versions }}
        window in_order as (partition by reporting_student_id order by valid_from, student_id)
    ) as compared
) as numbered
group by district_id, reporting_student_id, {% if place %}{{ place }}, {% endif %}stay_number
{%- endmacro %}


{#- The days of each of `stays` in each school year, as far as they count. -#}
{% macro stayed_days(columns) -%}
select
    calendar.district_id,
    calendar.school_year,
    {%- for column in columns %}
    stays.{{ column }},
    {%- endfor %}
    stays.reporting_student_id as student_id,
    {{ days_between(
        'greatest(stays.first_day, calendar.counted_from)',
        'least(coalesce(stays.last_day, ' ~ endless() ~ '), calendar.counted_until)'
    ) }} as days
from stays
inner join {{ ref('school_calendar') }} as calendar
    on
        stays.district_id = calendar.district_id
        and stays.first_day <= calendar.counted_until
        and coalesce(stays.last_day, {{ endless() }}) >= calendar.counted_from
{%- endmacro %}

{#-
Days are local: which settings say in which zones they are counted, and what clocks there are ahead of UTC. Python
reads them and gives them to a build as the variable `local_time`; without one all days are those of UTC.
`context` is dbt's own: by it the linter knows the function, too.
-#}
{% macro local_time() -%}
    {{ return(context.var('local_time', {
        'default': 'UTC',
        'districts': {},
        'first_day': '1970-01-01',
        'days': 47482,
        'offsets': {'UTC': [{
            'begins_at': '1969-12-30 00:00:00',
            'local_begins_at': '1969-12-30 00:00:00',
            'local_ends_at': '2100-01-03 00:00:00',
        }]},
    })) }}
{%- endmacro %}


{#- The zone in which the days of a district are counted; of none, the one of all others. -#}
{% macro time_zone_of(district_id) -%}
    {%- set districts = local_time().districts -%}
    {%- if not districts -%}
    '{{ local_time().default }}'
    {%- else -%}
    case {{ district_id }}
        {%- for district, zone in districts.items() %}
        when '{{ district | replace("'", "''") }}' then '{{ zone }}'
        {%- endfor %}
        else '{{ local_time().default }}'
    end
    {%- endif -%}
{%- endmacro %}


{#-
A join of `local_days` under the name `days`, for `local_day` of the same time. By the day it is in UTC, which is the
same, the one before or the one after: a join of equal values.
-#}
{% macro join_local_days(days, time, district_id) -%}
left join {{ ref('local_days') }} as {{ days }}
    on {{ time_zone_of(district_id) }} = {{ days }}.time_zone and cast({{ time }} as date) = {{ days }}.calendar_day
{%- endmacro %}


{#-
A join of `local_days` under the name `days`, for when a day began and ended in a district. Not an inner one: where two
days of a row are joined, DuckDB may begin with all days and all days, which fills a disk.
-#}
{% macro join_calendar_day(days, day, district_id) -%}
left join {{ ref('local_days') }} as {{ days }}
    on {{ time_zone_of(district_id) }} = {{ days }}.time_zone and {{ day }} = {{ days }}.calendar_day
{%- endmacro %}


{#- The day it is in a district at a time (UTC); beyond the days that are counted, the one of UTC. -#}
{% macro local_day(days, time) -%}
    case
        when {{ time }} < {{ days }}.begins_at then cast({{ time }} - interval '1' day as date)
        when {{ time }} >= {{ days }}.ends_at then cast({{ time }} + interval '1' day as date)
        else cast({{ time }} as date)
    end
{%- endmacro %}

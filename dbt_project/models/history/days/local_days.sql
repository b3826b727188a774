{{ config(materialized='table') }}
-- How far clocks were ahead of UTC: always so much between two moments, which clocks in the zone show as `local_...`.
with offsets as (
    {% for zone, listed in local_time().offsets.items() -%}
    select
        '{{ zone }}' as time_zone,
        cast(listed.begins_at as timestamp) as begins_at,
        cast(listed.local_begins_at as timestamp) as local_begins_at,
        cast(listed.local_ends_at as timestamp) as local_ends_at
    from (
        values
        {%- for row in listed %}
        ('{{ row.begins_at }}', '{{ row.local_begins_at }}', '{{ row.local_ends_at }}'){{ ',' if not loop.last }}
        {%- endfor %}
    ) as listed (begins_at, local_begins_at, local_ends_at)
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

zones as (
    select distinct time_zone
    from offsets
),

numbers as (
    select {{ explode(number_list(0, local_time().days)) }} as days_before
),

days as (
    select
        zones.time_zone,
        cast({{ dbt.dateadd('day', 'numbers.days_before', "cast('" ~ local_time().first_day ~ "' as date)") }} as date)
            as calendar_day
    from zones
    cross join numbers
),

-- The first moment at which clocks show the day, or a later one: its midnight may not exist, nor it itself.
begun as (
    select
        days.time_zone,
        days.calendar_day,
        min(greatest(
            offsets.begins_at,
            offsets.begins_at + (cast(days.calendar_day as timestamp) - offsets.local_begins_at)
        )) as begins_at
    from days
    inner join offsets
        on
            days.time_zone = offsets.time_zone
            and offsets.local_ends_at > days.calendar_day
            -- Later ones only begin later: without them there is less to compare.
            and offsets.local_begins_at < days.calendar_day + interval '2' day
    group by days.time_zone, days.calendar_day
),

lasting as (
    select
        time_zone,
        calendar_day,
        begins_at,
        lead(begins_at) over (partition by time_zone order by calendar_day) as ends_at
    from begun
)

select
    time_zone,
    calendar_day,
    begins_at,
    ends_at
from lasting
where ends_at is not null

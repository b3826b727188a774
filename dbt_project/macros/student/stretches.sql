{#- Later than any time there is: the end of what is still in force, where a comparison must not meet NULL. -#}
{% macro far_future() -%}
    cast('9999-12-31 00:00:00' as timestamp)
{%- endmacro %}


{#- Earlier than any time there is. -#}
{% macro far_past() -%}
    cast('0001-01-01 00:00:00' as timestamp)
{%- endmacro %}


{#-
The stretches of time in which nothing changes among the intervals of a key, with what holds during each.

    sections of the student A       stretches       count(*)  min(section_id)
    X  Mon - Thu                    Mon - Wed       1         X
    Y  Wed - Fri                    Wed - Thu       2         X
                                    Thu - Fri       1         Y

`intervals`: a relation with the columns in `key`, `valid_from`, `valid_to`; `aggregates`: what to say of the
intervals in force during a stretch, by name. A time is in a stretch if it is not before `valid_from` and before
`ends_at`, which is never NULL: so one comparison finds the stretch, and no row is found twice.
-#}
{% macro stretches(intervals, key, aggregates) -%}
select
    steps.{{ key }},
    steps.valid_from,
    steps.ends_at,
    {%- for name, aggregate in aggregates.items() %}
    {{ aggregate }} as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
from (
    select
        {{ key }},
        turn as valid_from,
        coalesce(lead(turn) over (partition by {{ key }} order by turn), {{ far_future() }}) as ends_at
    from (
        select {{ key }}, valid_from as turn from {{ intervals }}
        union
        select {{ key }}, valid_to as turn from {{ intervals }} where valid_to is not null
    ) as turns
) as steps
inner join {{ intervals }} as intervals
    on
        steps.{{ key }} = intervals.{{ key }}
        and intervals.valid_from <= steps.valid_from
        and (intervals.valid_to is null or intervals.valid_to > steps.valid_from)
group by steps.{{ key }}, steps.valid_from, steps.ends_at
{%- endmacro %}

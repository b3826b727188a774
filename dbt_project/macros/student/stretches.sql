{#-
Later than any time there is: the end of what is still in force, where a comparison must not meet NULL. Loads and
staging (`application_time`) let no value of the year 9999 through.
-#}
{% macro far_future() -%}
    cast('9999-12-31 00:00:00' as timestamp)
{%- endmacro %}


{#- Not later than any time there is; a value may be this very moment. -#}
{% macro far_past() -%}
    cast('0001-01-01 00:00:00' as timestamp)
{%- endmacro %}


{#-
The stretches of time in which nothing changes among the intervals of a key, with what holds during each.

    sections of the student A       stretches       count(*)  min(section_id)
    X  Mon - Thu                    Mon - Wed       1         X
    Y  Wed - Fri                    Wed - Thu       2         X
                                    Thu - Fri       1         Y

`intervals`: a relation with the columns in `key` (one, or a list, none of them NULL), `valid_from`, `valid_to`;
`aggregates`: what to say of the intervals in force during a stretch, by name. A time is in a stretch if it is not
before `valid_from` and before `ends_at`, which is never NULL: so one comparison finds the stretch, and no row is
found twice.
-#}
{% macro stretches(intervals, key, aggregates) -%}
{%- set key = [key] if key is string else key -%}
{%- set parts = key | join(', ') -%}
select
    {%- for part in key %}
    steps.{{ part }},
    {%- endfor %}
    steps.valid_from,
    steps.ends_at,
    {%- for name, aggregate in aggregates.items() %}
    {{ aggregate }} as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
from (
    select
        {{ parts }},
        turn as valid_from,
        coalesce(lead(turn) over (partition by {{ parts }} order by turn), {{ far_future() }}) as ends_at
    from (
        select {{ parts }}, valid_from as turn from {{ intervals }}
        union
        select {{ parts }}, valid_to as turn from {{ intervals }} where valid_to is not null
    ) as turns
) as steps
inner join {{ intervals }} as intervals
    on
        {{ same('steps', 'intervals', key) }}
        and intervals.valid_from <= steps.valid_from
        and (intervals.valid_to is null or intervals.valid_to > steps.valid_from)
group by {% for part in key %}steps.{{ part }}, {% endfor %}steps.valid_from, steps.ends_at
{%- endmacro %}


{#-
That two relations agree in every column of a key, part by part: joined to one text, `a b` and `c` would be `a` and
`b c`.
-#}
{% macro same(left, right, key) -%}
    {%- for part in key -%}
    {{ left }}.{{ part }} = {{ right }}.{{ part }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#-
A history of an association is sound: every interval has its keys and ends after it began, those of one key
neither overlap nor, saying the same, touch; and both ends are records with a history.

`ends`: per end its column, the raw table its log stands in and the history of its records. `says`: columns an
interval says of the pair, whose change ends it; `key`: what tells apart intervals that may run side by side.

Only pairs are looked at of which an end has news: the others were when they were made.
-#}
{% test is_association(model, ends, key=[], says=[]) -%}
{%- set pair = ends | map(attribute='column') | list -%}
{%- set key = pair + key -%}
with intervals as (
    {% for end in ends -%}
    select
        {{ (key + says) | join(', ') }},
        district_id,
        valid_from,
        valid_to,
        is_current
    from {{ model }}
    where
        {{ is_touched(end.column, end.object) }}
        {%- for other in ends[:loop.index0] %}
        and not {{ is_touched(other.column, other.object) }}
        {%- endfor %}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

many as (
    select {{ key | join(', ') }}
    from intervals
    group by {{ key | join(', ') }}
    having count(*) > 1
),

neighbours as (
    select
        {{ pair | join(', ') }},
        district_id,
        valid_from,
        {% for column in says -%}
        {{ column }},
        lag({{ column }}) over in_order as previous_{{ column }},
        {% endfor -%}
        lag(valid_from) over in_order as previous_from,
        lag(valid_to) over in_order as previous_to
    from intervals
    where {{ pair[0] }} in (select {{ pair[0] }} from many)
    window in_order as (partition by {{ key | join(', ') }} order by valid_from)
)

select {{ pair | join(', ') }}, district_id, valid_from, 'a key or a time is missing or contradicts another' as problem
from intervals
where
    {% for column in pair -%}
    {{ column }} is null or
    {% endfor -%}
    valid_from is null
    or valid_to <= valid_from
    or is_current <> (valid_to is null)

union all

select {{ pair | join(', ') }}, district_id, valid_from, 'two intervals overlap, or touch and say the same' as problem
from neighbours
where
    previous_from is not null
    and (
        previous_to is null
        or previous_to > valid_from
        or previous_to = valid_from
        {%- for column in says %} and previous_{{ column }} is not distinct from {{ column }}{% endfor %}
    )
{% for end in ends %}
union all

select {{ pair | join(', ') }}, district_id, valid_from, 'there is no such {{ end.column }}' as problem
from intervals
-- Only the known ones of the few in question are kept in memory, not those of the whole history.
where {{ end.column }} not in (
    select {{ end.column }}
    from {{ end.history }}
    where {{ end.column }} in (select {{ end.column }} from intervals)
)
{% endfor %}
{%- endtest %}

{#-
Fields with a documented list of values hold one of them. Clever adds values without notice: the value is kept
as it came, and whoever decides by it should know. One row per field, without the values.

`enums`: of each column the list it must come from (see `known_values`). Only records with news are looked at.
-#}
{% test has_known_values(model, key, object, enums) -%}
{{ config(severity='warn') }}

with unknown as (
    {% for column, enum in enums.items() -%}
    select '{{ column }}' as field
    from {{ model }}
    where
        is_current
        and {{ is_undocumented(column, enum) }}
        and {{ is_touched(key, object) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select field, count(*) as records
from unknown
group by field
{%- endtest %}

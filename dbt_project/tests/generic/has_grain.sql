{#- The columns are the key: none is NULL and no two rows share them. -#}
{% test has_grain(model, key) -%}
select {{ key | join(', ') }}, count(*) as number_of_rows
from {{ model }}
group by {{ key | join(', ') }}
having count(*) > 1 {% for column in key %} or {{ column }} is null{% endfor %}
{%- endtest %}

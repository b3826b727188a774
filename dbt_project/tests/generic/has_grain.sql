{#-
The columns are the key: none is NULL and no two rows share them. Like every test that keeps a roster back it says
of whose rows it fails, so that this district alone is refused; unless no sync of a district can be at fault, as
the rows do not come from Clever (`by_district` is false).
-#}
{% test has_grain(model, key, by_district=true) -%}
select
    {{ key | join(', ') }},
    {% if by_district and 'district_id' not in key %}min(district_id) as district_id,{% endif %}
    count(*) as number_of_rows
from {{ model }}
group by {{ key | join(', ') }}
having count(*) > 1 {% for column in key %} or {{ column }} is null{% endfor %}
{%- endtest %}

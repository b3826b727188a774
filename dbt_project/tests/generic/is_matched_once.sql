{#-
Nobody is matched with two at a time: an account, or a district or school of the customer list (`subject`), stands
in its table of current matches once. Like all tests of matching it only warns: a roster is not kept back for a match.
-#}
{% test is_matched_once(model, subject) -%}
{{ config(severity='warn') }}

select
    {{ subject }},
    min(district_id) as district_id,
    count(*) as matches
from {{ model }}
group by {{ subject }}
having count(*) > 1 or {{ subject }} is null
{%- endtest %}

{#-
Edits have an effect. One that names what is not known, or lacks what its kind needs, changes nothing: whoever made
it should know. One row per kind and problem of the edits that have not ended.
-#}
{% test has_no_problem(model) -%}
{{ config(severity='warn') }}

select kind, problem, count(*) as edits
from {{ model }}
where problem is not null and (valid_to is null or valid_to > {{ last_look() }})
group by kind, problem
{%- endtest %}

{#-
Edits have an effect. One that names what is not known, or lacks what its kind needs, changes nothing: whoever made
it should know. One row per kind and problem of the edits in force.
-#}
{% test has_no_problem(model) -%}
{{ config(severity='warn') }}

select kind, problem, count(*) as edits
from {{ model }}
where is_current and problem is not null
group by kind, problem
{%- endtest %}

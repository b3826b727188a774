{#-
At the end of a table's query: its rows lie together on disk by what they are asked for, so that a question about one
student or section reads a few thousand of them (engines skip what cannot hold the ID). A full build stores all so,
a daily one what it makes again, after the rest.
-#}
{% macro stored_by(columns) -%}
order by
    {%- for column in columns %}
    {{ column }} nulls last{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

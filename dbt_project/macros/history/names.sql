{#- What a version of a record is called; NULL if it has no name. -#}
{% macro name_of(record, version) -%}
    {%- if 'first_name' in attributes(record) -%}
    nullif(concat_ws(' ', {{ version }}.first_name, {{ version }}.last_name), '')
    {%- else -%}
    {{ version }}.name
    {%- endif -%}
{%- endmacro %}


{#-
Whether a version was in force when something happened; of what has `ended` then, whether it was until then: who leaves
a class on the day on which it is renamed left it under its old name.
-#}
{% macro in_force_when(version, time, ended=false) -%}
    {%- if ended -%}
    {{ version }}.valid_from < {{ time }} and {{ time }} <= coalesce({{ version }}.valid_to, {{ far_future() }})
    {%- else -%}
    {{ version }}.valid_from <= {{ time }} and {{ time }} < coalesce({{ version }}.valid_to, {{ far_future() }})
    {%- endif -%}
{%- endmacro %}

{#-
A short print of some columns: equal for equal values, NULLs included, and different for different ones. It is
compared within one query only, so that its text may differ between engines.
-#}
{% macro print_of(columns) -%}
    {{ return(adapter.dispatch('print_of', 'rollbook')(columns)) }}
{%- endmacro %}

{% macro default__print_of(columns) -%}
    md5_number(cast(to_json(row({{ columns | join(', ') }})) as varchar))
{%- endmacro %}

{% macro spark__print_of(columns) -%}
    md5(to_json(struct({{ columns | join(', ') }})))
{%- endmacro %}

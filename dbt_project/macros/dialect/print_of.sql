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


{#- The same as a text, to be kept: DuckDB takes a thousand times as long to write a print's number as to make it. -#}
{% macro text_print_of(columns) -%}
    {{ return(adapter.dispatch('text_print_of', 'rollbook')(columns)) }}
{%- endmacro %}

{% macro default__text_print_of(columns) -%}
    md5(cast(to_json(row({{ columns | join(', ') }})) as varchar))
{%- endmacro %}

{% macro spark__text_print_of(columns) -%}
    md5(to_json(struct({{ columns | join(', ') }})))
{%- endmacro %}

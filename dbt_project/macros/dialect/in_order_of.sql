{#-
Several columns as one value that sorts by the first, then by the next: for `max_by` and `min_by` without ties. None of
them, and not the value either, may be NULL: DuckDB passes over such rows, Spark does not (so
`filter (where x is not null)`).
-#}
{% macro in_order_of(columns) -%}
    {{ return(adapter.dispatch('in_order_of', 'rollbook')(columns)) }}
{%- endmacro %}

{% macro default__in_order_of(columns) -%}
    row({{ columns | join(', ') }})
{%- endmacro %}

{% macro spark__in_order_of(columns) -%}
    struct({{ columns | join(', ') }})
{%- endmacro %}

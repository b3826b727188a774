{#- In the window `in_order`: the last value up to here that is not NULL. -#}
{% macro last_known(value) -%}
    {{ return(adapter.dispatch('last_known', 'rollbook')(value)) }}
{%- endmacro %}

{% macro default__last_known(value) -%}
    last_value({{ value }} ignore nulls) over in_order
{%- endmacro %}

{% macro spark__last_known(value) -%}
    last_value({{ value }}) ignore nulls over in_order
{%- endmacro %}

{#- The database a relation stands in, `warehouse` or `build`, where the engine has several; none where it has not. -#}
{% macro catalog(name) -%}
    {{ return(adapter.dispatch('catalog', 'rollbook')(name)) }}
{%- endmacro %}

{% macro default__catalog(name) -%}
    {{ return(name) }}
{%- endmacro %}

{% macro spark__catalog(name) -%}
    {{ return(none) }}
{%- endmacro %}

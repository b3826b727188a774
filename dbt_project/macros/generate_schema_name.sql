{#- A model's schema is the one analysts see: the custom name as it stands, without the target's in front. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}

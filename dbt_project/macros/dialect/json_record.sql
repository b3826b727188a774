{#-
Reads JSON text into a struct, once a row. `schema` is the wanted part of the document as a nested
dictionary whose leaves are 'text', 'boolean' or 'json' (any JSON, kept as it is); a list is written
['text'] or [{...}].

    json_record('payload', {'name': {'first': 'text'}, 'students': ['text']})

What the document lacks, and what does not fit, is NULL.
-#}
{% macro json_record(column, schema) -%}
    {{ return(adapter.dispatch('json_record', 'rollbook')(column, schema)) }}
{%- endmacro %}


{% macro default__json_record(column, schema) -%}
    from_json({{ column }}, '{{ tojson(json_types(schema)) }}')
{%- endmacro %}


{% macro json_types(schema) -%}
    {%- if schema is mapping -%}
        {%- set types = {} -%}
        {%- for key, value in schema.items() -%}
            {%- do types.update({key: json_types(value)}) -%}
        {%- endfor -%}
        {{ return(types) }}
    {%- elif schema is string -%}
        {{ return({'text': 'VARCHAR', 'boolean': 'BOOLEAN', 'json': 'JSON'}[schema]) }}
    {%- endif -%}
    {{ return([json_types(schema[0])]) }}
{%- endmacro %}


{% macro spark__json_record(column, schema) -%}
    from_json({{ column }}, '{{ spark_type(schema) }}')
{%- endmacro %}


{% macro spark_type(schema) -%}
    {%- if schema is mapping -%}
        {%- set fields = [] -%}
        {%- for key, value in schema.items() -%}
            {%- do fields.append('`' ~ key ~ '`:' ~ spark_type(value)) -%}
        {%- endfor -%}
        {{ return('struct<' ~ fields | join(',') ~ '>') }}
    {%- elif schema is string -%}
        {{ return({'text': 'string', 'boolean': 'boolean', 'json': 'string'}[schema]) }}
    {%- endif -%}
    {{ return('array<' ~ spark_type(schema[0]) ~ '>') }}
{%- endmacro %}

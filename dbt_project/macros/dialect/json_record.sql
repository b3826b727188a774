{#-
Reads JSON text into a struct, once a row. `schema` is the wanted part of the document as a nested
dictionary whose leaves are 'text', 'boolean' or 'json' (any JSON, kept as it is). A list is written
['text'] or [{...}], an object read whatever its keys are, as a map, {'*': ...}.

    json_record('payload', {'name': {'first': 'text'}, 'students': ['text']})

What the document lacks, and what does not fit, is NULL.
-#}
{% macro json_record(column, schema) -%}
    {{ return(adapter.dispatch('json_record', 'rollbook')(column, schema)) }}
{%- endmacro %}


{% macro default__json_record(column, schema) -%}
    from_json({{ column }}, '{{ tojson(duckdb_structure(schema)) }}')
{%- endmacro %}


{#- DuckDB's own notation: the document itself with types for values. -#}
{% macro duckdb_structure(schema) -%}
    {%- if schema is mapping and '*' not in schema -%}
        {%- set structure = {} -%}
        {%- for key, value in schema.items() -%}
            {%- do structure.update({key: duckdb_structure(value)}) -%}
        {%- endfor -%}
        {{ return(structure) }}
    {%- elif schema is mapping or schema is string -%}
        {{ return(duckdb_type(schema)) }}
    {%- endif -%}
    {{ return([duckdb_structure(schema[0])]) }}
{%- endmacro %}


{% macro duckdb_type(schema) -%}
    {%- if schema is mapping and '*' in schema -%}
        {{ return('MAP(VARCHAR, ' ~ duckdb_type(schema['*']) ~ ')') }}
    {%- elif schema is mapping -%}
        {%- set fields = [] -%}
        {%- for key, value in schema.items() -%}
            {%- do fields.append(key ~ ' ' ~ duckdb_type(value)) -%}
        {%- endfor -%}
        {{ return('STRUCT(' ~ fields | join(', ') ~ ')') }}
    {%- elif schema is string -%}
        {{ return({'text': 'VARCHAR', 'boolean': 'BOOLEAN', 'json': 'JSON'}[schema]) }}
    {%- endif -%}
    {{ return(duckdb_type(schema[0]) ~ '[]') }}
{%- endmacro %}


{% macro spark__json_record(column, schema) -%}
    from_json({{ column }}, '{{ spark_type(schema) }}')
{%- endmacro %}


{% macro spark_type(schema) -%}
    {%- if schema is mapping and '*' in schema -%}
        {{ return('map<string,' ~ spark_type(schema['*']) ~ '>') }}
    {%- elif schema is mapping -%}
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

{#-
`ops.builds` notes, one row per successful build, the last sync that build has seen. The orchestration
writes it after the checks; models and tests only ask for its watermark.
-#}

{% macro builds() -%}
    {{ return(api.Relation.create(database=catalog('build'), schema='ops', identifier='builds')) }}
{%- endmacro %}


{#- What a build reads before anything is built: one statement a hook, as not every engine takes several. -#}
{% macro create_builds_schema() -%}
    create schema if not exists {{ builds().without_identifier() }}
{%- endmacro %}


{% macro create_builds() -%}
    create table if not exists {{ builds() }} (
        sync_id {{ dbt.type_bigint() }},
        fingerprint {{ dbt.type_string() }}
    )
{%- endmacro %}


{% macro create_application_builds() -%}
    create table if not exists {{ application_builds() }} (
        load_id {{ dbt.type_bigint() }}
    )
{%- endmacro %}


{#- Beside it the last load of the application's data that a successful build has seen. -#}
{% macro application_builds() -%}
    {{ return(api.Relation.create(database=catalog('build'), schema='ops', identifier='application_builds')) }}
{%- endmacro %}


{#- The last sync of the last successful build; 0 before the first one and whenever everything is built again. -#}
{% macro watermark() -%}
    {%- if flags.FULL_REFRESH -%}
        0
    {%- else -%}
        (select coalesce(max(sync_id), 0) from {{ builds() }})
    {%- endif -%}
{%- endmacro %}


{#- The last load of the application's data that the last successful build has seen; 0 as above. -#}
{% macro application_watermark() -%}
    {%- if flags.FULL_REFRESH -%}
        0
    {%- else -%}
        (select coalesce(max(load_id), 0) from {{ application_builds() }})
    {%- endif -%}
{%- endmacro %}


{#-
The same as a number that stands in the query: a view's rows are left out before they are made, which a condition that
asks for it does not bring about.
-#}
{% macro application_watermark_number() -%}
    {%- if not execute -%}
        {{ return('0') }}
    {%- endif -%}
    {{ return(dbt.run_query('select ' ~ application_watermark()).columns[0].values()[0]) }}
{%- endmacro %}

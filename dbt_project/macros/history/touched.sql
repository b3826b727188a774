{#-
What an incremental build makes again, and tests look at: records with news, that is with a row in the log that
no successful build has seen. `object` is the table of the log in which the record stands, or of users the role that they
have or had: an incremental model of one role need not look for the others.
-#}
{% macro is_touched(key, object) -%}
    {%- set touched_records = ref('touched_records') -%}
    {%- if flags.FULL_REFRESH -%}
    true
    {%- else -%}
    {{ key }} in (select id from {{ touched_records }} where object = '{{ object }}')
    {%- endif -%}
{%- endmacro %}


{#-
Most records have one row in their log, which needs no window and no second look. `is_once` keeps the rows of
such records and `is_many` those of the others, of all in a full build and of those with news in an incremental
one. `many` is the CTE that both need; it stands first in the query. They read `rows_of(log)`: an incremental
build takes the rows of the records with news out of the log once.

An incremental build asks the table itself, not a CTE: it is by the size of that table that DuckDB decides to
drop other rows before it reads their JSON.
-#}
{% macro many(log, key, object) -%}
{%- if is_incremental() -%}
news as (
    select *
    from {{ log }}
    where {{ is_touched(key, object) }}
),
{%- else -%}
many as (
    select distinct {{ key }}
    from {{ log }}
    -- A row without an ID would hide everybody's: nothing is known to be not in a list that holds NULL.
    where change <> 'created' and {{ key }} is not null
),
{%- endif %}
{% endmacro %}


{% macro rows_of(log) -%}
    {{ 'news' if is_incremental() else log }}
{%- endmacro %}


{% macro is_many(key, object) -%}
    {%- set touched_records = ref('touched_records') -%}
    {%- if is_incremental() -%}
    {{ key }} in (select id from {{ touched_records }} where object = '{{ object }}' and not is_new)
    {%- else -%}
    {{ key }} in (select {{ key }} from many)
    {%- endif -%}
{%- endmacro %}


{% macro is_once(key, object) -%}
    {%- set touched_records = ref('touched_records') -%}
    {%- if is_incremental() -%}
    {{ key }} in (select id from {{ touched_records }} where object = '{{ object }}' and is_new)
    {%- else -%}
    change = 'created' and {{ key }} not in (select {{ key }} from many)
    {%- endif -%}
{%- endmacro %}

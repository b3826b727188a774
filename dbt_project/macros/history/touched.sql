{#-
What an incremental build makes again, and tests look at: records with news, that is with a row in the log that
no successful build has seen. `object` is the table of the log in which the record stands.
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
The keys to make that have several rows in their log (all of them in a full build). Most have one, and those
need no window: in `is_once`.
-#}
{% macro many(log, key, object) -%}
    {%- set touched_records = ref('touched_records') -%}
    {%- if is_incremental() %}
    select id as {{ key }}
    from {{ touched_records }}
    where object = '{{ object }}' and not is_new
    {%- else %}
    select distinct {{ key }}
    from {{ log }}
    where change <> 'created'
    {%- endif %}
{%- endmacro %}


{#- Whether a row of the log is the only one of a key to make. -#}
{% macro is_once(log, key, object) -%}
    {%- set touched_records = ref('touched_records') -%}
    {%- if is_incremental() -%}
    {{ log }}.{{ key }} in (select id from {{ touched_records }} where object = '{{ object }}' and is_new)
    {%- else -%}
    {{ log }}.change = 'created'
    and not exists (select 1 from many where many.{{ key }} = {{ log }}.{{ key }})
    {%- endif %}
{%- endmacro %}

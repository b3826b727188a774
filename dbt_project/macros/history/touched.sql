{#-
The condition that keeps the rows of records with news: those with a row in the log that no successful build
has seen. `object` is the table of the log in which the record stands.
-#}
{% macro is_touched(key, object) -%}
    {{ key }} in (select id from {{ ref('touched_records') }} where object = '{{ object }}')
{%- endmacro %}

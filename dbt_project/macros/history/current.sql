{#- The records as last known: of each, the version in force now, archived ones included. -#}
{% macro current_records(singular) -%}
select
    {{ singular }}_id,
    {%- if singular != 'district' %}
    district_id,
    {%- endif %}
    {%- for attribute in attributes(singular) %}
    {{ attribute }},
    {%- endfor %}
    record_status,
    first_seen_at,
    valid_from as last_changed_at,
    archived_at,
    restored_at,
    times_archived,
    archive_reason,
    extra
from {{ ref(singular ~ '_history') }}
where is_current
{%- endmacro %}

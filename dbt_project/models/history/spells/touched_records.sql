{#- A table, not a view: the planner must see how few rows these are before it reads the whole log. -#}
{{ config(materialized='table') }}

{% for table in ['districts', 'schools', 'terms', 'courses', 'sections', 'users'] -%}
select
    '{{ table }}' as object,
    id,
    min(observed_at) as since
from ({{ visible_log(table) }}) as log
where sync_id > {{ watermark() }}
group by id
{% if not loop.last %}union all{% endif %}
{% endfor %}

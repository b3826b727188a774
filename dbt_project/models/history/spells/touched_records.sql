{#- A table, not a view: the planner must see how few rows these are before it reads the whole log. -#}
{{ config(materialized='table') }}

{% for table in ['districts', 'schools', 'terms', 'courses', 'sections', 'users'] -%}
select
    '{{ table }}' as object,
    id,
    min(observed_at) as since,
    count(*) = 1 and min(change) = 'created' as is_new
from ({{ visible_log(table) }}) as log
where sync_id > {{ watermark() }}
group by id
{% if not loop.last %}union all{% endif %}
{% endfor %}

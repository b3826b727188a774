{#- A table: every reader of the log asks it. What a sync brings has been looked through before it was loaded. -#}
{{ config(materialized='incremental') }}

with standing as (
    select
        sync_id,
        district_id
    from {{ ref('stg_clever__syncs') }}
    where status = 'complete'
)

{% for table in ['districts', 'schools', 'terms', 'courses', 'sections', 'users'] %},
{{ table }}_log as (
    select
        log.id,
        log.district_id,
        min(log.sync_id) as first_sync_id
    from {{ source('clever_raw', table) }} as log
    semi join standing on log.sync_id = standing.sync_id and log.district_id = standing.district_id
    {#- Only a log of an older version, or one written by hand, holds an ID of two districts. #}
    where
        {{ 'false' if is_incremental() else 'true' }}
        and log.id in (
            select id
            from {{ source('clever_raw', table) }}
            group by id
            having min(district_id) <> max(district_id)
        )
    group by log.id, log.district_id
)
{% endfor %}
{%- for table in ['districts', 'schools', 'terms', 'courses', 'sections', 'users'] %}
select
    '{{ table }}' as object,
    id,
    district_id
from (
    select
        *,
        row_number() over (partition by id order by first_sync_id, district_id) as place
    from {{ table }}_log
) as shown
where place > 1
{% if not loop.last %}union all{% endif %}
{%- endfor %}

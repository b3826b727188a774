{#-
Nothing was seen for the first time. Clever adds fields and values without notice: they are kept as they came,
and whoever reads them should know. One row per path that is new since the last build.
-#}
{% test has_nothing_new(model) -%}
{{ config(severity='warn') }}

select district_id, object, path, kind
from {{ model }}
where
    first_seen_at >= coalesce(
        (select min(since) from {{ ref('touched_records') }}),
        (select max(observed_at) from {{ source('clever_raw', 'syncs') }} where status = 'complete')
    )
{%- endtest %}

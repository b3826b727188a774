{#-
The intervals of each key leave no gap and never overlap, from the far past on. It only warns: an account has no
district whose roster could be kept back, and what an overlap would double in a district's rows, their own tests find.
Only keys with news from the application are looked at: the others were when they were made.
-#}
{% test covers_all_time(model, key) -%}
{{ config(severity='warn') }}

with intervals as (
    select
        {{ key }},
        valid_from,
        valid_to,
        lag(valid_to) over in_order as previous_to,
        lead(valid_from) over in_order as next_from,
        row_number() over in_order as place
    from {{ model }}
    where
        {{ key }} in (
            select news.{{ key }}
            from {{ model }} as news
            where news.load_id > {{ application_watermark() }}
        )
    window in_order as (partition by {{ key }} order by valid_from, load_id)
)

select {{ key }}, valid_from
from intervals
where
    valid_to <= valid_from
    or next_from is distinct from valid_to
    or valid_from is distinct from case when place = 1 then {{ far_past() }} else previous_to end
{%- endtest %}

{#-
Now, everywhere: the last moment at which anything was looked at, a district by a complete sync or the application by a
load. What is told ahead (an edit that begins or ends later) is judged by it, never by the clock: asked again, the
same published file gives the same answer. Only views may ask: a day without news builds no table.
-#}
{% macro last_look() -%}
(
    select max(looks.observed_at)
    from (
        select observed_at from {{ ref('syncs') }}
        where status = 'complete'
        union all
        select observed_at from {{ ref('application_loads') }}
        where status = 'complete'
    ) as looks
)
{%- endmacro %}


{#- Whether an interval whose end, or beginning, may be told ahead is in force now. -#}
{% macro is_in_force(valid_from, valid_to) -%}
    coalesce({{ valid_from }} <= {{ last_look() }} and ({{ valid_to }} is null or {{ valid_to }} > {{ last_look() }}), false)
{%- endmacro %}

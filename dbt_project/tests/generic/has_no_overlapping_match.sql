{#- The intervals of an account's matches never overlap, and none ends before it began. It only warns. -#}
{% test has_no_overlapping_match(model) -%}
{{ config(severity='warn') }}

with intervals as (
    select
        account_id,
        district_id,
        valid_from,
        coalesce(valid_to, {{ far_future() }}) as valid_to,
        lead(valid_from) over (
            partition by account_id order by valid_from, coalesce(valid_to, {{ far_future() }}), user_id
        ) as next_from
    from {{ model }}
)

select
    account_id,
    district_id,
    valid_from
from intervals
where next_from < valid_to or valid_to < valid_from
{%- endtest %}

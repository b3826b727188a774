{#-
The intervals of an account's matches never overlap, and none ends before it began. It only warns. Only accounts of which
something is new are looked at: the matches of the others are as they were.
-#}
{% test has_no_overlapping_match(model) -%}
{{ config(severity='warn') }}

with intervals as (
    select
        account_id,
        user_id,
        valid_from,
        coalesce(valid_to, {{ far_future() }}) as valid_to,
        lead(valid_from) over (
            partition by account_id order by valid_from, coalesce(valid_to, {{ far_future() }}), user_id
        ) as next_from
    from {{ model }}
    where account_id in (select touched.account_id from {{ ref('touched_accounts') }} as touched)
),

places as (
    {{ places_of('account') }}
)

select
    intervals.account_id,
    places.district_id,
    intervals.valid_from
from intervals
left join places on intervals.user_id = places.clever_id
where intervals.next_from < intervals.valid_to or intervals.valid_to < intervals.valid_from
{%- endtest %}

{{ config(unique_key='account_id') }}

with told as (
    select
        log.account_id,
        log.clever_id,
        log.load_id,
        log.observed_at
    from {{ ref('stg_application__accounts') }} as log
    {% if is_incremental() -%}
    where log.account_id in (
        select changed.account_id
        from {{ ref('stg_application__accounts') }} as changed
        where changed.load_id > {{ application_watermark() }}
    )
    {%- endif %}
),

compared as (
    select
        account_id,
        clever_id,
        load_id,
        lag(clever_id) over in_order as previous_clever_id,
        row_number() over in_order as place,
        min(case when clever_id is not null then load_id end) over (partition by account_id) as first_linked,
        -- A later load never tells of an earlier time.
        max(observed_at) over (
            partition by account_id order by load_id rows between unbounded preceding and current row
        ) as linked_at
    from told
    window in_order as (partition by account_id order by load_id)
),

-- Of the time before the first link nothing is told but that link; of an account never linked, that it is not.
turns as (
    select
        account_id,
        clever_id,
        load_id,
        linked_at,
        load_id = first_linked or first_linked is null as is_first
    from compared
    where
        load_id = first_linked
        or load_id > first_linked and clever_id is distinct from previous_clever_id
        or first_linked is null and place = 1
),

intervals as (
    select
        account_id,
        clever_id,
        load_id,
        linked_at,
        case when is_first then {{ far_past() }} else linked_at end as valid_from,
        lead(linked_at) over (partition by account_id order by load_id) as valid_to
    from turns
)

select
    account_id,
    clever_id,
    load_id,
    linked_at,
    valid_from,
    valid_to,
    valid_to is null as is_current
from intervals
where valid_to is null or valid_from < valid_to

{{ config(unique_key='account_id') }}
-- depends_on: {{ ref('touched_accounts') }}

with accounts as (
    select account_id
    from {{ ref('account_records') }}
    {% if is_incremental() -%}
    where account_id in (select touched.account_id from {{ ref('touched_accounts') }} as touched)
    {%- endif %}
),

-- Where an account came back as somebody else begins another one under the same ID: what was before is not that one's.
generations as (
    select
        account_id,
        {{ far_past() }} as begins_at
    from accounts
    union all
    select
        account_id,
        observed_at as begins_at
    from ({{ account_returns('restored.account_id in (select accounts.account_id from accounts)') }}) as returns
    where is_another
),

spans as (
    select
        account_id,
        begins_at,
        lead(begins_at) over (partition by account_id order by begins_at) as ends_at
    from generations
),

-- What a person says was wrong never was.
spells as (
    select
        spells.*,
        spans.begins_at,
        spans.ends_at,
        lag(spells.user_id) over in_order as previous_id,
        lag(spells.end_reason) over in_order as previous_end,
        lead(spells.valid_from) over in_order as next_from
    from {{ ref('account_match_spells') }} as spells
    inner join spans
        on
            spells.account_id = spans.account_id
            and spells.valid_from >= spans.begins_at
            and (spans.ends_at is null or spells.valid_from < spans.ends_at)
    where not spells.is_rejected
    window in_order as (
        partition by spells.account_id, spans.begins_at
        order by spells.valid_from, coalesce(spells.valid_to, {{ far_future() }}), spells.load_id
    )
),

-- An account that is withdrawn stays whose it was: what it comes back to is the same link. So is one that was rejected
-- by mistake, once that is taken back.
numbered as (
    select
        *,
        sum(case when user_id = previous_id and previous_end in ('withdrawn', 'rejected') then 0 else 1 end) over (
            partition by account_id, begins_at
            order by valid_from, coalesce(valid_to, {{ far_future() }}), load_id
            rows between unbounded preceding and current row
        ) as link_number
    from spells
),

placed as (
    select
        *,
        row_number() over in_order as place,
        row_number() over (
            partition by account_id, begins_at, link_number
            order by valid_from desc, coalesce(valid_to, {{ far_future() }}) desc, load_id desc
        ) as place_from_end
    from numbered
    window in_order as (
        partition by account_id, begins_at, link_number
        order by valid_from, coalesce(valid_to, {{ far_future() }}), load_id
    )
),

-- Of the time before the first link nothing is told but that link.
linked as (
    select
        begun.account_id,
        begun.user_id as clever_id,
        begun.load_id,
        begun.valid_from as linked_at,
        case when begun.link_number = 1 then begun.begins_at else begun.valid_from end as valid_from,
        case
            when ended.end_reason = 'withdrawn' then coalesce(ended.next_from, ended.ends_at)
            else least(ended.valid_to, ended.ends_at)
        end as valid_to
    from placed as begun
    inner join placed as ended
        on
            begun.account_id = ended.account_id
            and begun.begins_at = ended.begins_at
            and begun.link_number = ended.link_number
    where begun.place = 1 and ended.place_from_end = 1
),

-- Between two links, after the last, and where there is none, it is linked to nobody.
unlinked as (
    select
        account_id,
        cast(null as {{ dbt.type_string() }}) as clever_id,
        load_id,
        valid_to as linked_at,
        valid_to as valid_from,
        lead(valid_from) over (partition by account_id order by valid_from, coalesce(valid_to, {{ far_future() }}))
            as valid_to
    from linked
    where valid_from < coalesce(valid_to, {{ far_future() }})
),

before_the_first as (
    select
        account_id,
        cast(null as {{ dbt.type_string() }}) as clever_id,
        min(load_id) as load_id,
        min(valid_from) as linked_at,
        {{ far_past() }} as valid_from,
        min(valid_from) as valid_to
    from linked
    group by account_id
    having min(valid_from) > {{ far_past() }}
),

never_linked as (
    select
        log.account_id,
        cast(null as {{ dbt.type_string() }}) as clever_id,
        min(log.load_id) as load_id,
        min(log.observed_at) as linked_at,
        {{ far_past() }} as valid_from,
        cast(null as timestamp) as valid_to
    from {{ ref('account_log') }} as log
    where
        log.account_id in (select accounts.account_id from accounts)
        and log.account_id not in (select linked.account_id from linked)
    group by log.account_id
),

intervals as (
    select * from linked
    union all
    select * from unlinked
    where valid_from is not null and (valid_to is null or valid_from < valid_to)
    union all
    select * from before_the_first
    union all
    select * from never_linked
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

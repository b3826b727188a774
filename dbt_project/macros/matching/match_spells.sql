{#-
To whom subjects of an object belonged, and when: spell by spell, as it was seen. What the application itself links goes
before what was matched; a link taken back leaves what was matched. `told` is a relation of `subject_id`, `load_id`,
`observed_at`, `clever_id` and `is_present`, one row for each change the application told; `log` that of the matches.

    told              log of matches       spells
    load 1  -         made U1 by email     U1 email        from load 1 to load 3
    load 3  U2                             U2 application  from load 3
-#}
{% macro match_spells(told, log) -%}
with events as (
    select
        subject_id,
        load_id,
        cast(0 as {{ dbt.type_bigint() }}) as event_id,
        observed_at,
        coalesce(clever_id, '') as told_id,
        is_present,
        cast(null as {{ dbt.type_string() }}) as matched_id,
        cast(null as {{ dbt.type_bigint() }}) as match_id
    from ({{ told }}) as told
    union all
    select
        subject_id,
        load_id,
        event_id,
        observed_at,
        null as told_id,
        null as is_present,
        case when change = 'made' then clever_id else '' end as matched_id,
        event_id as match_id
    from ({{ log }}) as log
),

known as (
    select
        subject_id,
        load_id,
        event_id,
        -- A later event never tells of an earlier time.
        max(observed_at) over (
            partition by subject_id order by load_id, event_id
            rows between unbounded preceding and current row
        ) as seen_at,
        nullif({{ last_known('told_id') }}, '') as told_id,
        {{ last_known('is_present') }} as is_present,
        nullif({{ last_known('matched_id') }}, '') as matched_id,
        {{ last_known('match_id') }} as match_id
    from events
    window in_order as (
        partition by subject_id order by load_id, event_id rows between unbounded preceding and current row
    )
),

belonging as (
    select
        *,
        case when is_present then coalesce(told_id, matched_id) end as clever_id,
        case
            when told_id is not null and told_id = matched_id then match_id
            when told_id is null then match_id
        end as made_by
    from known
),

compared as (
    select
        *,
        lag(clever_id) over in_order as previous_id,
        row_number() over in_order as place
    from belonging
    window in_order as (partition by subject_id order by load_id, event_id)
),

turns as (
    select
        *,
        lead(seen_at) over in_order as valid_to,
        lead(clever_id) over in_order as next_id,
        lead(is_present) over in_order as is_present_then
    from compared
    where clever_id is distinct from previous_id or place = 1
    window in_order as (partition by subject_id order by load_id, event_id)
),

log as (
    {{ log }}
)

select
    turns.subject_id,
    turns.clever_id,
    turns.load_id,
    coalesce(made.news_id, 0) as news_id,
    coalesce(made.rule, 'application') as rule,
    made.agreed,
    made.decision_id,
    turns.seen_at as valid_from,
    turns.valid_to,
    case
        when turns.valid_to is null then null
        when not turns.is_present_then then 'withdrawn'
        when turns.next_id is not null then 'moved'
        else coalesce(ended.end_reason, 'link taken back')
    end as end_reason
from turns
left join log as made on turns.made_by = made.event_id and turns.subject_id = made.subject_id
left join (
    select
        subject_id,
        clever_id,
        max_by(end_reason, event_id) as end_reason
    from log
    where change = 'ended' and end_reason <> 'withdrawn'
    group by subject_id, clever_id
) as ended on turns.subject_id = ended.subject_id and turns.clever_id = ended.clever_id
where turns.clever_id is not null
{%- endmacro %}


{#- To whom accounts belong now: by a match, or as an account goes by the user's Clever ID itself. -#}
{% macro matches_in_force() -%}
    select
        account_id,
        user_id,
        rule,
        agreed,
        is_rejected
    from {{ ref('account_match_spells') }}
    where is_current
    union all
    select
        account_id,
        account_id as user_id,
        'application' as rule,
        {{ no_texts() }} as agreed,
        false as is_rejected
    from {{ ref('accounts_by_clever_id') }}
{%- endmacro %}


{#- The accounts of which something was told since the last successful build. -#}
{% macro accounts_told_anew() -%}
    select account_id
    from {{ ref('account_log') }}
    where load_id > {{ application_watermark() }}
{%- endmacro %}


{#- The accounts whose matches, or decisions on them, are new since then. -#}
{% macro accounts_matched_anew() -%}
    select subject_id as account_id
    from {{ ref('account_match_log') }}
    where load_id >= {{ first_new_load() }} or news_id >= {{ first_news() }}
    union
    select account_id
    from {{ ref('match_decisions') }}
    where object = 'account' and (load_id >= {{ first_new_load() }} or news_id >= {{ first_news() }})
{%- endmacro %}


{#-
The first number after the last successful build under which a log has something, NULL if none has. A match is told with
the newest sync and load there were, also where these brought nothing: no build notes such a number, so that it would be
newer than every watermark. A model that asks is not made of these logs.
-#}
{% macro first_number(logs, number, watermark) -%}
    {%- if not execute -%}
        {{ return('0') }}
    {%- endif -%}
    (
        select min(news.number)
        from (
            {%- for schema, log in logs %}
            select min({{ number[schema] }}) as number
            from {{ source(schema, log) }}
            where {{ number[schema] }} > {{ watermark }}
            {{ 'union all' if not loop.last }}
            {%- endfor %}
        ) as news
    )
{%- endmacro %}


{#- The first sync, or decision, since then that brought something. -#}
{% macro first_news() -%}
    {%- set logs = [['matching_raw', 'decisions']] -%}
    {%- for log in ['districts', 'schools', 'terms', 'courses', 'sections', 'users'] -%}
        {%- do logs.append(['clever_raw', log]) -%}
    {%- endfor -%}
    {{ first_number(logs, {'clever_raw': 'sync_id', 'matching_raw': 'decision_id'}, watermark()) }}
{%- endmacro %}


{#- The first load since then that brought something. -#}
{% macro first_new_load() -%}
    {%- set logs = [] -%}
    {%- for log in ['accounts', 'manual_edits', 'progress', 'crm_districts', 'crm_schools', 'match_decisions'] -%}
        {%- do logs.append(['application_raw', log]) -%}
    {%- endfor -%}
    {{ first_number(logs, {'application_raw': 'load_id'}, application_watermark()) }}
{%- endmacro %}

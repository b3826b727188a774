{#- A table, not a view: the planner must see how few rows these are before it reads the whole log. -#}
{{ config(materialized='table') }}

with news as (
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
),

-- Most readers of the users' log ask for one role. A full build asks nobody.
held as (
    select distinct
        log.id,
        {{ explode(split_list('log.roles')) }} as role
    from ({{ visible_log('users') }}) as log
    where
        {{ 'false' if flags.FULL_REFRESH else 'true' }}
        and log.id in (
            select news.id
            from news
            where news.object = 'users'
        )
)

select
    object,
    id,
    since,
    is_new
from news

union all

select
    held.role as object,
    news.id,
    news.since,
    news.is_new
from news
inner join held on news.id = held.id
where news.object = 'users'

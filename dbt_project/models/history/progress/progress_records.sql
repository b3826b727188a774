{{ config(unique_key='progress_id') }}
-- depends_on: {{ ref('touched_progress') }}

with
-- In a full build only records of several rows, as most have one, which needs no second look.
several as (
    select
        log.progress_id,
        max(log.load_id) as load_id
    from {{ ref('stg_application__progress') }} as log
    {% if is_incremental() -%}
    where log.progress_id in (select touched.progress_id from {{ ref('touched_progress') }} as touched)
    {%- else -%}
    where log.progress_id in (
        select changed.progress_id
        from {{ ref('stg_application__progress') }} as changed
        where changed.change <> 'created'
    )
    {%- endif %}
    group by log.progress_id
),

newest as (
    select log.*
    from {{ ref('stg_application__progress') }} as log
    inner join several
        on log.progress_id = several.progress_id and log.load_id = several.load_id
    {% if not is_incremental() -%}
    union all
    select log.*
    from {{ ref('stg_application__progress') }} as log
    where
        log.change = 'created'
        and log.progress_id not in (select several.progress_id from several)
    {%- endif %}
),

placed as (
    select
        newest.*,
        users.student_id,
        users.district_id,
        users.school_id,
        users.grade,
        users.roster_state,
        coalesce(newest.section_ref, users.section_id) as section_id,
        case
            when newest.section_ref is not null then 'given'
            when users.sections = 1 then 'enrolled'
            when users.sections > 1 then 'several'
            else 'none'
        end as section_source,
        case
            when newest.user_ref is null then 'it names no user'
            when newest.occurred_at is null then 'it has no time'
            else users.unmatched_reason
        end as unmatched_reason
    from newest
    left join {{ ref('progress_users') }} as users
        on
            newest.user_ref = users.user_ref
            -- Always so: without a filter here, too, the planner takes these for more than the log that is filtered
            -- above, and keeps the log in memory instead of these.
            and users.valid_from < users.ends_at
            and newest.occurred_at >= users.valid_from
            and newest.occurred_at < users.ends_at
)

select
    placed.progress_id,
    placed.user_ref,
    placed.student_id,
    placed.district_id,
    placed.kind,
    placed.occurred_at,
    {{ school_year_name(school_year_of(local_day('days', 'placed.occurred_at'))) }} as school_year,
    placed.school_id,
    placed.grade,
    placed.roster_state,
    placed.section_id,
    placed.section_source,
    sections.course_id,
    sections.term_id,
    sections.primary_teacher_id,
    sections.co_teacher_ids,
    placed.score,
    placed.duration_seconds,
    placed.payload,
    case when placed.change = 'withdrawn' then 'withdrawn' else 'active' end as record_status,
    case when placed.change = 'withdrawn' then placed.observed_at end as withdrawn_at,
    placed.unmatched_reason
from placed
left join {{ ref('progress_sections') }} as sections
    on
        placed.section_id = sections.section_id
        and placed.occurred_at >= sections.valid_from
        and placed.occurred_at < sections.ends_at
{{ join_local_days('days', 'placed.occurred_at', 'placed.district_id') }}

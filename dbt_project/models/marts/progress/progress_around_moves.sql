-- Moves with days that count on both sides, in one school year.
with clipped as (
    select
        moves.*,
        greatest(moves.first_day_before, calendar.counted_from) as before_from,
        least(moves.last_day_before, calendar.counted_until) as before_until,
        least(coalesce(moves.last_day_after, {{ endless() }}), calendar.counted_until) as after_until
    from {{ ref('student_moves') }} as moves
    inner join {{ ref('school_calendar') }} as calendar
        on moves.district_id = calendar.district_id and moves.school_year = calendar.school_year
    where moves.moved_on >= calendar.counted_from
),

moves as (
    select
        clipped.*,
        {{ days_between('clipped.before_from', 'clipped.before_until') }} as days_before,
        {{ days_between('clipped.moved_on', 'clipped.after_until') }} as days_after,
        before_from.begins_at as before_from_at,
        before_until.ends_at as before_until_at,
        after_from.begins_at as after_from_at,
        after_until.ends_at as after_until_at
    from clipped
    {% for day, column in [
        ('before_from', 'before_from'), ('before_until', 'before_until'),
        ('after_from', 'moved_on'), ('after_until', 'after_until'),
    ] -%}
    {{ join_calendar_day(day, 'clipped.' ~ column, 'clipped.district_id') }}
    {% endfor -%}
    where clipped.before_from <= clipped.before_until and clipped.moved_on <= clipped.after_until
),

kinds as (
    {{ progress_kinds() }}
),

done as (
    {% for side, place in [('before', 'from'), ('after', 'to')] -%}
    select
        moves.reporting_student_id,
        moves.move,
        moves.moved_on,
        moves.from_id,
        moves.to_section_id,
        '{{ side }}' as side,
        progress.kind,
        {{ exact('progress.score') }} as score
    from moves
    inner join {{ ref('student_progress') }} as progress
        on
            moves.reporting_student_id = progress.reporting_student_id
            and moves.{{ side }}_from_at <= progress.occurred_at
            and moves.{{ side }}_until_at > progress.occurred_at
    where
        progress.record_status = 'active'
        and progress.roster_state = 'active'
        and case moves.move
            when 'school' then moves.{{ place }}_id = progress.school_id
            when 'section' then moves.{{ place }}_id = progress.reporting_section_id
            else
                moves.{{ place }}_section_id = progress.reporting_section_id
                and moves.{{ place }}_id = progress.reporting_teacher_id
        end
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

records as (
    select
        reporting_student_id,
        move,
        moved_on,
        from_id,
        to_section_id,
        kind,
        {% for side in ['before', 'after'] -%}
        count(case when side = '{{ side }}' then 1 end) as records_{{ side }},
        count(case when side = '{{ side }}' then score end) as scored_{{ side }},
        cast(sum(case when side = '{{ side }}' then score end) as double) as score_{{ side }}{{ ',' if not loop.last }}
        {% endfor -%}
    from done
    group by reporting_student_id, move, moved_on, from_id, to_section_id, kind
)

select
    moves.district_id,
    moves.reporting_student_id,
    moves.move,
    moves.moved_on,
    moves.school_year,
    moves.from_id,
    moves.to_id,
    moves.from_section_id,
    moves.to_section_id,
    moves.is_mobility,
    kinds.kind,
    {% for side in ['before', 'after'] -%}
    cast(moves.days_{{ side }} as {{ dbt.type_bigint() }}) as days_{{ side }},
    coalesce(records.records_{{ side }}, 0) as records_{{ side }},
    coalesce(records.records_{{ side }}, 0) * 7 / cast(moves.days_{{ side }} as double) as records_per_week_{{ side }},
    coalesce(records.scored_{{ side }}, 0) as scored_{{ side }},
    records.score_{{ side }} / nullif(records.scored_{{ side }}, 0) as average_score_{{ side }},
    {% endfor -%}
    coalesce(records.records_after, 0) * 7 / cast(moves.days_after as double)
    - coalesce(records.records_before, 0) * 7 / cast(moves.days_before as double) as change_per_week,
    records.score_after / nullif(records.scored_after, 0)
    - records.score_before / nullif(records.scored_before, 0) as change_of_score
from moves
inner join kinds on moves.district_id = kinds.district_id and moves.school_year = kinds.school_year
left join records
    on
        moves.reporting_student_id = records.reporting_student_id
        and moves.move = records.move
        and moves.moved_on = records.moved_on
        and moves.from_id = records.from_id
        and moves.to_section_id is not distinct from records.to_section_id
        and kinds.kind is not distinct from records.kind

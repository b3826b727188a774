{#- The student's own versions, each with the one before it. -#}
with versions as (
    select
        now.student_id,
        now.district_id,
        now.valid_from,
        now.change_type,
        now.grade,
        now.school_id,
        before.grade as previous_grade,
        before.school_id as previous_school_id
    from {{ ref('student_history') }} as now
    left join {{ ref('student_history') }} as before
        on now.student_id = before.student_id and now.valid_from = before.valid_to
),

-- A student has a teacher through any section of hers, and loses her with the last.
taught as (
    select
        enrollment.student_id,
        enrollment.district_id,
        teaching.teacher_id,
        greatest(enrollment.valid_from, teaching.valid_from) as valid_from,
        coalesce(least(enrollment.valid_to, teaching.valid_to), {{ far_future() }}) as ends_at
    from {{ ref('enrollment_history') }} as enrollment
    inner join {{ ref('teaching_history') }} as teaching
        on
            enrollment.section_id = teaching.section_id
            and enrollment.valid_from < coalesce(teaching.valid_to, {{ far_future() }})
            and teaching.valid_from < coalesce(enrollment.valid_to, {{ far_future() }})
),

numbered as (
    select
        *,
        max(ends_at) over (
            partition by student_id, teacher_id order by valid_from, ends_at
            rows between unbounded preceding and 1 preceding
        ) as taught_until
    from taught
),

joined as (
    select
        *,
        sum(case when taught_until >= valid_from then 0 else 1 end) over (
            partition by student_id, teacher_id order by valid_from, ends_at
            rows between unbounded preceding and current row
        ) as stretch
    from numbered
),

with_teacher as (
    select
        student_id,
        district_id,
        teacher_id,
        min(valid_from) as valid_from,
        nullif(max(ends_at), {{ far_future() }}) as valid_to
    from joined
    group by student_id, district_id, teacher_id, stretch
),

milestones as (
    select
        district_id,
        student_id,
        kind,
        school_year,
        min(occurred_at) as occurred_at,
        -- Of records of the same moment the one with the smallest ID.
        min_by(progress_id, cast(occurred_at as {{ dbt.type_string() }}) || progress_id) as progress_id
    from {{ ref('student_progress') }}
    where record_status = 'active'
    group by district_id, student_id, kind, school_year
),

edits as (
    select
        students.student_id,
        students.district_id,
        edits.edit_id,
        edits.valid_from,
        edits.valid_to,
        concat_ws(
            ' ', edits.kind, edits.role, edits.permission, 'section ' || edits.section_id, 'group ' || edits.group_id
        ) as edit
    from {{ ref('manual_edits') }} as edits
    inner join {{ ref('students') }} as students on edits.user_id = students.student_id
),

events as (
    select
        student_id,
        district_id,
        valid_from as happened_at,
        1 as place,
        change_type as event,
        cast(null as {{ dbt.type_string() }}) as object,
        cast(null as {{ dbt.type_string() }}) as object_id,
        case change_type
            when 'created' then 'first seen at Clever'
            when 'archived' then 'archived: Clever shows the student no longer'
            else 'restored: Clever shows the student again'
        end as line
    from versions
    where change_type in ('created', 'archived', 'restored')

    union all

    select
        student_id,
        district_id,
        valid_from as happened_at,
        2 as place,
        'grade changed' as event,
        'grades' as object,
        grade as object_id,
        'grade changed from ' || coalesce(previous_grade, 'none') || ' to ' || coalesce(grade, 'none') as line
    from versions
    where change_type in ('updated', 'restored') and grade is distinct from previous_grade

    union all

    select
        student_id,
        district_id,
        valid_from as happened_at,
        3 as place,
        'moved school' as event,
        'schools' as object,
        school_id as object_id,
        'moved from school ' || coalesce(previous_school_id, 'none') || ' to ' || coalesce(school_id, 'none') as line
    from versions
    where change_type in ('updated', 'restored') and school_id is distinct from previous_school_id

    {% for place, event, verb, time, object, id, relation in [
        (4, 'left section', 'left section', 'valid_to', 'sections', 'section_id', ref('enrollment_history')),
        (5, 'lost teacher', 'lost teacher', 'valid_to', 'teachers', 'teacher_id', 'with_teacher'),
        (6, 'entered section', 'entered section', 'valid_from', 'sections', 'section_id', ref('enrollment_history')),
        (7, 'gained teacher', 'gained teacher', 'valid_from', 'teachers', 'teacher_id', 'with_teacher'),
    ] -%}
    union all

    select
        student_id,
        district_id,
        {{ time }} as happened_at,
        {{ place }} as place,
        '{{ event }}' as event,
        '{{ object }}' as object,
        {{ id }} as object_id,
        '{{ verb }} ' || {{ id }} as line
    from {{ relation }}
    where {{ time }} is not null

    {% endfor -%}
    {% for time, verb in [('valid_from', 'edited by hand'), ('valid_to', 'edit withdrawn')] -%}
    union all

    select
        student_id,
        district_id,
        {{ time }} as happened_at,
        8 as place,
        '{{ verb }}' as event,
        'edits' as object,
        edit_id as object_id,
        '{{ verb }}: ' || edit as line
    from edits
    where {{ time }} is not null

    {% endfor -%}
    union all

    select
        student_id,
        district_id,
        occurred_at as happened_at,
        9 as place,
        'progress milestone' as event,
        'progress' as object,
        progress_id as object_id,
        'first ' || kind || ' of ' || school_year as line
    from milestones
)

select
    student_id,
    district_id,
    happened_at,
    row_number() over (
        partition by student_id order by happened_at, place, object_id nulls first, line
    ) as event_number,
    event,
    object,
    object_id,
    line
from events

{#- The student's own versions, each with the one before it. -#}
with versions as (
    select
        now.student_id,
        now.district_id,
        now.valid_from,
        now.change_type,
        now.archive_reason,
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

moves as (
    select
        versions.student_id,
        versions.district_id,
        versions.valid_from,
        versions.school_id,
        versions.previous_school_id,
        left_school.name as left_name,
        entered_school.name as entered_name
    from versions
    left join {{ ref('school_history') }} as left_school
        on
            versions.previous_school_id = left_school.school_id
            and {{ in_force_when('left_school', 'versions.valid_from', ended=true) }}
    left join {{ ref('school_history') }} as entered_school
        on
            versions.school_id = entered_school.school_id
            and {{ in_force_when('entered_school', 'versions.valid_from') }}
    where
        versions.change_type in ('updated', 'restored')
        and versions.school_id is distinct from versions.previous_school_id
),

milestones as (
    select
        district_id,
        student_id,
        kind,
        school_year,
        min(occurred_at) as occurred_at,
        min_by(progress_id, {{ in_order_of(['occurred_at', 'progress_id']) }}) as progress_id
    from {{ ref('student_progress') }}
    where record_status = 'active'
    group by district_id, student_id, kind, school_year
),

edits as (
    {% for place, time, ended in [('began', 'valid_from', false), ('ended', 'valid_to', true)] -%}
    select
        students.student_id,
        students.district_id,
        edits.edit_id,
        edits.kind,
        edits.role,
        edits.permission,
        edits.section_id,
        edits.group_id,
        edits.{{ time }} as happened_at,
        '{{ place }}' as place,
        sections.name as section_name
    from {{ ref('edit_versions') }} as edits
    inner join {{ ref('students') }} as students on edits.user_id = students.student_id
    left join {{ ref('section_history') }} as sections
        on
            edits.section_id = sections.section_id
            and {{ in_force_when('sections', 'edits.' ~ time, ended=ended) }}
    where edits.problem is null and edits.kind <> 'add_group' and edits.{{ time }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- Of the names that edits give a group, the last one of before; of none, the first one.
group_names as (
    select
        edits.edit_id,
        edits.group_id,
        edits.happened_at,
        coalesce(
            max_by(groups.name, {{ in_order_of(['groups.valid_from', 'groups.edit_id']) }})
                filter (where groups.name is not null and groups.valid_from <= edits.happened_at),
            min_by(groups.name, {{ in_order_of(['groups.valid_from', 'groups.edit_id']) }})
                filter (where groups.name is not null)
        ) as name
    from edits
    inner join {{ ref('edit_versions') }} as groups
        on edits.group_id = groups.group_id and groups.kind = 'add_group' and groups.problem is null
    group by edits.edit_id, edits.group_id, edits.happened_at
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
        cast(null as {{ dbt.type_string() }}) as previous_id,
        case change_type
            when 'created' then 'first seen at Clever'
            when 'archived'
                then case archive_reason
                    when 'role_lost' then 'archived: the user is a student no longer'
                    else 'archived: Clever shows the student no longer'
                end
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
        previous_grade as previous_id,
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
        previous_school_id as previous_id,
        'moved from school ' || coalesce(left_name, previous_school_id, 'none')
        || ' to ' || coalesce(entered_name, school_id, 'none') as line
    from moves

    -- Everything is called what it was called then: another course may have a section's ID now. Who is in a class, or
    -- has a teacher, has one that was seen: so a version is found, and only an inner join lets engines read few.
    {% for place, event, time, record, intervals in [
        (4, 'left section', 'valid_to', 'section', ref('enrollment_history')),
        (5, 'lost teacher', 'valid_to', 'teacher', 'with_teacher'),
        (6, 'entered section', 'valid_from', 'section', ref('enrollment_history')),
        (7, 'gained teacher', 'valid_from', 'teacher', 'with_teacher'),
    ] -%}
    union all

    select
        intervals.student_id,
        intervals.district_id,
        intervals.{{ time }} as happened_at,
        {{ place }} as place,
        '{{ event }}' as event,
        '{{ record }}s' as object,
        intervals.{{ record }}_id as object_id,
        null as previous_id,
        '{{ event }} ' || coalesce({{ name_of(record, 'named') }}, intervals.{{ record }}_id) as line
    from {{ intervals }} as intervals
    inner join {{ ref(record ~ '_history') }} as named
        on
            intervals.{{ record }}_id = named.{{ record }}_id
            and {{ in_force_when('named', 'intervals.' ~ time, ended=(time == 'valid_to')) }}
    where intervals.{{ time }} is not null

    {% endfor -%}
    union all

    select
        edits.student_id,
        edits.district_id,
        edits.happened_at,
        8 as place,
        case edits.place when 'began' then 'edited by hand' else 'edit withdrawn' end as event,
        'edits' as object,
        edits.edit_id as object_id,
        null as previous_id,
        case edits.place when 'began' then 'edited by hand: ' else 'edit withdrawn: ' end
        || case edits.kind
            when 'add_student' then 'added to section ' || coalesce(edits.section_name, edits.section_id)
            when 'remove_student' then 'removed from section ' || coalesce(edits.section_name, edits.section_id)
            when 'add_to_group' then 'added to group ' || coalesce(group_names.name, edits.group_id)
            when 'add_role' then 'given the role ' || edits.role
            when 'add_permission' then 'given the permission ' || edits.permission
            else 'added as a user'
        end as line
    from edits
    left join group_names
        on
            edits.edit_id = group_names.edit_id
            and edits.group_id = group_names.group_id
            and edits.happened_at = group_names.happened_at

    union all

    select
        student_id,
        district_id,
        occurred_at as happened_at,
        9 as place,
        'progress milestone' as event,
        'progress' as object,
        progress_id as object_id,
        null as previous_id,
        'first ' || kind || ' of ' || school_year as line
    from milestones
)

select
    student_id,
    district_id,
    happened_at,
    cast(row_number() over (
        partition by student_id order by happened_at, place, object_id nulls first, line
    ) as {{ dbt.type_bigint() }}) as event_number,
    event,
    object,
    object_id,
    previous_id,
    line
from events
-- What is told ahead has not happened yet.
where happened_at <= {{ last_look() }}

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
        joined.student_id,
        joined.district_id,
        joined.teacher_id,
        max(nullif(concat_ws(' ', teachers.first_name, teachers.last_name), '')) as teacher_name,
        min(joined.valid_from) as valid_from,
        nullif(max(joined.ends_at), {{ far_future() }}) as valid_to
    from joined
    left join {{ ref('teachers') }} as teachers on joined.teacher_id = teachers.teacher_id
    group by joined.student_id, joined.district_id, joined.teacher_id, joined.stretch
),

-- A section is called what it was called then: another course may have its ID now.
enrolled as (
    select
        enrollment.student_id,
        enrollment.district_id,
        enrollment.section_id,
        enrollment.valid_from,
        enrollment.valid_to,
        entered.name as name_when_entered,
        last.name as name_when_left
    from {{ ref('enrollment_history') }} as enrollment
    inner join {{ ref('section_history') }} as entered
        on
            enrollment.section_id = entered.section_id
            and enrollment.valid_from >= entered.valid_from
            and enrollment.valid_from < coalesce(entered.valid_to, {{ far_future() }})
    left join {{ ref('section_history') }} as last
        on
            enrollment.section_id = last.section_id
            and enrollment.valid_to > last.valid_from
            and enrollment.valid_to <= coalesce(last.valid_to, {{ far_future() }})
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

groups as (
    select
        group_id,
        max_by(name, {{ in_order_of(['valid_from', 'edit_id']) }}) filter (where name is not null) as name
    from {{ ref('edit_versions') }}
    where kind = 'add_group' and problem is null
    group by group_id
),

edits as (
    select
        students.student_id,
        students.district_id,
        edits.edit_id,
        edits.valid_from,
        edits.valid_to,
        case edits.kind
            when 'add_student' then 'added to section ' || coalesce(sections.name, edits.section_id)
            when 'remove_student' then 'removed from section ' || coalesce(sections.name, edits.section_id)
            when 'add_to_group' then 'added to group ' || coalesce(groups.name, edits.group_id)
            when 'add_role' then 'given the role ' || edits.role
            when 'add_permission' then 'given the permission ' || edits.permission
            else 'added as a user'
        end as edit
    from {{ ref('edit_versions') }} as edits
    inner join {{ ref('students') }} as students on edits.user_id = students.student_id
    left join {{ ref('sections') }} as sections on edits.section_id = sections.section_id
    left join groups on edits.group_id = groups.group_id
    where edits.problem is null and edits.kind <> 'add_group'
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
        'grade changed from ' || coalesce(previous_grade, 'none') || ' to ' || coalesce(grade, 'none') as line
    from versions
    where change_type in ('updated', 'restored') and grade is distinct from previous_grade

    union all

    select
        versions.student_id,
        versions.district_id,
        versions.valid_from as happened_at,
        3 as place,
        'moved school' as event,
        'schools' as object,
        versions.school_id as object_id,
        'moved from school ' || coalesce(previous.name, versions.previous_school_id, 'none')
        || ' to ' || coalesce(schools.name, versions.school_id, 'none') as line
    from versions
    left join {{ ref('schools') }} as previous on versions.previous_school_id = previous.school_id
    left join {{ ref('schools') }} as schools on versions.school_id = schools.school_id
    where
        versions.change_type in ('updated', 'restored')
        and versions.school_id is distinct from versions.previous_school_id

    {% for place, event, time, object, id, name, relation in [
        (4, 'left section', 'valid_to', 'sections', 'section_id', 'name_when_left', 'enrolled'),
        (5, 'lost teacher', 'valid_to', 'teachers', 'teacher_id', 'teacher_name', 'with_teacher'),
        (6, 'entered section', 'valid_from', 'sections', 'section_id', 'name_when_entered', 'enrolled'),
        (7, 'gained teacher', 'valid_from', 'teachers', 'teacher_id', 'teacher_name', 'with_teacher'),
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
        '{{ event }} ' || coalesce({{ name }}, {{ id }}) as line
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
    cast(row_number() over (
        partition by student_id order by happened_at, place, object_id nulls first, line
    ) as {{ dbt.type_bigint() }}) as event_number,
    event,
    object,
    object_id,
    line
from events
-- What is told ahead has not happened yet.
where happened_at <= {{ last_look() }}

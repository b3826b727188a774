with versions as (
    select
        sections.section_id,
        coalesce(section_lineage.lineage_id, sections.section_id) as reporting_section_id,
        coalesce(course_lineage.lineage_id, sections.course_id) as reporting_course_id,
        coalesce(term_lineage.lineage_id, sections.term_id) as reporting_term_id,
        sections.term_id,
        sections.valid_from,
        sections.valid_to,
        {{ days_of('sections') }}
    from {{ ref('section_history') }} as sections
    left join {{ ref('section_lineage') }} as section_lineage on sections.section_id = section_lineage.section_id
    left join {{ ref('course_lineage') }} as course_lineage on sections.course_id = course_lineage.course_id
    left join {{ ref('term_lineage') }} as term_lineage on sections.term_id = term_lineage.term_id
    {{ join_days_of('sections') }}
    where sections.record_status = 'active'
),

enrolled as (
    {{ enrollment_days() }}
),

ended as (
    {{ enrollment_days('enrollment.valid_to is not null') }}
),

-- With a term all its enrollments end: who left before that may have moved.
left_early as (
    select
        ended.*,
        versions.reporting_section_id,
        versions.reporting_course_id,
        versions.reporting_term_id
    from ended
    inner join versions
        on
            ended.section_id = versions.section_id
            and {{ in_force_when('versions', 'ended.valid_to', ended=true) }}
    inner join {{ ref('school_calendar') }} as calendar
        on
            ended.district_id = calendar.district_id
            and ended.last_day between calendar.first_day and calendar.last_day
    left join {{ ref('term_days') }} as term_days
        on versions.term_id = term_days.term_id and calendar.school_year = term_days.school_year
    where
        versions.reporting_course_id is not null
        and ended.first_day <= ended.last_day
        and ended.last_day < least(calendar.session_last_day, term_days.last_day)
),

-- Where they went: into another section of the course in the same term, within ten days, and stayed there longer.
entered as (
    select
        left_early.district_id,
        left_early.student_id,
        left_early.reporting_section_id as section_before,
        left_early.section_id as old_section_id,
        left_early.first_day as first_day_before,
        left_early.last_day as last_day_before,
        versions.reporting_section_id,
        versions.reporting_course_id,
        versions.reporting_term_id,
        begun.section_id,
        begun.first_day,
        begun.last_day,
        row_number() over (
            partition by left_early.student_id, left_early.section_id, left_early.last_day
            order by
                case when versions.reporting_section_id = left_early.reporting_section_id then 0 else 1 end,
                abs({{ dbt.datediff('left_early.last_day', 'begun.first_day', 'day') }} - 1),
                begun.first_day, begun.section_id
        ) as place_of_new,
        row_number() over (
            partition by left_early.student_id, begun.section_id, begun.first_day
            order by
                case when versions.reporting_section_id = left_early.reporting_section_id then 0 else 1 end,
                abs({{ dbt.datediff('left_early.last_day', 'begun.first_day', 'day') }} - 1),
                left_early.last_day desc, left_early.section_id
        ) as place_of_old
    from left_early
    inner join enrolled as begun on left_early.student_id = begun.student_id
    inner join versions
        on
            begun.section_id = versions.section_id
            and {{ in_force_when('versions', 'begun.valid_from') }}
            and left_early.reporting_course_id = versions.reporting_course_id
            and left_early.reporting_term_id is not distinct from versions.reporting_term_id
    where
        begun.first_day > left_early.first_day
        and begun.first_day <= coalesce(begun.last_day, {{ endless() }})
        and coalesce(begun.last_day, {{ endless() }}) > left_early.last_day
        and abs({{ dbt.datediff('left_early.last_day', 'begun.first_day', 'day') }} - 1) <= {{ days_of_absence() }}
),

changed as (
    select
        district_id,
        student_id,
        section_before,
        old_section_id,
        reporting_section_id,
        section_id,
        reporting_course_id,
        reporting_term_id,
        first_day_before,
        least(last_day_before, cast(first_day - interval '1' day as date)) as last_day_before,
        first_day,
        last_day
    from entered
    where place_of_new = 1 and place_of_old = 1 and old_section_id <> section_id
),

teaching as (
    select
        taught.*,
        lag(reporting_teacher_id) over in_order as teacher_before,
        lag(first_day) over in_order as first_day_before,
        lag(last_day) over in_order as last_day_before
    from (
        select
            teaching.section_id,
            coalesce(lineage.lineage_id, teaching.teacher_id) as reporting_teacher_id,
            {{ days_of('teaching') }}
        from {{ ref('teaching_history') }} as teaching
        left join {{ ref('teacher_lineage') }} as lineage on teaching.teacher_id = lineage.teacher_id
        {{ join_days_of('teaching') }}
        where teaching.is_primary
    ) as taught
    where last_day is null or last_day >= first_day
    window in_order as (partition by section_id order by first_day)
),

-- Another primary teacher of a class, which is still of the same course and term.
new_teachers as (
    select
        teaching.*,
        versions.reporting_section_id,
        versions.reporting_course_id,
        versions.reporting_term_id
    from teaching
    inner join versions
        on
            teaching.section_id = versions.section_id
            and teaching.first_day between versions.first_day and coalesce(versions.last_day, {{ endless() }})
    inner join versions as versions_before
        on
            teaching.section_id = versions_before.section_id
            and teaching.last_day_before
            between versions_before.first_day and coalesce(versions_before.last_day, {{ endless() }})
            and versions.reporting_course_id is not distinct from versions_before.reporting_course_id
            and versions.reporting_term_id is not distinct from versions_before.reporting_term_id
    where teaching.reporting_teacher_id <> teaching.teacher_before
),

moves as (
    select
        district_id,
        reporting_student_id,
        'school' as move,
        school_before as from_id,
        school_id as to_id,
        cast(null as {{ dbt.type_string() }}) as from_section_id,
        cast(null as {{ dbt.type_string() }}) as to_section_id,
        cast(null as {{ dbt.type_string() }}) as reporting_course_id,
        cast(null as {{ dbt.type_string() }}) as reporting_term_id,
        first_day_before,
        last_day_before,
        first_day,
        last_day
    from {{ ref('school_stays') }}
    where school_before <> school_id

    union all

    select
        district_id,
        student_id as reporting_student_id,
        'section' as move,
        section_before as from_id,
        reporting_section_id as to_id,
        section_before as from_section_id,
        reporting_section_id as to_section_id,
        reporting_course_id,
        reporting_term_id,
        first_day_before,
        last_day_before,
        first_day,
        last_day
    from changed
    where section_before <> reporting_section_id

    union all

    -- The teacher of another section, from when on he or she was there.
    select
        changed.district_id,
        changed.student_id as reporting_student_id,
        'teacher' as move,
        old_teacher.reporting_teacher_id as from_id,
        new_teacher.reporting_teacher_id as to_id,
        changed.section_before as from_section_id,
        changed.reporting_section_id as to_section_id,
        changed.reporting_course_id,
        changed.reporting_term_id,
        greatest(changed.first_day_before, old_teacher.first_day) as first_day_before,
        changed.last_day_before,
        changed.first_day,
        least(changed.last_day, new_teacher.last_day) as last_day
    from changed
    inner join teaching as old_teacher
        on
            changed.old_section_id = old_teacher.section_id
            and changed.last_day_before
            between old_teacher.first_day and coalesce(old_teacher.last_day, {{ endless() }})
    inner join teaching as new_teacher
        on
            changed.section_id = new_teacher.section_id
            and changed.first_day between new_teacher.first_day and coalesce(new_teacher.last_day, {{ endless() }})
            and old_teacher.reporting_teacher_id <> new_teacher.reporting_teacher_id

    union all

    select
        enrolled.district_id,
        enrolled.student_id as reporting_student_id,
        'teacher' as move,
        new_teachers.teacher_before as from_id,
        new_teachers.reporting_teacher_id as to_id,
        new_teachers.reporting_section_id as from_section_id,
        new_teachers.reporting_section_id as to_section_id,
        new_teachers.reporting_course_id,
        new_teachers.reporting_term_id,
        greatest(enrolled.first_day, new_teachers.first_day_before) as first_day_before,
        new_teachers.last_day_before,
        new_teachers.first_day,
        least(enrolled.last_day, new_teachers.last_day) as last_day
    from new_teachers
    inner join enrolled
        on
            new_teachers.section_id = enrolled.section_id
            and new_teachers.last_day_before >= enrolled.first_day
            and new_teachers.first_day <= coalesce(enrolled.last_day, {{ endless() }})
)

select
    moves.district_id,
    moves.reporting_student_id,
    moves.move,
    moves.first_day as moved_on,
    calendar.school_year,
    moves.from_id,
    moves.to_id,
    moves.from_section_id,
    moves.to_section_id,
    moves.reporting_course_id,
    moves.reporting_term_id,
    moves.first_day_before,
    moves.last_day_before,
    moves.last_day as last_day_after,
    coalesce(
        moves.move = 'school'
        and moves.first_day > calendar.mobility_from
        and moves.first_day <= calendar.mobility_until,
        false
    ) as is_mobility
from moves
left join {{ ref('school_calendar') }} as calendar
    on moves.district_id = calendar.district_id and moves.first_day between calendar.first_day and calendar.last_day

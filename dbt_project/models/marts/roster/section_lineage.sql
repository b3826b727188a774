{#-
A school that makes its classes anew gives them the names, courses, periods and students they had. Courses, terms and
students may have come back under other IDs with them. A class of a term that neither is the same nor overlaps is another
class, though it have the same students. Only where kinds of sections meet their students are looked at.
-#}
with {{ lives('section', 'sections', ['school_id', 'name', 'course_id', 'period', 'term_id']) }},

came as (
    {{ comparable_sections('came', 'first_seen_at') }}
),

gone as (
    {{ comparable_sections('last', 'archived_at') }}
),

met as (
    select
        came.kind_id,
        gone.kind_id as predecessor_kind_id,
        came.course_id,
        came.period,
        coalesce(came.term_id = gone.term_id, false) as is_same_term
    from came
    inner join gone
        on
            came.district_id = gone.district_id
            and came.school_id = gone.school_id
            and came.name = gone.name
            and came.course_id is not distinct from gone.course_id
            and came.period is not distinct from gone.period
            and gone.archived_at <= came.first_seen_at
    where
        came.section_id = came.kind_id
        and gone.section_id = gone.kind_id
        and (
            came.term_id is null
            or gone.term_id is null
            or came.term_id = gone.term_id
            or came.start_date <= gone.end_date and gone.start_date <= came.end_date
        )
),

came_students as (
    {{ section_students('came', 'select kind_id from met', 'valid_from', 'min(history.valid_from)') }}
),

gone_students as (
    {{ section_students('gone', 'select predecessor_kind_id from met', 'valid_to', 'max(history.valid_to)') }}
),

compared as (
    select
        mine.section_id,
        others.section_id as predecessor_id,
        mine.students,
        others.students as students_before,
        met.course_id,
        met.period,
        met.is_same_term,
        count(*) as common_students
    from met
    inner join came_students as mine on met.kind_id = mine.kind_id
    inner join gone_students as others
        on met.predecessor_kind_id = others.kind_id and mine.student_id = others.student_id
    group by
        mine.section_id, others.section_id, mine.students, others.students, met.course_id, met.period, met.is_same_term
),

claims as (
    select
        section_id,
        predecessor_id,
        common_students,
        common_students as weight,
        {{ split_list("concat_ws(',', 'school', 'name', case when course_id is not null then 'course' end, "
            ~ "case when period is not null then 'period' end, case when is_same_term then 'term' end, 'students')") }} as agreed
    from compared
    where common_students * 2 > students and common_students * 2 > students_before
),

{{ lines_of('section', says=['agreed', 'common_students']) }}

{#-
A school that makes its classes anew gives them the names, courses, periods and students they had. Courses, terms and
students may have come back under other IDs with them. A class of a term that neither is the same nor overlaps is another
class, though it have the same students. Students are looked at only where such a section came after another had gone.
-#}
{{ config(materialized='table') }}

with {{ lives('section', 'sections') }},

came as (
    {{ comparable_sections("change_type = 'created'") }}
    where lives.came_later
),

gone as (
    {{ comparable_sections('is_current') }}
    where lives.archived_at is not null
),

came_alike as (
    select * from came
    where exists (
        select 1 from gone
        where {{ are_of_a_kind('came', 'gone') }}
    )
),

gone_alike as (
    select * from gone
    where exists (
        select 1 from came
        where {{ are_of_a_kind('came', 'gone') }}
    )
),

alike as (
    select section_id from came_alike
    union all
    select section_id from gone_alike
),

-- A section may be filled after it came and emptied before it went: who was in it when it first, and last, had any.
enrollments as (
    select
        section_id,
        student_id,
        valid_from = min(valid_from) over (partition by section_id) as is_first,
        coalesce(valid_to = max(valid_to) over (partition by section_id), false) as is_last
    from {{ ref('enrollment_history') }}
    where section_id in (select alike.section_id from alike)
),

members as (
    select
        enrollments.section_id,
        coalesce(student_lineage.lineage_id, enrollments.student_id) as student_id,
        bool_or(enrollments.is_first) as is_first,
        bool_or(enrollments.is_last) as is_last
    from enrollments
    left join {{ ref('student_lineage') }} as student_lineage on enrollments.student_id = student_lineage.student_id
    group by enrollments.section_id, coalesce(student_lineage.lineage_id, enrollments.student_id)
),

came_students as (
    {{ students_at('came_alike', 'is_first') }}
),

gone_students as (
    {{ students_at('gone_alike', 'is_last') }}
),

compared as (
    select
        came_students.section_id,
        gone_students.section_id as predecessor_id,
        count(*) as common_students,
        max(came_students.students) as students,
        max(gone_students.students) as students_before,
        bool_or(came_students.course_id is not null) as has_course,
        bool_or(came_students.period is not null) as has_period,
        coalesce(bool_or(came_students.term_id = gone_students.term_id), false) as is_same_term
    from came_students
    inner join gone_students
        on
            came_students.student_id = gone_students.student_id
            and {{ are_of_a_kind('came_students', 'gone_students') }}
    group by came_students.section_id, gone_students.section_id
),

claims as (
    select
        section_id,
        predecessor_id,
        common_students,
        common_students as weight,
        {{ texts_of({
            "'school'": 'true',
            "'name'": 'true',
            "'course'": 'has_course',
            "'period'": 'has_period',
            "'term'": 'is_same_term',
            "'students'": 'true',
        }) }} as agreed
    from compared
    where common_students * 2 > students and common_students * 2 > students_before
),

{{ lines_of('section', says=['agreed', 'common_students']) }}

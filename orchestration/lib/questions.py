"""The macros that answer what analysts ask most: a class list, a student's history and teachers."""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.lib.as_of import in_force_on
from orchestration.lib.changes import changes_between
from orchestration.lib.macros import Macro
from orchestration.lib.moments import Moments


def _given(parameter: str) -> str:
    """The ID that a parameter gives, as text: compared with a number, all IDs would become one."""
    return f"cast({parameter} as varchar)"


def question_macros(moments: Moments) -> Iterator[Macro]:
    """All of them; an ID that no roster ever had is an error, and so is a date that is none."""
    yield _class_list(moments)
    yield _teachers_of(moments)
    yield _student_history_of(moments)
    yield changes_between(moments)


def _class_list(moments: Moments) -> Macro:
    """By the spells, which are stored by section, where enrollments are stored by student.

    An enrollment is just that: the section lists the student, who is active.
    """
    listed, students = (in_force_on(moments, rows, "date") for rows in ("listed", "students"))
    since = "greatest(listed.valid_from, coalesce(students.restored_at, students.first_seen_at))"
    return Macro(
        name="roster.class_list(section, date)",
        query=moments.guarded(
            f"""
            select listed.district_id, listed.section_id, listed.student_id,
                students.last_name, students.first_name, students.grade,
                {moments.local_day("listed.district_id", since)} as first_day
            from intermediate.section_student_spells as listed
            join roster.student_history as students
                on listed.student_id = students.student_id
                and listed.district_id = students.district_id
            where listed.section_id = {_given("section")} and students.record_status = 'active'
                and {listed} and {students}
            order by students.last_name, students.first_name, listed.student_id
            """,
            _unless_known("section"),
        ),
        type="association",
        grain="student in the section at the end of the day",
        key=("student_id",),
        sample=(
            "from roster.class_list((select min(section_id) from roster.sections), '2026-10-01')"
        ),
        description=(
            "Who was in a section at the end of a day, by name; `first_day` is the first day of "
            "this stretch. As Clever says it: `effective_enrollments_on` counts edits in."
        ),
    )


def _teachers_of(moments: Moments) -> Macro:
    """The sections first: by these few IDs little is read of the other tables."""
    enrolled = in_force_on(moments, "enrolled", "date")
    in_force = " and ".join(
        in_force_on(moments, rows, "date") for rows in ("taught", "teachers", "sections")
    )
    return Macro(
        name="roster.teachers_of(student, date)",
        query=moments.guarded(
            f"""
            with of_student as materialized (
                select enrolled.section_id
                from roster.enrollment_history as enrolled
                where enrolled.student_id = {_given("student")} and {enrolled}
            )
            select taught.district_id, taught.teacher_id, teachers.last_name, teachers.first_name,
                taught.is_primary, taught.section_id, sections.name as section_name
            from of_student
            join roster.teaching_history as taught on of_student.section_id = taught.section_id
            join roster.teacher_history as teachers on taught.teacher_id = teachers.teacher_id
            join roster.section_history as sections on of_student.section_id = sections.section_id
            where {in_force}
            order by sections.name, taught.section_id, taught.is_primary desc,
                teachers.last_name, taught.teacher_id
            """,
            _unless_known("student"),
        ),
        type="association",
        grain="teacher and section of the student at the end of the day",
        key=("teacher_id", "section_id"),
        sample=(
            "from roster.teachers_of((select min(student_id) from roster.students), '2026-10-01')"
        ),
        description="Who taught a student in which section at the end of a day.",
    )


def _student_history_of(moments: Moments) -> Macro:
    first, last = (
        moments.local_day("stretch.district_id", f"stretch.valid_{end}") for end in ("from", "to")
    )
    return Macro(
        name="roster.student_history_of(student)",
        query=moments.guarded(
            f"""
            select stretch.district_id, stretch.kind, stretch.id, stretch.name, stretch.section_id,
                stretch.detail, {first} as first_day,
                case when stretch.valid_to is not null then greatest({first}, {last} - 1) end
                    as last_day,
                stretch.valid_from, stretch.valid_to
            from ({" union all ".join(_STRETCHES)}) as stretch
            order by stretch.valid_from, stretch.kind, stretch.id, stretch.section_id
            """,
            _unless_known("student"),
        ),
        type="history",
        grain="stretch of a student's life of one kind, over which nothing of it changed",
        key=("kind", "id", "section_id", "detail", "valid_from"),
        sample="from roster.student_history_of((select min(student_id) from roster.students))",
        description=(
            "Everything of one student in order: what Clever says of the student (`student`), and "
            "each `school`, `section`, `teacher` and `contact` from when to when, named as at its "
            "beginning. `last_day` is the last whole day, or the first if there is none; it is "
            "NULL while a stretch lasts."
        ),
    )


def _unless_known(parameter: str) -> str:
    """False; an error for an ID that no record ever had, and for none."""
    given = _given(parameter)
    return (
        f"case when exists("
        f"select 1 from roster.{parameter}_history as known "
        f"where known.{parameter}_id = {given}) then false "
        f"else cast(error(coalesce('No {parameter} has ever had the Clever ID ' || {given}, "
        f"'Which {parameter} is meant is not told: NULL is no Clever ID') || '; it is "
        f"the column {parameter}_id of roster.{parameter}s.') as boolean) end"
    )


def _named(singular: str, name: str) -> str:
    """The join of a record's version at the beginning of a stretch, for its name.

    There is one: nobody is enrolled in, taught by or listed with what has not been seen.
    """
    return (
        f"join roster.{singular}_history as named on {name} = named.{singular}_id "
        "and named.valid_from <= stretch.valid_from "
        # Not `or`: DuckDB would compare every version of everybody with every stretch.
        "and stretch.valid_from < coalesce(named.valid_to, timestamp '9999-12-31')"
    )


_PERSON = "nullif(concat_ws(' ', named.first_name, named.last_name), '')"
_STRETCHES = (
    f"""
    select named.district_id, 'student' as kind, named.student_id as id, {_PERSON} as name,
        cast(null as varchar) as section_id,
        case when named.record_status = 'archived' then 'archived: ' || named.archive_reason
            else 'grade ' || named.grade end as detail,
        named.valid_from, named.valid_to
    from roster.student_history as named where named.student_id = {_given("student")}
    """,
    f"""
    select stretch.district_id, 'school', stretch.school_id, named.name, null,
        case when stretch.is_primary then 'primary school' end, stretch.valid_from, stretch.valid_to
    from roster.school_membership_history as stretch {_named("school", "stretch.school_id")}
    where stretch.user_id = {_given("student")} and stretch.role = 'student'
    """,
    f"""
    select stretch.district_id, 'section', stretch.section_id, named.name, stretch.section_id,
        null, stretch.valid_from, stretch.valid_to
    from roster.enrollment_history as stretch {_named("section", "stretch.section_id")}
    where stretch.student_id = {_given("student")}
    """,
    f"""
    select stretch.district_id, 'teacher', stretch.teacher_id, {_PERSON}, stretch.section_id,
        case when stretch.is_primary then 'primary teacher' else 'teacher' end,
        stretch.valid_from, stretch.valid_to
    from (
        select taught.district_id, taught.teacher_id, taught.section_id, taught.is_primary,
            greatest(enrolled.valid_from, taught.valid_from) as valid_from,
            least(enrolled.valid_to, taught.valid_to) as valid_to
        from roster.enrollment_history as enrolled
        join roster.teaching_history as taught
            on enrolled.section_id = taught.section_id
            and (enrolled.valid_to is null or taught.valid_from < enrolled.valid_to)
            and (taught.valid_to is null or enrolled.valid_from < taught.valid_to)
        where enrolled.student_id = {_given("student")}
    ) as stretch {_named("teacher", "stretch.teacher_id")}
    """,
    f"""
    select stretch.district_id, 'contact', stretch.contact_id, {_PERSON}, null,
        nullif(concat_ws(', ', stretch.relationship, stretch.relationship_type), ''),
        stretch.valid_from, stretch.valid_to
    from roster.contact_relationship_history as stretch {_named("contact", "stretch.contact_id")}
    where stretch.student_id = {_given("student")}
    """,
)

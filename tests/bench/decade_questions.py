"""What is asked of ten school years, of the published file and of dbt's snapshots."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tests.bench.decade import Decade
from tests.bench.snapshots import in_force

#: A question is of one student, section or day, or of everything.
ONE, EVERYTHING = "one", "everything"
_DAY, _END = "2024-10-01", "timestamp '2024-10-02'"


@dataclass(frozen=True)
class Question:
    """What is asked, and how; of snapshots only where a query of some lines answers it."""

    what: str
    of_rollbook: str
    of_snapshots: str | None = None
    kind: str = ONE


def asked_about(decade: Decade, published: Path) -> Iterator[Question]:
    """The questions, about a student of all ten years and a section of that student's."""
    student = f"'{decade.student}'"
    with duckdb.connect(str(published), read_only=True) as file:
        [(section,)] = file.execute(
            f"select min(section_id) from roster.enrollments_on('{_DAY}') "
            f"where student_id = {student}"
        ).fetchall()
    yield from _on_a_day(student, f"'{section}'")
    yield from _of_a_student(student)
    yield from _of_everything()


def _on_a_day(student: str, section: str) -> Iterator[Question]:
    students, enrolled = (in_force(rows, _END) for rows in ("students", "enrolled"))
    of_students = f"from students_snapshot as students where {students}"
    of_enrollments = f"from enrollments_snapshot as enrolled where {enrolled}"
    yield Question(
        "`students_on` of a student",
        f"from roster.students_on('{_DAY}') where student_id = {student}",
        f"select * {of_students} and student_id = {student}",
    )
    yield Question(
        "`students_as_of` of a student",
        f"from roster.students_as_of('{_DAY} 15:00 America/Chicago') where student_id = {student}",
        f"select * {of_students} and student_id = {student}",
    )
    yield Question(
        "`enrollments_on` of a student",
        f"from roster.enrollments_on('{_DAY}') where student_id = {student}",
        f"select * {of_enrollments} and student_id = {student}",
    )
    yield Question(
        "`enrollments_on` of a section",
        f"from roster.enrollments_on('{_DAY}') where section_id = {section}",
        f"select * {of_enrollments} and section_id = {section}",
    )
    yield Question(
        "`count(*)` of `students_on`",
        f"select count(*) from roster.students_on('{_DAY}')",
        f"select count(*) {of_students}",
    )
    yield Question(
        "`count(*)` of `enrollments_on`",
        f"select count(*) from roster.enrollments_on('{_DAY}')",
        f"select count(*) {of_enrollments}",
    )
    yield Question(
        "`class_list`",
        f"from roster.class_list({section}, '{_DAY}')",
        "select students.student_id, last_name, first_name, grade "
        "from enrollments_snapshot as enrolled "
        "join students_snapshot as students using (student_id) "
        f"where enrolled.section_id = {section} and {enrolled} and {students} "
        "order by last_name, first_name",
    )


def _of_a_student(student: str) -> Iterator[Question]:
    taught = " and ".join(in_force(rows, _END) for rows in ("enrolled", "taught", "teachers"))
    yield Question(
        "`teachers_of`",
        f"from roster.teachers_of({student}, '{_DAY}')",
        "select teachers.teacher_id, last_name, first_name, is_primary, section_id "
        "from enrollments_snapshot as enrolled join teaching_snapshot as taught using (section_id) "
        "join teachers_snapshot as teachers using (teacher_id) "
        f"where enrolled.student_id = {student} and {taught}",
    )
    yield Question(
        "`student_history` of a student",
        f"from roster.student_history where student_id = {student} order by valid_from",
        f"from students_snapshot where student_id = {student} order by dbt_valid_from",
    )
    yield Question("`student_history_of`", f"from roster.student_history_of({student})")
    yield Question(
        "`student_timeline` of a student",
        f"from roster.student_timeline where student_id = {student} order by event_number",
    )
    yield Question(
        "`student_school_years` of a student",
        f"from roster.student_school_years where student_id = {student}",
    )
    yield Question(
        "`student_progress` of a student, with school and teacher of that time",
        f"from progress.student_progress where student_id = {student}",
        "select progress.*, students.school_id, students.grade, sections.primary_teacher_id "
        "from progress "
        "join students_snapshot as students on progress.student_id = students.student_id "
        "and progress.occurred_at >= students.dbt_valid_from "
        "and progress.occurred_at < coalesce(students.dbt_valid_to, timestamp '9999-12-31') "
        "join sections_snapshot as sections on progress.section_id = sections.section_id "
        "and progress.occurred_at >= sections.dbt_valid_from "
        "and progress.occurred_at < coalesce(sections.dbt_valid_to, timestamp '9999-12-31') "
        f"where progress.student_id = {student}",
    )
    yield Question(
        "`progress_by_student_year` of a student",
        f"from progress.progress_by_student_year where reporting_student_id = {student}",
    )


def _of_everything() -> Iterator[Question]:
    yield Question(
        "`progress_by_school`",
        "select count(*), max(columns(*)) from progress.progress_by_school",
        "select count(*), max(columns(*)) from (select students.school_id, "
        "date_trunc('year', progress.occurred_at - interval 6 month) as school_year, "
        "progress.kind, count(*) as records, "
        "count(distinct progress.student_id) as students, avg(score) as average_score, "
        "sum(duration_seconds) as duration_seconds "
        "from progress join students_snapshot as students "
        "on progress.student_id = students.student_id "
        "and progress.occurred_at >= students.dbt_valid_from "
        "and progress.occurred_at < coalesce(students.dbt_valid_to, timestamp '9999-12-31') "
        "group by all)",
        EVERYTHING,
    )
    yield Question("`ops.warnings`", "from ops.warnings", kind=EVERYTHING)
    yield Question(
        "`changes_between` of two days in autumn",
        "from roster.changes_between('2024-10-30', '2024-11-01')",
        kind=EVERYTHING,
    )

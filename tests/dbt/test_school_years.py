"""School years and rollovers: what each year was, and what seems to go on under another ID."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.dbt.dbt_warehouse import Record
from tests.dbt.side_by_side import Day, Told, side_by_side
from tests.dbt.story import HOUR, Story, begun, record, section, student

AUG, JAN, JUN, JUL, SEP = (
    datetime(year, month, day, 2)
    for year, month, day in (
        (2026, 8, 17),
        (2027, 1, 11),
        (2027, 6, 14),
        (2027, 7, 5),
        (2027, 9, 1),
    )
)
_YEARS = """
select school_year, school_ids, grade, section_ids, first_day_active, last_day_active, days_active,
    progress_records, progress_seconds
from roster.student_school_years where student_id = '{student}' order by 1
"""
FALL: Record = {
    "id": "fall", "name": "Fall", "start_date": "2026-08-17", "end_date": "2026-12-18",
}  # fmt: skip
SPRING: Record = {
    "id": "spring", "name": "Spring", "start_date": "2027-01-11", "end_date": "2027-06-11",
}  # fmt: skip


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return begun(tmp_path)


def _versions(story: Told, id_: str) -> list[tuple[Any, ...]]:
    return story.ask(
        "select valid_from, course_id, term_id, primary_teacher_id, record_status "
        f"from roster.section_history where section_id = '{id_}' order by 1"
    )


@side_by_side
def test_a_semester_rollover_with_new_sections_keeps_both_apart(story: Told) -> Iterator[Day]:
    done = [record("fall-1", AUG + HOUR), record("spring-1", JAN + HOUR)]
    yield story.day(AUG, [student("ana")], [section("x", "ana")], terms=[FALL], build=False)
    new = section("z", "ana", teachers=["lee"], term_id="spring")
    yield story.day(JAN, [student("ana")], [new], terms=[SPRING], progress=done)

    assert story.context("fall-1") == ("ana", "elm", "x", "kim", None, "7", "fall")
    assert story.context("spring-1") == ("ana", "elm", "z", "lee", None, "7", "spring")
    assert story.ask(_YEARS.format(student="ana")) == [
        (
            "2026-2027", ["elm"], "7", ["x", "z"],
            date(2026, 8, 17), date(2027, 1, 11), 148, 2, 0.0,
        )
    ]  # fmt: skip
    assert story.ask("from roster.term_lineage") == [], "other semesters are no re-creation"


@side_by_side
def test_a_recycled_section_id_is_a_new_version_and_no_mixture(story: Told) -> Iterator[Day]:
    done = [record("fall-1", AUG + HOUR), record("spring-1", JAN + HOUR, "ben")]
    both = [student("ana"), student("ben")]
    yield story.day(AUG, both, [section("x", "ana")], terms=[FALL], build=False)
    recycled = section("x", "ben", teachers=["lee"], course="m2", term_id="spring")
    yield story.day(JAN, both, [recycled], terms=[FALL, SPRING], progress=done)

    assert _versions(story, "x") == [
        (AUG, "m1", "fall", "kim", "active"),
        (JAN, "m2", "spring", "lee", "active"),
    ]
    assert story.ask(
        "select student_id, valid_from, valid_to from roster.enrollment_history order by 1"
    ) == [("ana", AUG, JAN), ("ben", JAN, None)]
    assert story.context("fall-1")[2:] == ("x", "kim", None, "7", "fall")
    assert story.context("spring-1")[2:] == ("x", "lee", None, "7", "spring")
    assert story.ask(
        "select reporting_term_id, records, students from progress.progress_by_section_term "
        "where reporting_section_id = 'x' order by 1"
    ) == [("fall", 1, 1), ("spring", 1, 1)]


@side_by_side
def test_a_school_year_rollover_archives_graduates_and_moves_grades_up(
    story: Told,
) -> Iterator[Day]:
    """Zoe graduates, Ana moves up; terms and sections go in summer and come under new IDs."""
    old = [student("ana"), student("zoe", grade="12")]
    done = [
        record("old", JUN - HOUR, duration_seconds=60.0),
        record("zoe-1", JUN - HOUR, "zoe"),
        record("new", SEP + HOUR, duration_seconds=30.0),
    ]
    yield story.day(
        AUG, old, [section("x", "ana", "zoe", term_id="spring")], terms=[SPRING], build=False
    )
    yield story.day(JUL, [student("ana")], [], terms=[], build=False)
    fall = {**FALL, "id": "fall-2", "start_date": "2027-08-16", "end_date": "2027-12-17"}
    next_year = section("y", "ana", term_id="fall-2")
    yield story.day(SEP, [student("ana", grade="8")], [next_year], terms=[fall], progress=done)

    first, second = story.ask(_YEARS.format(student="ana"))
    assert first == (
        "2026-2027", ["elm"], "7", ["x"], date(2026, 8, 17), date(2027, 6, 30), 318, 1, 60.0,
    )  # fmt: skip
    assert second[:4] == ("2027-2028", ["elm"], "8", ["y"])
    assert second[4:] == (date(2027, 7, 1), date(2027, 9, 1), 63, 1, 30.0)
    zoe = story.ask(_YEARS.format(student="zoe"))
    assert [(row[0], row[5], row[7]) for row in zoe] == [
        ("2026-2027", date(2027, 6, 30), 1),
        ("2027-2028", date(2027, 7, 4), 0),
    ]
    assert story.context("zoe-1") == ("zoe", "elm", "x", "kim", None, "12", "spring")
    assert story.context("new")[2:] == ("y", "kim", None, "8", "fall-2")


@side_by_side
def test_a_section_of_a_term_long_past_counts_for_the_years_in_which_it_was_shown(
    story: Told,
) -> Iterator[Day]:
    """Some districts never correct their terms: such a section must not be lost for it."""
    past = SPRING | {"start_date": "2019-01-07", "end_date": "2019-06-14"}
    there = [section("x", "ana", term_id="spring")]
    yield story.day(AUG, [student("ana")], there, terms=[past], build=False)
    yield story.day(JUL, [student("ana")], there, terms=[past])

    assert [(row[0], row[3]) for row in story.ask(_YEARS.format(student="ana"))] == [
        ("2026-2027", ["x"]),
        ("2027-2028", ["x"]),
    ]


@side_by_side
def test_a_term_created_again_under_a_new_id_is_one_for_reports(story: Told) -> Iterator[Day]:
    """Its end is corrected twice; a term of the next year with the same name is another one."""
    terms = [
        FALL,
        FALL | {"id": "fall-b", "end_date": "2026-12-11"},
        FALL | {"id": "fall-c", "end_date": "2026-12-04"},
        FALL | {"id": "next", "start_date": "2027-08-16", "end_date": "2027-12-17"},
    ]
    days = [datetime(2026, 8, day, 2) for day in (17, 18, 19)] + [SEP]
    done = [record(term["id"], day + HOUR) for term, day in zip(terms, days, strict=True)]
    for day, term in zip(days, terms, strict=True):
        there = [section("x", "ana", term_id=term["id"])]
        last = day == SEP
        yield story.day(
            day, [student("ana")], there, terms=[term], progress=done if last else None, build=last
        )

    assert story.ask(
        "select term_id, predecessor_id, lineage_id from roster.term_lineage order by 1"
    ) == [("fall-b", "fall", "fall"), ("fall-c", "fall-b", "fall")]
    assert story.ask(
        "select reporting_term_id, records, term_ids from progress.progress_by_section_term "
        "order by 1"
    ) == [("fall", 3, ["fall", "fall-b", "fall-c"]), ("next", 1, ["next"])]


@side_by_side
def test_courses_and_students_are_linked_and_never_merged(story: Told) -> Iterator[Day]:
    """Of two who share a number at the same time neither follows the other."""

    def numbered(id_: str, sis_id: str) -> Record:
        return {"id": id_, "roles": {"student": {"sis_id": sis_id}}}

    course = {"name": "Algebra", "number": "A1"}
    yield story.day(
        AUG, [numbered("ana", "1"), numbered("ben", "2"), numbered("twin", "2")],
        [section("x", "ana", course="m1")],
        courses=[{"id": "m1", **course}, {"id": "m0", "name": "Algebra", "number": "A2"}],
        build=False,
    )  # fmt: skip
    yield story.day(
        JAN, [numbered("ana-again", "1"), numbered("ben", "2"), numbered("twin", "2")],
        [section("y", "ana-again", course="m2")],
        courses=[{"id": "m2", **course}],
        progress=[record("1", AUG + HOUR), record("2", JAN + HOUR, "ana-again")],
    )  # fmt: skip

    assert story.ask("select student_id, predecessor_id from roster.student_lineage") == [
        ("ana-again", "ana")
    ]
    assert story.ask("select course_id, predecessor_id from roster.course_lineage") == [
        ("m2", "m1")
    ]
    assert story.ask("select count(*) from roster.students where sis_id = '1'") == [(2,)]
    assert story.ask(
        "select student_id, reporting_student_id, course_id, reporting_course_id "
        "from progress.student_progress order by progress_id"
    ) == [("ana", "ana", "m1", "m1"), ("ana-again", "ana", "m2", "m1")]


def test_the_start_of_the_school_year_is_a_setting(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROLLBOOK_SCHOOL_YEAR_START", "08-18")
    story.day(AUG, [student("ana")], progress=[record("eve", AUG + HOUR), record("new", JAN)])

    assert story.ask(
        "select progress_id, school_year from progress.student_progress order by 1"
    ) == [("eve", "2025-2026"), ("new", "2026-2027")]

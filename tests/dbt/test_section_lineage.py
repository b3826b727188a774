"""Sections that a school makes anew: reports do not split, and another class stays another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.dbt.dbt_warehouse import Record
from tests.dbt.lineage_cases import Case, Cases, Day, person
from tests.dbt.story import HOUR, MON, TUE, WED, Story, begun, record

FOLLOWS = {"b": ("a", "a")}
KIDS = [f"kid{number}" for number in range(1, 9)]
FALL = {"id": "fall", "name": "Fall", "start_date": "2026-08-17", "end_date": "2026-12-18"}
SPRING = {"id": "spring", "name": "Spring", "start_date": "2027-01-11", "end_date": "2027-06-04"}
YEAR = {"id": "year", "name": "Year", "start_date": "2026-08-17", "end_date": "2027-06-04"}
ALGEBRA = {"id": "m1", "name": "Algebra", "number": "A1"}


def section(id_: str, students: list[str] = KIDS[:4], **more: Any) -> Record:
    about = {"school": "elm", "name": "Algebra 1", "course": "m1", "period": "3", "term_id": "fall"}
    return {"id": id_, **about, "students": students, "teachers": [], **more}


def day(*sections: Record, kids: list[str] = KIDS, **lists: list[Record]) -> Day:
    """The sections of a day, and what stays the same."""
    users = [person(id_, "student", "", {"sis_id": id_[:4]}) for id_ in kids]
    places = {"terms": [FALL, SPRING, YEAR], "courses": [ALGEBRA], "schools": [{"id": "elm"}]}
    return {**places, "users": users, "sections": [*sections], **lists}


CASES = {
    "a class made anew": Case(
        [day(section("a")), day(section("b"))],
        FOLLOWS,
        says={"b": (["school", "name", "course", "period", "term", "students"], 4)},
    ),
    "again and again": Case(
        [day(section("a")), day(section("b")), day(section("c"))],
        {"b": ("a", "a"), "c": ("b", "a")},
    ),
    "most of the students": Case(
        [day(section("a", KIDS[:4])), day(section("b", KIDS[1:5]))], FOLLOWS
    ),
    "half of the students": Case([day(section("a", KIDS[:4])), day(section("b", KIDS[2:6]))]),
    "all of its students and as many others": Case(
        [day(section("a", KIDS[:4])), day(section("b", KIDS[:8]))]
    ),
    "a part of its students": Case([day(section("a", KIDS[:8])), day(section("b", KIDS[:4]))]),
    "no students": Case([day(section("a", [])), day(section("b", []))]),
    "emptied before it goes, filled after it came": Case(
        [
            day(section("a")),
            day(section("a", [])),
            day(section("b", [])),
            day(section("b")),
            day(section("b", [])),
        ],
        FOLLOWS,
    ),
    "one who leaves before and one who comes later": Case(
        [
            day(section("a", KIDS[:8])),
            day(section("a", KIDS[:4])),
            day(section("b", KIDS[:4])),
            day(section("b", KIDS[:8])),
        ],
        FOLLOWS,
    ),
    "another school": Case([day(section("a")), day(section("b", school="oak"))]),
    "another name": Case([day(section("a")), day(section("b", name="Algebra 2"))]),
    "a name in capitals": Case([day(section("a")), day(section("b", name=" ALGEBRA 1"))], FOLLOWS),
    "no name": Case([day(section("a", name=None)), day(section("b", name=None))]),
    "no school": Case([day(section("a", school=None)), day(section("b", school=None))]),
    "another period": Case([day(section("a")), day(section("b", period="4"))]),
    "another course": Case(
        [day(section("a")), day(section("b", course="m2"))],
    ),
    "a course made anew too": Case(
        [day(section("a")), day(section("b", course="m2"), courses=[ALGEBRA | {"id": "m2"}])],
        FOLLOWS,
    ),
    "neither course nor period": Case(
        [
            day(section("a", course=None, period=None, term_id=None)),
            day(section("b", course=None, period=None)),
        ],
        FOLLOWS,
        says={"b": (["school", "name", "students"], 4)},
    ),
    "the next term": Case([day(section("a")), day(section("b", term_id="spring"))]),
    "a term that overlaps": Case(
        [day(section("a")), day(section("b", term_id="year"))],
        FOLLOWS,
        says={"b": (["school", "name", "course", "period", "students"], 4)},
    ),
    "a term made anew too": Case(
        [day(section("a")), day(section("b", term_id="new"), terms=[FALL | {"id": "new"}])],
        FOLLOWS,
        says={"b": (["school", "name", "course", "period", "term", "students"], 4)},
    ),
    "students who came back too": Case(
        [
            day(section("a")),
            day(
                section("b", [f"{id_}-new" for id_ in KIDS[:4]]),
                kids=[f"{id_}-new" for id_ in KIDS],
            ),
        ],
        FOLLOWS,
    ),
    "one that is still there": Case([day(section("a")), day(section("a"), section("b"))]),
    "two of the same at once": Case([day(section("a")), day(section("b"), section("c"))]),
    "two groups that change their IDs": Case(
        [
            day(section("a", KIDS[:4]), section("z", KIDS[4:8])),
            day(section("b", KIDS[:4]), section("y", KIDS[4:8])),
        ],
        {"b": ("a", "a"), "y": ("z", "z")},
    ),
    "the one with more of the students": Case(
        [
            day(section("a", KIDS[:5]), section("z", KIDS[:3])),
            day(section("z", KIDS[:3])),
            day(),
            day(section("b", KIDS[:5])),
        ],
        FOLLOWS,
    ),
}


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Cases:
    """All cases side by side in one warehouse."""
    return Cases.played(CASES, tmp_path_factory.mktemp("sections"))


@pytest.mark.parametrize("name", CASES)
def test_which_section_follows_which(cases: Cases, name: str) -> None:
    assert cases.follows(name, "section") == CASES[name].expected


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.says])
def test_a_line_of_sections_says_by_what_evidence(cases: Cases, name: str) -> None:
    said = cases.says(name, "section", "agreed, common_students")
    assert said == cases.expected_to_say(name)


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return begun(tmp_path)


def test_a_class_made_anew_does_not_split_what_progress_adds_up_to(story: Story) -> None:
    """On Tuesday the school makes its class anew, and its teacher and a child come back, too."""

    def teacher(id_: str) -> Record:
        return person(id_, "teacher", "Joy Ng", {"sis_id": "T1"})

    def child(id_: str, name: str) -> Record:
        return person(id_, "student", name, {"sis_id": id_, "dob": "3/4/2012"})

    def taught(id_: str, students: list[str], by: str) -> Record:
        return section(id_, students, teachers=[by], teacher=by)

    terms, courses = [FALL], [ALGEBRA]
    done = [record("1", MON + HOUR, "ana", score=0.5), record("2", MON + HOUR, "ben", score=0.5)]
    ben = child("ben", "Ben Lee")
    story.day(
        MON,
        [child("ana", "Ana Lee"), ben, teacher("joy")],
        [taught("a", ["ana", "ben"], "joy")],
        progress=done,
        terms=terms,
        courses=courses,
    )
    done += [record("3", TUE + HOUR, "ana-2", score=1.0), record("4", TUE + HOUR, "ben", score=1.0)]
    there = [child("ana-2", "Ana Lee"), ben, teacher("joy-2")]
    again = [taught("b", ["ana-2", "ben"], "joy-2")]
    story.day(TUE, there, again, terms=terms, courses=courses)
    story.day(WED, there, again, progress=done, terms=terms, courses=courses)

    totals = (
        "select reporting_section_id, reporting_term_id, records, students, average_score, "
        "section_ids, teacher_ids from progress.progress_by_section_term"
    )
    by_record = (
        "select progress_id, section_id, reporting_section_id, primary_teacher_id, "
        "reporting_teacher_id, reporting_student_id from progress.student_progress order by 1"
    )
    assert story.ask(totals) == [("a", "fall", 4, 2, 0.75, ["a", "b"], ["joy", "joy-2"])]
    assert story.ask(by_record) == [
        ("1", "a", "a", "joy", "joy", "ana"),
        ("2", "a", "a", "joy", "joy", "ben"),
        ("3", "b", "a", "joy-2", "joy", "ana"),
        ("4", "b", "a", "joy-2", "joy", "ben"),
    ]
    before = [story.ask(f"from roster.{kind}_lineage order by all") for kind in KINDS]
    story.ends_as_a_full_build_would()
    assert [story.ask(f"from roster.{kind}_lineage order by all") for kind in KINDS] == before


KINDS = ("student", "teacher", "staff", "contact", "section", "course", "term")

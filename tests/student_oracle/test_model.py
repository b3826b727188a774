"""The model itself, checked by hand on the smallest cases, so that what it says can be believed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from orchestration.lib.settings import PROJECT_ROOT

from .application import FUTURE, Line, new_application
from .classes import Class
from .edits import manual_edits
from .intervals import intervals
from .lineage import Lines
from .loads import NEWEST, Loads
from .model_mutants import MODELS
from .mutants import BY_NAME, SOURCE, Mutant
from .overlay import Overlay
from .past import Past, Row
from .people import are_unlike
from .progress import progress_tables

MONDAY = datetime(2026, 8, 17, 2)
MON, TUE, WED, THU = (MONDAY + timedelta(days=number) for number in range(4))
HOUR = timedelta(hours=1)
ANA: Row = {"id": "ana", "roles": {"student": {"grade": "7", "school": "elm"}}}
ADD: Row = {"id": "e1", "kind": "add_student", "user_id": "ana", "section_id": "x", "made_at": MON}


def test_equal_answers_that_follow_each_other_are_one_interval() -> None:
    answers = {MON: "a", TUE: "a", WED: None, THU: "b"}
    found = intervals(answers, answers.get)

    assert [(one.answer, one.valid_from, one.valid_to) for one in found] == [
        ("a", MON, WED),
        ("b", THU, None),
    ]


def looked_at(*days: tuple[list[str], list[str]]) -> Past:
    """Days of the one section's students, and of the users who are there."""
    past = Past()
    for at, (listed, users) in zip((MON, TUE, WED, THU), days, strict=False):
        section = {"id": "x", "students": listed, "teachers": []}
        there = {id_: {**ANA, "id": id_} for id_ in users}
        lists: dict[str, Any] = {"terms": {}, "courses": {}, "schools": {}}
        past.look("d", at, {**lists, "sections": {"x": section}, "users": there})
    return past


def edits_of(past: Past, *told: Row | None) -> list[tuple[Any, ...]]:
    """The versions of the edit that is told from Monday on, None where it is deleted."""
    for at, row in zip((MON, TUE, WED, THU), told, strict=False):
        past.tell("manual_edits", at, {"e1": row} if row else {})
    return [(row["problem"], row["valid_from"], row["valid_to"]) for row in manual_edits(past)]


@pytest.mark.parametrize(
    ("told", "held"),
    [
        ([ADD, ADD], [(MON, None)]),
        ([ADD, None], [(MON, TUE)]),
        ([ADD, None, ADD], [(MON, TUE), (WED, None)]),
        ([ADD, ADD | {"name": "other"}], [(MON, TUE), (TUE, None)]),
        ([ADD, ADD | {"withdrawn_at": MON + HOUR}], [(MON, MON + HOUR)]),
        ([ADD, ADD | {"withdrawn_at": THU}], [(MON, THU)]),
        ([ADD | {"withdrawn_at": THU}, ADD], [(MON, TUE), (TUE, None)]),
        ([ADD | {"made_at": WED}, ADD | {"made_at": WED, "name": "other"}], [(WED, None)]),
    ],
)
def test_versions_of_an_edit(told: list[Row | None], held: list[tuple[Any, ...]]) -> None:
    past = looked_at(([], ["ana"]))
    assert edits_of(past, *told) == [(None, *times) for times in held]


def test_an_edit_that_never_held_says_so() -> None:
    found = edits_of(looked_at(([], ["ana"])), ADD | {"withdrawn_at": MON - HOUR})
    assert found == [("it was withdrawn before it began", MON, MON - HOUR)]


def test_an_edit_is_absorbed_and_sleeps() -> None:
    """Ana is in the section on Tuesday, away on Wednesday, and back without it on Thursday."""
    past = looked_at(([], ["ana"]), (["ana"], ["ana"]), (["ana"], []), ([], ["ana"]))
    edits_of(past, ADD)
    rows = Overlay.of(past, manual_edits(past)).effective_enrollments()

    assert [(row["managed_by"], row["valid_from"], row["valid_to"]) for row in rows] == [
        ("application", MON, TUE),
        ("clever", TUE, WED),
        ("application", THU, None),
    ]


def test_progress_meets_the_roster_of_its_moment() -> None:
    past = looked_at((["ana"], ["ana"]), ([], ["ana"]))
    did = {"user_id": "ana", "kind": "content"}
    past.tell("progress", TUE, {"1": did | {"occurred_at": MON}, "2": did | {"occurred_at": TUE}})
    rows = progress_tables(past).matched

    assert [(row["section_id"], row["section_source"], row["grade"]) for row in rows] == [
        ("x", "enrolled", "7"),
        (None, "none", "7"),
    ]


def test_a_load_promises_what_the_cursor_tells_and_a_comparison_all() -> None:
    application, past, loads = new_application(("sqlite",), Random(1)), Past(), Loads()
    table = application.tables["accounts"]
    table.types["changed_at"] = "timestamp"
    new = [f"new{number}" for number in range(NEWEST)]
    ages = {"old": 9, **dict.fromkeys(new, 1)}
    table.rows = {id_: Line({"id": id_}, MON - HOUR * age) for id_, age in ages.items()}

    def read(at: datetime, *, asked: bool = False) -> tuple[str, set[str]]:
        found = loads.plan(application, table, past, at, asked)
        return found.read_as, found.hidden

    assert read(MON) == ("whole", set())
    assert read(TUE) == ("changes", {"old"})
    assert read(TUE, asked=True) == ("comparison", {"old"})
    table.rows["old"].at = None
    assert read(WED) == ("changes", set())
    for id_ in new:
        table.rows[id_].at = FUTURE
    assert read(THU) == ("comparison", set()), "no cursor is left that tells anything"
    table.called = "other_accounts"
    assert read(THU) == ("whole", set())


def lines_of(*days: dict[str, Row]) -> dict[str, tuple[str, str]]:
    """Whom each student follows, and the first of the line, after days of who is there."""
    past = Past()
    for at, users in zip((MON, TUE, WED, THU), days, strict=False):
        there = {id_: {"id": id_, **user} for id_, user in users.items()}
        past.look(
            "d", at, {"terms": {}, "courses": {}, "schools": {}, "sections": {}, "users": there}
        )
    rows = Lines.of(past).tables()["roster.student_lineage"]
    return {row["student_id"]: (row["predecessor_id"], row["lineage_id"]) for row in rows}


def numbered(first: str, last: str, dob: str | None = None, number: str = "1") -> Row:
    held = {"sis_id": number, "dob": dob}
    return {"name": {"first": first, "last": last}, "roles": {"student": held}}


def test_a_line_is_of_one_person_at_a_time() -> None:
    ana, other = numbered("Ana", "Lee", "3/4/2012"), numbered("Zoe", "Ng")

    assert lines_of({"a": ana}, {"b": ana}, {"c": ana}) == {"b": ("a", "a"), "c": ("b", "a")}
    assert lines_of({"a": ana}, {"b": ana}, {"b": ana, "c": ana}) == {"b": ("a", "a")}
    assert lines_of({"a": ana}, {"b": ana, "c": ana}) == {}
    assert lines_of({"a": ana}, {"b": other}) == {}
    assert lines_of({"a": ana}, {"b": numbered("Ana", "Lee", "3/5/2012")}) == {}
    assert lines_of({"a": ana}, {"b": numbered("Ana", "Ng")}) == {"b": ("a", "a")}


def test_a_corrected_number_makes_no_other_child_and_a_twin_is_one() -> None:
    ana, twin = numbered("Ana", "Lee", "3/4/2012"), numbered("Ben", "Lee", "3/4/2012")
    corrected = numbered("Ana", "Lee", "3/4/2012", number="2")

    assert lines_of({"a": ana}, {"b": corrected}) == {"b": ("a", "a")}
    assert lines_of({"a": ana}, {"a": ana, "b": corrected}, {"b": corrected}) == {}
    assert lines_of({"a": ana}, {"b": twin}) == {}
    assert lines_of({"a": ana, "z": corrected}, {"z": corrected}, {}, {"b": ana | {"x": 1}}) == {
        "b": ("a", "a")
    }, "the number, too, is more than the name and birthday"
    assert lines_of({"a": ana, "z": ana}, {"z": ana}, {}, {"b": ana}) == {}


@pytest.mark.parametrize(
    ("one", "other", "is_unlike"),
    [
        ("smith", "smyth", False),
        ("alex", "alexander", False),
        ("ana", "ben", True),
        ("robert", "bob", True),
    ],
)
def test_names_that_are_unlike(one: str, other: str, is_unlike: bool) -> None:
    assert are_unlike(one, other) is is_unlike


def test_a_class_is_the_same_by_more_than_half_of_its_students() -> None:
    fall = (date(2026, 8, 17), date(2026, 12, 18))
    spring = (date(2027, 1, 11), date(2027, 6, 4))
    mine = Class("elm", "algebra", "3", None, "fall", fall, {"a", "b", "c"})

    assert mine.agreed(replace(mine, students={"b", "c", "d"})) == (
        *("name", "period", "school", "students", "term"),
    )
    assert mine.agreed(replace(mine, students={"c", "d"})) is None
    assert mine.agreed(replace(mine, students=set())) is None
    assert mine.agreed(replace(mine, term="spring", days=spring)) is None
    assert mine.agreed(replace(mine, term="year", days=(fall[0], spring[1])))
    assert mine.agreed(replace(mine, course="m1")) is None


@pytest.mark.parametrize("mutant", (*SOURCE, *BY_NAME, *MODELS), ids=lambda mutant: mutant.name)
def test_every_guard_that_is_tried_is_still_there(mutant: Mutant) -> None:
    """What each mutation finds is for `mutations`; a guard that moved must move there, too."""
    assert (PROJECT_ROOT / mutant.file).read_text().count(mutant.guard) == 1

"""A list in a form nobody knows is no empty list: the one last known stays, the rest goes on."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from .world import Home, Record, World, counts, oid, school, section, student, user

_TWO = [oid(1), oid(2)]
_ODD = {
    "a text": "unknown",
    "an object": {"ids": _TWO},
    "a number": 7,
    "a list of objects": [{"id": one} for one in _TWO],
    "an entry that is no text": [oid(1), 7],
}
_NOBODY: dict[str, Any] = {"none": [], "null": None, "an empty text": "", "blanks": [None, ""]}


def _section(students: Any, teachers: Any, name: str = "Section 1") -> Record:
    return {**section(1, []), "students": students, "teachers": teachers, "name": name}


def _lists(home: Home) -> list[tuple[Any, ...]]:
    rows = home.sql(
        "select sync_id, change, payload from clever_raw.sections "
        "where payload is not null order by sync_id"
    )
    records = [(sync_id, change, json.loads(payload)) for sync_id, change, payload in rows]
    return [
        (sync_id, change, one.get("students"), one.get("teachers"), one["name"])
        for sync_id, change, one in records
    ]


def _drift(home: Home) -> list[tuple[Any, ...]]:
    return home.sql("select sync_id, path, kind, records from clever_raw.schema_drift order by all")


@pytest.mark.parametrize("odd", _ODD.values(), ids=_ODD.keys())
def test_the_known_lists_stay_and_the_form_is_told(world: World, home: Home, odd: Any) -> None:
    """What else changed is taken over; the same bytes make no version, with or without an index."""
    world.day(1, {"sections": [_section(_TWO, [oid(9)])]})
    world.day(2, {"sections": [_section(odd, odd)]})
    world.day(3, {"sections": [_section(odd, odd, "Art")]})
    world.day(4, {"sections": [_section(_TWO, [oid(9)], "Art")]})
    home.sync()

    assert counts(home.sync(day=2)) == {"unchanged": 1}
    assert _drift(home) == [(2, "students", "type", 1), (2, "teachers", "type", 1)]
    assert counts(home.sync(day=3)) == {"updated": 1}
    assert counts(home.sync(day=3)) == {"unchanged": 1}
    shutil.rmtree(home.folder / "index")
    assert counts(home.sync(day=3)) == {"unchanged": 1}
    assert counts(home.sync(day=4)) == {"unchanged": 1}
    assert _lists(home) == [
        (1, "created", _TWO, [oid(9)], "Section 1"),
        (3, "updated", _TWO, [oid(9)], "Art"),
    ]
    assert home.sql("from clever_raw.rejected_records") == []


@pytest.mark.parametrize("blank", _NOBODY.values(), ids=_NOBODY.keys())
def test_a_blank_list_is_nobody(world: World, home: Home, blank: Any) -> None:
    world.day(1, {"sections": [_section(_TWO, [oid(9)])]})
    world.day(2, {"sections": [_section(blank, blank)]})
    home.sync()

    assert counts(home.sync(day=2)) == {"updated": 1}
    assert _lists(home)[-1][2:4] == (None, None) and _drift(home) == []


def test_a_section_that_comes_back_has_the_list_last_known(world: World, home: Home) -> None:
    world.day(1, {"sections": [_section(_TWO, [])]})
    world.day(2, {"sections": []})
    world.day(3, {"sections": [_section("odd", [])]})
    for day in (1, 2, 3):
        home.sync(day=day)

    assert [row[1:3] for row in _lists(home)] == [("created", _TWO), ("restored", _TWO)]


def test_what_is_new_is_kept_and_its_odd_list_told(world: World, home: Home) -> None:
    odd = [{"id": oid(1)}]
    world.day(1, {"sections": [_section(odd, [])]})
    world.day(2, {"sections": [_section([{"id": oid(2)}], [])]})
    world.day(3, {"sections": [_section(_TWO, [])]})
    for day in (1, 2, 3):
        home.sync(day=day)

    assert _lists(home)[0][1:3] == ("created", odd)
    assert _lists(home)[-1][1:3] == ("updated", _TWO)
    assert _drift(home)[0] == (1, "students", "type", 1)


@pytest.mark.parametrize("odd", ["text", 7, {"a": 1}, [{"id": oid(1, "c")}]])
def test_so_do_the_lists_of_a_role(world: World, home: Home, odd: Any) -> None:
    related = [{"student": oid(1), "relationship": "Aunt"}]
    other = ["Aunt"] if isinstance(odd, list) else odd
    world.day(1, {"schools": [school()], "users": [student(1), user(2, contact=_contact(related))]})
    world.day(2, {"users": [student(1, schools=odd), user(2, contact=_contact(other))]})
    home.sync()

    assert counts(home.sync(day=2)) == {"unchanged": 3}
    assert _drift(home) == [
        (2, "roles.contact.student_relationships", "type", 1),
        (2, "roles.student.schools", "type", 1),
    ]


def _contact(relationships: Any) -> Record:
    return {"sis_id": "c", "student_relationships": relationships}

"""Roles in a form nobody knows are no roles lost: those last known stay, the rest goes on."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from .world import ELM, Home, Record, World, counts, oid, user

TEACHER = {"sis_id": "t1", "schools": [oid(1, "c")]}
STAFF = {"title": "Dean"}
NOTHING = object()

ODD = {
    "a list": ["teacher", "staff"],
    "a text": "teacher",
    "a number": 7,
    "not there": NOTHING,
    "null": None,
    "an empty text": "",
    "an empty map": {},
    "an empty list": [],
    "blanks in the roles' places": {"teacher": None, "staff": ""},
    "texts in the roles' places": {"teacher": "t1", "staff": ["Dean"]},
    "a role nobody knows alone": {"visitor": {"badge": "1"}},
}


def _with(roles: Any, first: str = "Ada") -> Record:
    record = user(1)
    record["name"] = {"first": first, "middle": "", "last": "Lee"}
    if roles is NOTHING:
        del record["roles"]
    else:
        record["roles"] = roles
    return record


def _days(world: World, *records: Record) -> None:
    for number, record in enumerate(records, 1):
        world.day(number, {"users": [record, user(2, contact={})]})


def _rows(home: Home) -> list[tuple[Any, ...]]:
    """The log of the one user: sync, change, first name, what is the teacher's role, the roles."""
    return [
        (sync_id, change, *_told(payload), roles)
        for sync_id, change, payload, roles in home.sql(
            f"select sync_id, change, payload, roles from clever_raw.users "
            f"where id = '{oid(1)}' order by sync_id"
        )
    ]


def _told(payload: str | None) -> tuple[Any, ...]:
    if payload is None:
        return None, None
    record = json.loads(payload)
    roles = record.get("roles")
    return record["name"]["first"], roles.get("teacher") if isinstance(roles, dict) else roles


def _drift(home: Home) -> list[tuple[Any, ...]]:
    return home.sql("select sync_id, path, kind, records from clever_raw.schema_drift order by all")


_BOTH = {"teacher": TEACHER, "staff": STAFF}
_FIRST = (1, "created", "Ada", TEACHER, "staff,teacher")


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_the_known_roles_stay_and_the_form_is_told(world: World, home: Home, odd: Any) -> None:
    """Once: the next day's same bytes are known, and so are they after the index is lost."""
    _days(world, _with(_BOTH), _with(odd), _with(odd), _with(_BOTH))
    home.sync()

    assert [counts(home.sync(day=day)) for day in (2, 3)] == _expected_counts(odd)
    told = _drift(home)
    shutil.rmtree(home.folder / "index")
    unchanged = counts(home.sync(day=3))

    assert unchanged == {"unchanged": 2}
    assert told and {sync_id for sync_id, *_ in told} == {2}
    assert all(path.startswith("roles") for _, path, _, _ in told)
    home.sync(day=4)
    assert {roles for *_, roles in _rows(home)} <= {"staff,teacher", "staff,teacher,visitor"}
    assert {teacher["sis_id"] for *_, teacher, _ in _rows(home)} == {"t1"}
    assert home.sql("from clever_raw.rejected_records") == []


def _expected_counts(odd: Any) -> list[dict[str, int]]:
    gains = isinstance(odd, dict) and "visitor" in odd
    first = {"updated": 1, "unchanged": 1} if gains else {"unchanged": 2}
    return [first, {"unchanged": 2}]


@pytest.mark.parametrize("odd", [["teacher"], NOTHING, {"teacher": None}])
def test_what_else_changed_is_taken_over(world: World, home: Home, odd: Any) -> None:
    _days(world, _with(_BOTH), _with(odd, "Eda"), _with(odd, "Eda"))
    home.sync()

    assert counts(home.sync(day=2)) == {"updated": 1, "unchanged": 1}
    assert counts(home.sync(day=3)) == {"unchanged": 2}
    assert _rows(home) == [_FIRST, (2, "updated", "Eda", TEACHER, "staff,teacher")]
    assert home.sql(
        "select object, created, updated, removed from clever_raw.turnover "
        f"where sync_id = 2 and district_id = '{ELM}' order by 1"
    ) == [("staff", 0, 1, 0), ("teachers", 0, 1, 0)]


def test_a_role_in_good_form_is_taken_over_beside_one_that_is_not(world: World, home: Home) -> None:
    """And one that is left out beside a known role is lost, as ever."""
    three = {**_BOTH, "district_admin": {}}
    _days(world, _with(three), _with({"teacher": {"sis_id": "t2"}, "staff": None}))
    home.sync()
    home.sync(day=2)

    assert _rows(home)[1:] == [(2, "updated", "Ada", {"sis_id": "t2"}, "staff,teacher")]
    assert _drift(home) == [(2, "roles.staff", "missing", 1)]


def test_a_role_left_out_beside_another_is_lost(world: World, home: Home) -> None:
    _days(world, _with(_BOTH), _with({"staff": {}}), _with({"staff": {}, "teacher": None}))
    home.sync()
    home.sync(day=2)

    assert _rows(home)[1:] == [(2, "updated", "Ada", None, "staff")]
    assert counts(home.sync(day=3)) == {"unchanged": 2}
    assert _drift(home) == [], "a blank in the place of a role that is not there is a blank"


def test_who_comes_back_with_odd_roles_has_those_last_known(world: World, home: Home) -> None:
    world.day(1, {"users": [_with(_BOTH)]})
    world.day(2, {"users": []})
    world.day(3, {"users": [_with("teacher", "Eda")]})
    world.day(4, {"users": [_with(_BOTH, "Eda")]})
    for day in (1, 2, 3, 4):
        home.sync(day=day)

    assert _rows(home) == [
        _FIRST,
        (2, "removed", None, None, None),
        (3, "restored", "Eda", TEACHER, "staff,teacher"),
    ]
    assert home.sql(
        "select object, created, removed from clever_raw.turnover "
        f"where sync_id = 3 and district_id = '{ELM}' order by 1"
    ) == [("staff", 1, 0), ("teachers", 1, 0)]


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_somebody_new_is_kept_without_roles_that_nobody_can_read(
    world: World, home: Home, odd: Any
) -> None:
    _days(world, _with(odd), _with(odd, "Eda"), _with(_BOTH, "Eda"))
    for day in (1, 2, 3):
        home.sync(day=day)

    visits = "visitor" if isinstance(odd, dict) and "visitor" in odd else None
    assert [(change, roles) for _, change, _, _, roles in _rows(home)] == [
        ("created", visits),
        ("updated", visits),
        ("updated", "staff,teacher"),
    ]


def test_other_data_at_a_time_already_committed_is_refused_with_odd_roles_too(
    world: World, home: Home
) -> None:
    _days(world, _with(_BOTH), _with([], "Eda"))
    home.sync()
    home.sandbox.set_day(2)

    home.load(home.walk(home.begin()))

    status, error = home.status(2)
    assert status == "failed" and "already committed" in (error or "")
    assert _rows(home) == [_FIRST]

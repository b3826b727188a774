"""What Clever never sent before is kept and told by its path, and re-versions nobody else."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import msgspec

from dlt_sources.clever.canonical import canonicaliser
from dlt_sources.clever.client import Row
from dlt_sources.clever.compare import Comparison
from dlt_sources.clever.drift import drift_finder
from dlt_sources.clever.index import Known
from dlt_sources.clever.objects import CLEVER_OBJECTS, CleverObject, Field
from dlt_sources.clever.spool import Changes

from .world import ELM, Home, World, counts, oid, student

_USERS = next(kind for kind in CLEVER_OBJECTS if kind.name == "users")
_SCHOOLS = next(kind for kind in CLEVER_OBJECTS if kind.name == "schools")


def _drift(kind: CleverObject, record: dict[str, Any]) -> list[tuple[str, str]]:
    canonical = canonicaliser(kind)(json.dumps({"id": oid(1), "district": ELM, **record}).encode())
    return sorted(drift_finder(kind)(canonical.payload))


def test_a_record_as_the_table_has_it_has_not_drifted() -> None:
    assert _drift(_USERS, student(1, ext={"anything": [1]}, dob="1/2/2015", location={})) == []


def test_each_new_path_is_told_with_what_is_new_about_it() -> None:
    record = student(1, nickname="A", grade=3, location={"planet": "Earth"}, ext="text")
    record["roles"]["coach"] = {"team": "x"}
    record["name"] = "Ada"

    assert _drift(_USERS, record) == [
        ("name", "type"),
        ("roles.coach", "field"),
        ("roles.student.ext", "type"),
        ("roles.student.grade", "type"),
        ("roles.student.location.planet", "field"),
        ("roles.student.nickname", "field"),
    ]
    assert _drift(_SCHOOLS, {"phone": {"home": "1"}, "mascot": "owl"}) == [
        ("mascot", "field"),
        ("phone", "type"),
    ]


def test_drift_is_logged_without_a_value_and_versions_only_whoever_has_it(
    world: World, home: Home
) -> None:
    world.day(2, {"users": [student(1, nickname="Al", grade=3), student(2), student(3)]})
    world.day(3, {"users": [student(1, nickname="Al", grade=3), student(2), student(3, grade="4")]})
    home.sync()

    assert counts(home.sync(day=2)) == {"updated": 1, "unchanged": 4}
    assert home.sql("from clever_raw.schema_drift order by path") == [
        (2, ELM, "users", "roles.student.grade", "type", 1),
        (2, ELM, "users", "roles.student.nickname", "field", 1),
    ]
    assert home.sql("select extra from clever_raw.users where sync_id = 2") == [
        ('{"student":{"nickname":"Al"}}',)
    ]
    assert counts(home.sync(day=3)) == {"updated": 1, "unchanged": 4}
    assert home.sql("select count(*) from clever_raw.schema_drift") == [(2,)]


def test_a_field_that_our_own_code_learns_makes_no_version() -> None:
    """Whether a field is known or not, a record's hash is the same."""
    roles = tuple(
        replace(role, fields=(*role.fields, Field("nickname", ("nickname",))))
        if role.singular == "student"
        else role
        for role in _USERS.roles
    )
    learned = replace(_USERS, roles=roles)
    records = [student(1, nickname="Al"), student(2)]
    before = _compared(_USERS, Known.nothing(), records)
    state = before.new_state()
    state.raw[:] = 0  # Whatever is known by its bytes would not even be read.

    after = _compared(learned, state, records)

    assert before.result().drift == {("roles.student.nickname", "field"): 1}
    assert (after.result().unchanged, after.result().rows) == (2, 0)
    assert list(drift_finder(learned)(canonicaliser(learned)(_row(records[0]).data).payload)) == []


def _compared(kind: CleverObject, known: Known, records: list[dict[str, Any]]) -> Comparison:
    changes: list[Changes] = []
    comparison = Comparison(kind, ELM, known, changes.append, lambda *_: None)
    comparison.page([_row(record) for record in records])
    comparison.finish()
    return comparison


def _row(record: dict[str, Any]) -> Row:
    return Row(msgspec.Raw(json.dumps(record).encode()), f"/v3.1/users/{record['id']}")

"""Who goes on under another ID: one at a time, and nobody becomes somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.dbt.dbt_warehouse import Record
from tests.dbt.story import Story, begun

MON = datetime(2026, 8, 17, 2)
Links = dict[str, tuple[str, str]]


def child(id_: str, name: str = "Ana Lee", dob: str | None = "3/4/2012", **more: Any) -> Record:
    first, _, last = name.partition(" ")
    held = {"sis_id": "TEMP", "dob": dob, **more}
    return {"id": id_, "name": {"first": first, "last": last}, "roles": {"student": held}}


@dataclass
class Case:
    """A district's days, each with the students (or terms) there; and who follows whom in the end.

    IDs begin with the district's, so that all cases are built at once.
    """

    days: list[list[Record]]
    expected: dict[str, tuple[str, str]] = field(default_factory=dict)
    table: str = "users"


def term(id_: str) -> Record:
    return {"id": id_, "name": "Fall", "start_date": "2026-08-17", "end_date": "2026-12-18"}


def course(id_: str, number: str | None = "A1") -> Record:
    return {"id": id_, "name": "Algebra", "number": number}


KINDERGARTNER = child("new", "Zoe Ng", "5/6/2020")
CASES = {
    "one who comes again": Case([[child("a")], [child("b")]], {"b": ("a", "a")}),
    "a chain": Case(
        [[child("a")], [child("b")], [child("c")]], {"b": ("a", "a"), "c": ("b", "a")}
    ),
    "a chain with days of absence": Case(
        [[child("a")], [], [child("b")], [], [child("c")]], {"b": ("a", "a"), "c": ("b", "a")}
    ),
    "two who come at once with the same number": Case([[child("a")], [child("b"), child("c")]]),
    "of two who come at once the one of whom more agrees": Case(
        [[child("a")], [child("b", "Ben Lee", None), child("c")]], {"c": ("a", "a")}
    ),
    "one who comes while the first is still there": Case(
        [[child("a")], [child("b")], [child("b"), child("c")]], {"b": ("a", "a")}
    ),
    "one who comes while the second of the line is there": Case(
        # d would follow a, of whose line c is there; with b's birthday it does not agree.
        [
            [child("a", dob=None)],
            [child("b", "Ana Ng")],
            [child("c", "Ana Ng")],
            [child("c", "Ana Ng"), child("d", dob="1/1/2010")],
        ],
        {"b": ("a", "a"), "c": ("b", "a")},
    ),
    "one whose follower is gone again": Case(
        [[child("a", dob=None)], [child("b")], [], [child("c", dob="1/1/2010")]],
        {"b": ("a", "a"), "c": ("a", "a")},
    ),
    "one whose follower is gone and comes back later": Case(
        [
            [child("a", dob=None)],
            [child("b")],
            [child("c", dob="1/1/2010")],
            [child("b"), child("c", dob="1/1/2010")],
        ],
        {"b": ("a", "a")},
    ),
    "one who is there again himself": Case([[child("a")], [child("b")], [child("a"), child("b")]]),
    "a kindergartner with a graduate's number": Case([[child("a", grade="12")], [KINDERGARTNER]]),
    "another birthday": Case([[child("a")], [child("b", dob="2012-04-03")]]),
    "both names differ, birthdays unknown": Case(
        [[child("a", dob=None)], [child("b", "Ben Ng", None)]]
    ),
    "both names differ, the same birthday": Case([[child("a")], [child("b", "Ben Ng")]]),
    "one name differs": Case([[child("a")], [child("b", "Ana Ng", None)]], {"b": ("a", "a")}),
    "names in capitals": Case([[child("a")], [child("b", "ANA LEE ")]], {"b": ("a", "a")}),
    "unknown names and birthday": Case([[child("a")], [child("b", "", None)]], {"b": ("a", "a")}),
    "a birthday that is no date": Case(
        [[child("a")], [child("b", dob="3/4/12")]], {"b": ("a", "a")}
    ),
    "another number": Case([[child("a")], [child("b", sis_id="7")]]),
    "no number": Case([[child("a", sis_id=None)], [child("b", sis_id=None)]]),
    "numbers are given anew afterwards": Case(
        [[child("a")], [child("b")], [child("b", sis_id="new 7")]], {"b": ("a", "a")}
    ),
    "another number before it came": Case(
        [[child("a", sis_id="7")], [child("a")], [child("b", sis_id="7")]]
    ),
    "the number goes before the student does": Case(
        [[child("a")], [child("a", sis_id=None)], [child("b")]], {"b": ("a", "a")}
    ),
    "both names change afterwards": Case(
        [[child("a")], [child("b")], [child("b", "Bea Ng")]], {"b": ("a", "a")}
    ),
    "the birthday becomes known and is another": Case(
        [[child("a")], [child("b", dob=None)], [child("b", dob="1/1/2010")]]
    ),
    "the birthday was mistyped at first": Case(
        [[child("a")], [child("b", dob="1/1/2010")], [child("b")]], {"b": ("a", "a")}
    ),
    "the better of two who had gone": Case(
        [
            [child("a"), child("z", "Ben Lee", None)],
            [child("z", "Ben Lee", None)],
            [],
            [child("b")],
        ],
        {"b": ("a", "a")},
    ),
    "two equally good ones who went at once": Case([[child("a"), child("z")], [], [child("b")]]),
    "siblings with one number both come again": Case(
        [
            [child("a"), child("z", "Ben Lee", None)],
            [],
            [child("b"), child("y", "Ben Lee", None)],
        ],
        {"b": ("a", "a"), "y": ("z", "z")},
    ),
    "two terms at once": Case([[term("a")], [term("b"), term("c")]], table="terms"),
    "a term and again": Case(
        [[term("a")], [term("b")], [term("c")]], {"b": ("a", "a"), "c": ("b", "a")}, "terms"
    ),
    "two courses at once": Case([[course("a")], [course("b"), course("c")]], table="courses"),
    "courses without numbers": Case(
        [[course("a", None)], [course("b", None)]], {"b": ("a", "a")}, "courses"
    ),
}  # fmt: skip
_NAMES = sorted(CASES)


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """All cases side by side in one warehouse: each is a district."""
    story = begun(tmp_path_factory.mktemp("lineage"))
    for number, name in enumerate(_NAMES):
        case = CASES[name]
        for day, shown in enumerate(case.days):
            records = [{**record, "id": f"{number}-{record['id']}"} for record in shown]
            # Somebody is always there, or the district would show nothing.
            records += [{"id": f"{number}-kim", "roles": {"teacher": {}}}] * (case.table == "users")
            at = MON + timedelta(days=day)
            story.warehouse.sync({case.table: records}, district=f"district {number}", at=at)
    story.day(MON + timedelta(days=30))
    yield story


def _found(story: Story, name: str) -> Links:
    number, case = _NAMES.index(name), CASES[name]
    kind = {"users": "student", "terms": "term", "courses": "course"}[case.table]
    rows = story.ask(
        f"select {kind}_id, predecessor_id, lineage_id from roster.{kind}_lineage "
        f"where district_id = 'district {number}'"
    )
    return {_short(id_): (_short(before), _short(first)) for id_, before, first in rows}


def _short(id_: str) -> str:
    return id_.partition("-")[2]


@pytest.mark.parametrize("name", _NAMES)
def test_who_follows_whom(lines: Story, name: str) -> None:
    assert _found(lines, name) == CASES[name].expected

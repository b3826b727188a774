"""The model of the log, checked by hand: whose an ID is, and what is taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from .changelog import ChangeLog, Entry, Reversal
from .contract import OBJECTS
from .limits import Rules
from .oracle import World

_DAYS = [datetime(2026, 8, 17, 2) + timedelta(days=n) for n in range(9)]


def _world(**names: str) -> World:
    users: dict[str, dict[str, Any]] = {
        id_: {"id": id_, "name": {"first": name}} for id_, name in names.items()
    }
    return {name: {} for name in OBJECTS} | {"users": users}


def _gains(entries: list[Entry]) -> dict[str, list[tuple[str, str]]]:
    return {each.district_id: [(id_, change) for _, id_, change in each.gain] for each in entries}


def test_an_id_is_the_firsts_and_of_two_at_once_the_smallers() -> None:
    home = ChangeLog()
    home.sync(1, _DAYS[0], {"b": _world(u="Ada")})
    gains = _gains(home.sync(2, _DAYS[1], {"a": _world(u="Eda", v="Al"), "b": _world(v="Bo")}))

    assert gains == {"a": [("v", "created")], "b": [("u", "removed")]}
    assert [sorted(entry.moment.rejected) for entry in home.entries[1:]] == [
        [("users", "u")],
        [("users", "v")],
    ]


def test_who_is_held_takes_nothing() -> None:
    home = ChangeLog(lambda id_: Rules() if id_ == "a" else None)
    home.sync(1, _DAYS[0], {"a": _world(**dict.fromkeys("xyz", "X"))})
    gone = {"schools": {id_: {"id": id_} for id_ in "xyz"}}
    home.sync(2, _DAYS[1], {"a": _world() | gone})

    entries = home.sync(3, _DAYS[2], {"a": _world(u="Ada"), "b": _world(u="Bo")})

    assert [entry.status for entry in entries] == ["held", "complete"]
    assert _gains(entries)["b"] == [("u", "created")]


def test_what_is_taken_back_is_forgotten_and_its_ids_are_free() -> None:
    home = ChangeLog()
    home.sync(1, _DAYS[0], {"a": _world(w="Wu"), "b": _world()})
    home.sync(2, _DAYS[1], {"a": _world(u="Ada"), "b": _world(u="Bo")})

    assert home.retract("a", 2) == [Reversal("users", 1, 1, 0, 0)]

    assert [list(moment.world["users"]) for moment in home.moments()["a"]] == [["w"]]
    assert home.entries[2] in home.retracted
    assert _gains(home.sync(3, _DAYS[2], {"b": _world(u="Bo")})) == {"b": [("u", "created")]}
    assert _gains(home.sync(4, _DAYS[3], {"a": _world(u="Ada", w="Al")})) == {
        "a": [("w", "updated")]
    }


def test_after_a_time_that_lies_ahead_nothing_counts_until_that_is_taken_back() -> None:
    home = ChangeLog()
    home.sync(1, _DAYS[5], {"a": _world(u="Ada")})
    assert [each.status for each in home.sync(2, _DAYS[1], {"a": _world()})] == ["failed"]

    home.retract("a", 1)

    assert [each.status for each in home.sync(3, _DAYS[2], {"a": _world()})] == ["complete"]
    assert home.moments() == {"a": [home.entries[-1].moment]}

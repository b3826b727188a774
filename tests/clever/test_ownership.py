"""A Clever ID belongs to the district that showed it first; another's record is rejected."""

from __future__ import annotations

import json
import re
from typing import Any

import duckdb
import pytest

from dlt_sources.clever import clever_pipeline
from dlt_sources.clever.changelog import open_warehouse
from dlt_sources.clever.limits import Limits, Rollover, read_setting
from dlt_sources.clever.retractions import take_back
from dlt_sources.sandbox import Fault

from .world import (
    ELM,
    OAK,
    Home,
    Lists,
    Record,
    World,
    counts,
    line,
    oid,
    school,
    section,
    student,
)

_SHARED = 7


def _term(number: int, district: str) -> Record:
    return {"id": oid(number, "f"), "district": district, "name": f"Term {number}"}


def _course(number: int, district: str) -> Record:
    return {"id": oid(number, "b"), "district": district, "name": f"Course {number}"}


def _all_of(district: str, number: int) -> dict[str, list[Record]]:
    """One record of every list."""
    return {
        "schools": [school(number, district)],
        "terms": [_term(number, district)],
        "courses": [_course(number, district)],
        "sections": [section(number, [number], district)],
        "users": [student(number, district)],
    }


def _both(*several: Lists) -> Lists:
    return {name: [record for lists in several for record in lists[name]] for name in several[0]}


def _rejected(home: Home, sync_id: int) -> list[tuple[Any, ...]]:
    return home.sql(
        "select district_id, object, id, reason from clever_raw.rejected_records "
        f"where sync_id = {sync_id} order by all"
    )


def _owners(home: Home, name: str = "users") -> list[tuple[Any, ...]]:
    return home.sql(f"select district_id, id, change from clever_raw.{name} order by all")


def test_every_kind_of_record_that_another_district_showed_before_is_rejected(
    world: World, home: Home
) -> None:
    world.day(1, _all_of(ELM, _SHARED), _all_of(OAK, 8))
    home.sync()
    world.day(2, oak=_both(_all_of(OAK, 8), _all_of(OAK, _SHARED)))

    result = home.sync(day=2)

    assert [(row[0], row[1], int(row[2][1:], 16)) for row in _rejected(home, 2)] == [
        (OAK, name, _SHARED) for name in ("courses", "schools", "sections", "terms", "users")
    ]
    assert all(f"belongs to district {ELM}" in row[3] for row in _rejected(home, 2))
    assert line(result, OAK).status == "complete"
    assert counts(result, OAK) == {"unchanged": 5}
    assert line(result, OAK).rejected == 5 and line(result, OAK).rows == 0
    assert counts(result, ELM) == {"unchanged": 5}


def test_it_is_told_every_day_and_changes_nothing(world: World, home: Home) -> None:
    world.day(1, {"users": [student(_SHARED)]}, {"users": [student(8, OAK)]})
    home.sync()
    world.day(2, oak={"users": [student(_SHARED, OAK), student(8, OAK)]})
    world.day(3, oak={"users": [student(_SHARED, OAK, grade="4"), student(8, OAK, grade="5")]})
    home.sync(day=2)

    result = home.sync(day=3)

    assert counts(result, OAK) == {"updated": 1}
    assert [row[:3] for row in _rejected(home, 3)] == [(OAK, "users", oid(_SHARED))]
    assert [row for row in _owners(home) if row[1] == oid(_SHARED)] == [
        (ELM, oid(_SHARED), "created")
    ]


def test_on_the_same_first_day_the_smaller_district_has_it(world: World, home: Home) -> None:
    world.day(1, {"users": [student(_SHARED)]}, {"users": [student(_SHARED, OAK), student(8, OAK)]})

    result = home.sync()

    assert _owners(home) == [(ELM, oid(_SHARED), "created"), (OAK, oid(8), "created")]
    assert [row[:3] for row in _rejected(home, 1)] == [(OAK, "users", oid(_SHARED))]
    assert line(result, OAK).objects[-1].turnover["students"].created == 1


def test_a_district_that_is_not_taken_over_takes_nothing(world: World, home: Home) -> None:
    """Elm cannot be read on the day on which both show the ID for the first time."""
    world.day(1, {"users": [student(_SHARED)]}, {"users": [student(_SHARED, OAK)]})
    world.day(2)
    home.sandbox.inject(Fault("status", path="/users", status=401, times=100, district=ELM))
    home.sync()
    home.sandbox.clear_faults()

    result = home.sync(day=2)

    assert [row[:2] for row in _owners(home)] == [(OAK, oid(_SHARED))]
    assert [row[:3] for row in _rejected(home, 2)] == [(ELM, "users", oid(_SHARED))]
    assert line(result).status == "complete"


def test_it_stays_the_firsts_when_that_shows_it_no_longer(world: World, home: Home) -> None:
    home.set(rollover=Rollover(windows=["01-01/12-31"]))
    world.day(1, {"users": [student(_SHARED), student(1)]}, {"users": []})
    home.sync()
    world.day(2, {"users": [student(1)]}, {"users": [student(_SHARED, OAK)]})

    home.sync(day=2)

    assert [row for row in _owners(home) if row[1] == oid(_SHARED)] == [
        (ELM, oid(_SHARED), "created"),
        (ELM, oid(_SHARED), "removed"),
    ]
    assert [row[:3] for row in _rejected(home, 2)] == [(OAK, "users", oid(_SHARED))]


@pytest.mark.parametrize("shown", [[], [_SHARED]], ids=["corrected", "still shown"])
def test_a_log_that_holds_such_a_pair_already_heals(
    world: World, home: Home, shown: list[int]
) -> None:
    """As an older version wrote it: both have the record; then Clever corrects it, or does not."""
    world.day(1, {"users": [student(_SHARED)]}, {"users": [student(8, OAK)]})
    home.sync()
    with duckdb.connect(str(home.folder / "warehouse.duckdb")) as connection:
        connection.execute(
            "insert into clever_raw.users select * replace (? as district_id) "
            "from clever_raw.users where id = ?",
            [OAK, oid(_SHARED)],
        )
    for file in (home.folder / "index").iterdir():
        file.unlink()
    world.day(2, oak={"users": [student(8, OAK), *(student(number, OAK) for number in shown)]})

    result = home.sync(day=2)

    assert line(result, OAK).status == "complete"
    assert line(result, OAK).rows == 0
    assert [row[:3] for row in _rejected(home, 2)] == [(OAK, "users", oid(n)) for n in shown]


def test_the_same_moment_again_is_the_same_with_another_districts_record_in_it(
    world: World, home: Home
) -> None:
    """What is rejected is no other data: a run that is repeated ends as it did before."""
    world.day(1, {"users": [student(_SHARED)]}, {"users": [student(8, OAK), student(_SHARED, OAK)]})
    home.sync()

    again = home.sync()

    assert line(again, OAK).status == "complete", line(again, OAK).error
    assert line(again, OAK).rejected == 1 and line(again, OAK).rows == 0


def test_what_another_districts_record_shows_that_nobody_knows_is_not_told(
    world: World, home: Home
) -> None:
    """It is rejected, every night anew: its fields are no news of the district."""
    foreign = {**student(_SHARED, OAK), "shoe_size": "38"}
    world.day(1, {"users": [student(_SHARED)]}, {"users": [student(8, OAK), foreign]})
    known = home.sync()
    again = home.sync(day=1)

    assert [line(result, OAK).rejected for result in (known, again)] == [1, 1]
    assert home.sql(f"select * from clever_raw.schema_drift where district_id = '{OAK}'") == []


def test_a_district_that_shows_only_anothers_records_is_held_and_no_approval_empties_it(
    world: World, home: Home
) -> None:
    students = [student(number) for number in range(20)]
    moved = [student(number, OAK) for number in range(20)]
    world.day(1, {"users": students}, {"users": []})
    world.day(2, {"users": []}, {"users": moved})
    home.set(rollover=Rollover(windows=[]))
    home.sync()

    for approved_by in (None, "somebody"):
        home.sync(day=2, approved_by=approved_by)

        status, error = home.status(
            home.sql("select max(sync_id) from clever_raw.syncs")[0][0], OAK
        )
        assert status == "held"
        assert f"retract --district {ELM} --since 1" in (error or "")
        assert "--approve-removals does not" in (error or "")
        assert "SOURCES__CLEVER__LIMITS" not in (error or ""), "there is no rest to let in"


def test_a_school_that_moves_is_not_let_in_by_wiping_the_district_it_left(
    world: World, home: Home
) -> None:
    """Twelve of twenty students move; the advice lets the rest in, and leaves Elm in peace."""
    home.set(rollover=Rollover(windows=[]))
    own = [student(number, OAK) for number in range(100, 120)]
    moved = [student(number, OAK) for number in range(12)]
    world.day(
        1,
        {"users": [student(number) for number in range(20)], "schools": [school()]},
        {"users": own},
    )
    stayed = [student(number) for number in range(12, 20)]
    world.day(2, {"users": stayed}, {"users": [*own, *moved, student(200, OAK)]})
    home.sync()

    home.sync(day=2)

    status, error = home.status(2, OAK)
    assert status == "held" and error is not None
    assert f"These IDs stay with district {ELM}, which showed them first" in error
    assert f"Only if {ELM} as a whole is the wrong one" in error
    advised = re.search(r"put (\{.*\}) into SOURCES__CLEVER__LIMITS", error)
    assert advised and json.loads(advised[1]) == {
        "districts": {OAK: {"objects": {"users": {"rejected": 0.37}}}}
    }
    home.set(limits=read_setting("limits", json.loads(advised[1]), Limits))

    result = home.sync(day=2)

    assert line(result, OAK).status == "complete"
    assert counts(result, OAK) == {"created": 1, "unchanged": 20}
    assert len(_rejected(home, 3)) == 12


def test_a_district_that_got_a_new_id_takes_the_place_of_the_old_one(
    world: World, home: Home
) -> None:
    world.day(1, {"users": [student(number) for number in range(20)]}, {"users": []})
    world.day(2, {"users": []}, {"users": [student(number, OAK) for number in range(20)]})
    home.set(rollover=Rollover(windows=[]))
    home.sync()
    home.sync(day=2)
    with open_warehouse(clever_pipeline(home.folder)) as client:
        take_back(
            client, home.folder, ELM, 1,
            kind="retracted", reason="a new ID", made_by="somebody", run_id="by hand",
        )  # fmt: skip

    assert counts(home.sync(day=2), OAK) == {"created": 20}
    assert _rejected(home, 3) == []

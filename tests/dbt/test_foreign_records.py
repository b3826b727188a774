"""A log that holds one ID in two districts: the first district's record counts, nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import duckdb
import pytest

from expectations.runner import run_suites
from orchestration.lib.dbt_runner import EVERYTHING, TABLES_AND_TESTS
from orchestration.lib.home import Home
from orchestration.lib.watermark import note_build, plan_build
from tests.dbt.building import built, opened, rows
from tests.dbt.dbt_warehouse import Record, Records, Warehouse

_SHARED = "5" * 24
_DAYS = [datetime(2026, 8, day, 2) for day in (17, 18, 19)]
#: As an older version wrote it: elm shows the ID on the first day, oak as well on the second.
_OBJECTS = ("schools", "terms", "courses", "sections", "users")


def _all(name: str, *, grade: str = "7") -> Records:
    record: Record = {"id": _SHARED, "name": name}
    people: Record = {
        "id": _SHARED,
        "name": {"first": name},
        "roles": {"student": {"grade": grade}},
    }
    return {**{item: [record] for item in _OBJECTS[:-1]}, "users": [people]}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("foreign") / "home")
    warehouse.sync(_all("Elm"), district="elm", at=_DAYS[0])
    warehouse.sync(_all("Oak"), district="oak", at=_DAYS[1])
    warehouse.sync(_all("Oak", grade="8"), district="oak", at=_DAYS[2])
    assert [result.name for result in built(warehouse, *EVERYTHING) if not result.ok] == []
    return warehouse


@pytest.fixture
def marts(warehouse: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened(warehouse.home) as connection:
        yield connection


@pytest.mark.parametrize("singular", ["school", "term", "course", "section", "user", "student"])
def test_the_firsts_record_alone_has_a_history(
    marts: duckdb.DuckDBPyConnection, singular: str
) -> None:
    found = marts.execute(
        f"select district_id, valid_from, valid_to from build.roster.{singular}_history"
    ).fetchall()

    assert found == [("elm", _DAYS[0], None)]


def test_they_are_told(marts: duckdb.DuckDBPyConnection) -> None:
    told = rows(marts, "select * from warehouse.staging.stg_clever__foreign_records order by 1")

    assert told == [
        {"object": name, "id": _SHARED, "district_id": "oak"} for name in sorted(_OBJECTS)
    ]


def test_no_suite_counts_them(warehouse: Warehouse) -> None:
    """Oak's syncs showed one record of each list, which is none of its own."""
    with warehouse.connect() as connection:
        for sync_id, district in ((1, "elm"), (2, "oak"), (3, "oak")):
            for name in _OBJECTS:
                connection.execute(
                    "insert into clever_raw.sync_counts (sync_id, district_id, object, seen) "
                    "values (?, ?, ?, 1)",
                    [sync_id, district, name],
                )

    results = {result.check: result for result in run_suites(warehouse.home, since=0)}

    assert results["as_many_are_present_as_clever_showed"].passed
    assert results["as_many_are_active_as_clever_showed"].passed


def test_once_the_firsts_syncs_are_taken_back_the_other_has_it(warehouse: Warehouse) -> None:
    home = Home(warehouse.home)
    note_build(home, 3)
    assert not plan_build(home).needed
    with warehouse.connect() as connection:
        connection.execute(
            "insert into clever_raw.retractions (retraction_id, district_id, kind, since_sync_id, "
            "until_sync_id) values (4, 'elm', 'retracted', 1, 1)"
        )

    assert plan_build(home).full
    results = built(warehouse, *(EVERYTHING if plan_build(home).full else TABLES_AND_TESTS))

    assert [result.name for result in results if not result.ok] == []
    with opened(warehouse.home) as connection:
        assert connection.execute(
            "select district_id, grade, valid_from from build.roster.student_history order by 3"
        ).fetchall() == [("oak", "7", _DAYS[1]), ("oak", "8", _DAYS[2])]

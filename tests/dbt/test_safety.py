"""What is told of holds, approvals, how districts stand, and what Clever never sent before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.lib.dbt_runner import EVERYTHING, TABLES_AND_TESTS
from tests.dbt.building import built, opened, rows
from tests.dbt.dbt_warehouse import DISTRICT, Record, Warehouse

MON, TUE, WED, THU, FRI = (datetime(2026, 8, day, 2) for day in (17, 18, 19, 20, 21))


def _student(name: str, **role: str) -> Record:
    return {"id": name, "roles": {"student": {"grade": "7", **role}}}


def _both(name: str) -> Record:
    return {"id": name, "roles": {"teacher": {}, "staff": {}}}


def _section(name: str) -> Record:
    return {"id": name, "students": []}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Mon complete, Tue and Wed held, Thu approved; Fri a rollover, in which a role is lost too."""
    home: Path = tmp_path_factory.mktemp("safety") / "home"
    warehouse = Warehouse(home)
    kim = {"id": "kim", "roles": {"teacher": {}}}
    sections = [_section("math"), _section("art")]
    warehouse.sync(
        {"users": [_student("ana"), _student("ben"), _both("kim")], "sections": sections}, at=MON
    )
    gone = {"object": "students", "present": 2, "created": 0, "updated": 0, "removed": 1}
    hit = {"limit_hit": "more than 10 % removed", "sample_ids": "ben"}
    for day in (TUE, WED):
        warehouse.sync({}, at=day, status="held")
        warehouse.note("turnover", **gone, **hit)
        warehouse.note("turnover", **gone | {"object": "teachers", "removed": 0, "updated": 1})
        warehouse.note("turnover", **gone | {"object": "terms"}, **hit, applied_as="rollover")
    warehouse.sync({"users": [_student("ana"), _both("kim")], "sections": sections}, at=THU)
    warehouse.note("turnover", **gone, **hit, applied_as="approved", approved_by="lee")
    warehouse.sync({"users": [_student("ana"), kim], "sections": [_section("math")]}, at=FRI)
    warehouse.note("turnover", **gone | {"object": "sections"}, applied_as="rollover")
    assert [result.name for result in built(warehouse, *EVERYTHING) if not result.ok] == []
    return home


@pytest.fixture
def marts(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened(home) as connection:
        yield connection


def test_a_held_sync_says_by_type_what_would_have_happened(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    found = marts.execute(
        "select sync_id, object, present, created, updated, removed, limit_hit, sample_ids "
        "from warehouse.ops.held_changes order by all"
    ).fetchall()

    of_a_day = [
        ("students", 2, 0, 0, 1, "more than 10 % removed", ["ben"]),
        ("teachers", 2, 0, 1, 0, None, None),
        ("terms", 2, 0, 0, 1, None, ["ben"]),
    ]
    assert found == [(sync_id, *line) for sync_id in (2, 3) for line in of_a_day]


def test_an_approval_says_who_when_and_how_much(marts: duckdb.DuckDBPyConnection) -> None:
    assert rows(marts, "select * exclude (approved_at) from warehouse.ops.approvals") == [
        {
            "sync_id": 4,
            "district_id": DISTRICT,
            "object": "students",
            "status": "complete",
            "present": 2,
            "created": 0,
            "updated": 0,
            "removed": 1,
            "limit_hit": "more than 10 % removed",
            "approved_by": "lee",
        }
    ]


@pytest.mark.parametrize(
    ("history", "key", "expected"),
    [
        ("student", "student_id", [("ben", "approved")]),
        ("user", "user_id", [("ben", "approved")]),
        ("staff", "staff_id", [("kim", "role_lost")]),
        ("section", "section_id", [("art", "rollover")]),
        ("teacher", "teacher_id", []),
    ],
)
def test_an_archived_version_says_why(
    marts: duckdb.DuckDBPyConnection, history: str, key: str, expected: list[tuple[str, str]]
) -> None:
    found = marts.execute(
        f"select {key}, archive_reason from build.roster.{history}_history "
        "where record_status = 'archived'"
    ).fetchall()
    others = marts.execute(
        f"select count(archive_reason) from build.roster.{history}_history "
        "where record_status = 'active'"
    ).fetchone()

    assert found == expected
    assert others == (0,)


def test_a_district_stands_as_its_newest_sync_ended_and_since_when(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    standing = (
        "select status, since, last_complete_at, last_sync_id from warehouse.ops.district_status"
    )

    assert marts.execute(standing).fetchall() == [("complete", THU, FRI, 5)]


def test_while_it_is_held_a_district_says_since_when(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "home")
    warehouse.sync({"users": [_student("ana")]}, at=MON)
    for day in (TUE, WED):
        warehouse.sync({}, at=day, status="held")
    built(warehouse, *EVERYTHING, "--select", "district_status")

    with opened(warehouse.home) as connection:
        standing = "select status, since, last_complete_at from warehouse.ops.district_status"
        assert connection.execute(standing).fetchall() == [("held", TUE, MON)]


def test_what_clever_never_sent_before_is_told_once_by_its_path(tmp_path: Path) -> None:
    """On Tuesday a field and a value are new; on Wednesday they are not any more."""
    warehouse = Warehouse(tmp_path / "home")
    warehouse.sync({"users": [_student("ana"), _student("ben")]}, at=MON)
    _expect_warning(warehouse, EVERYTHING, expected=False)
    new = _student("ana", gender="Q", nickname="Annie") | {"extra": {"student": {"nickname": "A"}}}
    warehouse.sync({"users": [new, _student("ben")]}, at=TUE)
    path = {"object": "users", "path": "roles.student.nickname", "kind": "field"}
    warehouse.note("schema_drift", **path, records=1)
    _expect_warning(warehouse, TABLES_AND_TESTS, expected=True)
    warehouse.sync({"users": [new, _student("ben", grade="8")]}, at=WED)
    _expect_warning(warehouse, TABLES_AND_TESTS, expected=False)

    with opened(warehouse.home) as connection:
        assert connection.execute(
            "select object, path, kind, first_seen_at, records from build.ops.schema_drift "
            "order by path"
        ).fetchall() == [
            ("users", "roles.student.gender", "value", TUE, 1),
            ("users", "roles.student.nickname", "field", TUE, 1),
        ]
        assert connection.execute(
            "select count(*) from build.roster.student_history where student_id = 'ben'"
        ).fetchone() == (2,)


def _expect_warning(warehouse: Warehouse, arguments: tuple[str, ...], *, expected: bool) -> None:
    results = built(warehouse, *arguments)
    assert [result.name for result in results if not result.ok] == []
    [status] = [result.status for result in results if "has_not_drifted" in result.unique_id]
    assert status == ("warn" if expected else "pass")
    with opened(warehouse.home) as connection:
        connection.execute("delete from build.ops.builds")
        connection.execute("insert into build.ops.builds values (?, '')", [warehouse.sync_id])

"""Staging: what Clever's JSON says, in typed columns, and only of syncs that were completed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dlt_sources.clever.objects import CLEVER_OBJECTS, COMMON_USER_FIELDS, Field, Record
from orchestration.lib.dbt_runner import EVERYTHING
from tests.dbt.building import Row, built, opened, rows
from tests.dbt.dbt_warehouse import DISTRICT, Warehouse
from tests.dbt.dbt_warehouse import Record as Raw

_STUDENT = {
    "id": "ana",
    "email": "núria.o'dell",
    "name": {"first": "7", "last": " O'Dell 🎓 "},
    "lms_status": {"synced_in_lms": False},
    "roles": {
        "student": {
            "sis_id": "0048",
            "graduation_year": 2031,
            "dob": "2/11/2007",
            "school": "a",
            "schools": ["a", "b"],
            "location": {"city": "Springfield", "zip": "00501"},
            "ext": {"locker": {"number": 7}},
            "disability": {"disability_code": "sld"},
            "preferred_name": {"first": "Nu"},
        }
    },
    "extra": {"user": {"nick": "x"}, "student": {"clubs": ["chess"]}},
}


def _born(id_: str, dob: str) -> Raw:
    return {"id": id_, "roles": {"student": {"dob": dob}}}


_RAW: dict[str, list[Raw]] = {
    "districts": [
        {"id": DISTRICT, "launch_date": "2026-08-01T00:00:00.000Z", "login_methods": ["a", "b"]}
    ],
    "terms": [
        {"id": "day", "start_date": "2026-08-17", "end_date": "2027-06-12T23:59:59.000Z"},
        {"id": "nonsense", "start_date": "soon", "end_date": "2026-02-30"},
    ],
    "sections": [{"id": "math", "teacher": "kim", "course": "m1", "students": ["ana", "ben"]}],
    "users": [
        _STUDENT,
        _born("iso", "2007-02-11"),
        _born("no such day", "2/29/2007"),
        _born("two digits", "2/11/07"),
        {"id": "kim", "roles": {"staff": {"staff_id": "4", "roles": ["x"]}, "teacher": {}}},
        {"id": "odd", "roles": {"student_teacher": {"sis_id": "1"}}},
    ],
}


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Two syncs were completed: all of the above; then without ana, kim no teacher any more."""
    home: Path = tmp_path_factory.mktemp("staging") / "home"
    warehouse = Warehouse(home)
    warehouse.sync(_RAW)
    warehouse.sync({}, status="held")
    kim = {"id": "kim", "roles": {"staff": {"staff_id": "4"}}}
    others = [user for user in _RAW["users"] if user["id"] not in ("ana", "kim")]
    warehouse.sync({**_RAW, "users": [kim, *others]})
    # Cautious: without tests that look beyond these models, too.
    only = ("--select", "path:models/staging", "--indirect-selection", "cautious")
    assert [result.name for result in built(warehouse, *EVERYTHING, *only) if not result.ok] == []
    with opened(home) as connection:
        yield connection


def _first(connection: duckdb.DuckDBPyConnection, view: str, id_: str) -> Row:
    key = connection.execute(f"describe warehouse.staging.stg_clever__{view}").fetchall()[0][0]
    found = rows(
        connection,
        f"from warehouse.staging.stg_clever__{view} where {key} = '{id_}' order by sync_id",
    )
    return found[0]


def _views() -> Iterator[tuple[Record, tuple[Field, ...]]]:
    for item in CLEVER_OBJECTS:
        yield item.record, item.record.fields
        for role in item.roles:
            yield role, (*COMMON_USER_FIELDS, *role.fields)


@pytest.mark.parametrize(
    ("record", "fields"), [pytest.param(*view, id=view[0].plural) for view in _views()]
)
def test_every_field_of_clevers_has_a_column_of_its_type(
    staged: duckdb.DuckDBPyConnection, record: Record, fields: tuple[Field, ...]
) -> None:
    view = f"warehouse.staging.stg_clever__{record.plural}"
    columns = dict(
        staged.execute(f"select column_name, column_type from (describe {view})").fetchall()
    )

    assert {field.column: columns.get(field.column) for field in fields} == {
        field.column: field.type for field in fields
    }


def test_strings_are_kept_as_they_came(staged: duckdb.DuckDBPyConnection) -> None:
    ana = _first(staged, "students", "ana")

    assert (ana["first_name"], ana["last_name"]) == ("7", " O'Dell 🎓 ")
    assert (ana["email"], ana["sis_id"], ana["location_zip"]) == ("núria.o'dell", "0048", "00501")
    assert ana["graduation_year"] == "2031"


def test_what_is_missing_is_null_and_what_is_false_is_false(
    staged: duckdb.DuckDBPyConnection,
) -> None:
    ana = _first(staged, "students", "ana")

    assert (ana["middle_name"], ana["grade"], ana["location_address"]) == (None, None, None)
    assert ana["lms_status_synced_in_lms"] is False


def test_nested_fields_are_flat_columns(staged: duckdb.DuckDBPyConnection) -> None:
    ana = _first(staged, "students", "ana")

    assert (ana["disability_disability_code"], ana["preferred_name_first"]) == ("sld", "Nu")
    assert ana["ext"] == '{"locker":{"number":7}}'


@pytest.mark.parametrize(
    ("id_", "dob", "raw"),
    [
        ("ana", date(2007, 2, 11), "2/11/2007"),
        ("iso", date(2007, 2, 11), "2007-02-11"),
        ("no such day", None, "2/29/2007"),
        ("two digits", None, "2/11/07"),
    ],
)
def test_a_birthday_is_a_date_and_as_it_came(
    staged: duckdb.DuckDBPyConnection, id_: str, dob: date | None, raw: str
) -> None:
    student = _first(staged, "students", id_)

    assert (student["dob"], student["dob_raw"]) == (dob, raw)


def test_dates_never_shift(staged: duckdb.DuckDBPyConnection) -> None:
    day, nonsense = _first(staged, "terms", "day"), _first(staged, "terms", "nonsense")

    assert (day["start_date"], day["end_date"]) == (date(2026, 8, 17), date(2027, 6, 12))
    assert (nonsense["start_date"], nonsense["end_date"]) == (None, None)
    assert _first(staged, "districts", DISTRICT)["launch_date"] == date(2026, 8, 1)


def test_unknown_fields_stand_with_the_record_they_belong_to(
    staged: duckdb.DuckDBPyConnection,
) -> None:
    assert _first(staged, "students", "ana")["extra"] == '{"clubs":["chess"]}'
    assert _first(staged, "users", "ana")["extra"] == '{"nick":"x"}'
    assert _first(staged, "users", "iso")["extra"] is None


def test_references_end_in_id(staged: duckdb.DuckDBPyConnection) -> None:
    math = _first(staged, "sections", "math")

    assert (math["primary_teacher_id"], math["course_id"]) == ("kim", "m1")
    assert math["students"] == ["ana", "ben"]


def test_the_districts_own_number_of_staff_is_not_the_clever_id(
    staged: duckdb.DuckDBPyConnection,
) -> None:
    kim = _first(staged, "staff", "kim")

    assert (kim["staff_id"], kim["staff_sis_id"], kim["roles"]) == ("kim", "4", ["x"])


def _log(connection: duckdb.DuckDBPyConnection, view: str, key: str) -> list[tuple[Any, ...]]:
    return connection.execute(
        f"select {key}, sync_id, change, is_present from warehouse.staging.stg_clever__{view} "
        f"where {key} in ('ana', 'kim', 'odd') order by all"
    ).fetchall()


def test_the_log_of_a_role_tells_who_has_it_and_who_has_it_no_more(
    staged: duckdb.DuckDBPyConnection,
) -> None:
    assert _log(staged, "teachers", "teacher_id") == [
        ("ana", 3, "removed", False),
        ("kim", 1, "created", True),
        ("kim", 3, "updated", False),
    ]


def test_a_role_is_known_by_its_whole_name(staged: duckdb.DuckDBPyConnection) -> None:
    assert "odd" not in [id_ for id_, *_ in _log(staged, "students", "student_id")]
    assert _first(staged, "users", "odd")["roles"] == ["student_teacher"]


def test_a_sync_that_was_held_shows_nothing(staged: duckdb.DuckDBPyConnection) -> None:
    assert {sync_id for _, sync_id, *_ in _log(staged, "users", "user_id")} == {1, 3}

"""Macros of the published file: the same instant for everybody, from the file they belong to."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

from dlt_sources.time_zones import TimeZones
from orchestration.lib.as_of import dated_macros
from orchestration.lib.home import Home
from orchestration.lib.macros import create_macros
from orchestration.lib.moments import create_moments
from orchestration.lib.published_file import publish
from tests.dbt.story import TUE
from tests.end_to_end.test_days import CONTRACT, MACROS

ZONES = ("UTC", "America/New_York", "Asia/Kolkata", "Pacific/Auckland")
#: Midnight of Tuesday in UTC: Ben comes two hours later. Elsewhere it is Monday, or Tuesday noon.
MIDNIGHT = datetime(2026, 8, 18)
#: Each is that moment, or (the second list) two hours later.
MIDNIGHTS = (
    "'2026-08-18'", "date '2026-08-18'", "timestamp '2026-08-18'", "'2026-08-18T00:00'",
    "'2026-08-18 00:00:00.000'", "'2026-08-18T00:00:00Z'", "'2026-08-18T00:00Z'",
    "'2026-08-18T05:30:00+05:30'", "'2026-08-17 20:00:00-04'", "'2026-08-17T20:00-0400'",
    "'2026-08-17 20:00:00 America/New_York'", "'2026-08-17 20:00 America/New_York'",
    "timestamptz '2026-08-18 00:00:00+00'", "timestamptz '2026-08-18 12:00:00+12'",
    "timestamp_ns '2026-08-18 00:00:00'", "timestamp_s '2026-08-18 00:00:00'",
)  # fmt: skip
LATER = ("timestamp '2026-08-18 02:00'", "'2026-08-18T02:00:00Z'", "'2026-08-17T22:00:00-04:00'")
_AUCKLAND = datetime(2026, 8, 18, 12, tzinfo=ZoneInfo("Pacific/Auckland"))
PARAMETERS = (MIDNIGHT, MIDNIGHT.replace(tzinfo=UTC), _AUCKLAND, date(2026, 8, 18), "2026-08-18")


#: What the macros read.
_HISTORIES = {
    *(name for name in CONTRACT if name.endswith("_history")),
    *(name for name in (f"roster.{macro}" for macro in MACROS) if name not in CONTRACT),
}
#: Every macro of the file, asked something.
CALLS = (
    *(f"{name}_as_of(now())" for name in sorted(MACROS)),
    *(f"{name}_on('2026-08-18')" for name in sorted(MACROS)),
    "class_list('x', '2026-08-18')",
    "teachers_of('ana', '2026-08-18')",
    "student_history_of('ana')",
    "changes_between('2026-08-17', now())",
)


@dataclass(frozen=True)
class Files:
    """Two published files: of Ana alone from Monday, Ben from Tuesday; and of Ana alone."""

    both: Path
    ana: Path


@pytest.fixture(scope="module")
def files(built_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("as_of")
    home = Home(shutil.copytree(built_home, folder / "home"))
    publish(home)
    both = shutil.copyfile(home.published, folder / "both.duckdb")
    with duckdb.connect(str(home.build)) as build:
        for table in ("student_history", "enrollment_history", "school_membership_history"):
            key = "user_id" if "member" in table else "student_id"
            build.execute(f"delete from roster.{table} where {key} = 'ben'")
    publish(home)
    return Files(both, home.published)


@pytest.fixture(params=ZONES)
def session(files: Files, request: pytest.FixtureRequest) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(files.both), read_only=True) as connection:
        connection.execute(f"set timezone = '{request.param}'")
        yield connection


def _answer(
    connection: duckdb.DuckDBPyConnection, macro: str, at: str, *parameters: Any
) -> list[Any]:
    query = f"select columns(c -> c like '%\\_id' escape '\\') from roster.{macro}_as_of({at})"
    return sorted(map(repr, connection.execute(query, [*parameters]).fetchall()))


@pytest.mark.parametrize("macro", sorted(MACROS))
def test_an_instant_is_that_instant_in_every_session(
    session: duckdb.DuckDBPyConnection, macro: str
) -> None:
    then, later = (_answer(session, macro, f"make_timestamp({at})") for at in _moments())

    assert {at: _answer(session, macro, at) for at in MIDNIGHTS} == dict.fromkeys(MIDNIGHTS, then)
    assert {at: _answer(session, macro, at) for at in LATER} == dict.fromkeys(LATER, later)
    assert [_answer(session, macro, "?", given) for given in PARAMETERS] == [then] * len(PARAMETERS)
    if macro in ("students", "enrollments", "effective_enrollments"):
        assert (len(then), len(later)) == (1, 2), "an hour off would show"


def _moments() -> Iterator[int]:
    for at in (MIDNIGHT, TUE):
        yield round(at.replace(tzinfo=UTC).timestamp() * 1_000_000)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("clock", ["now()", "current_timestamp", "get_current_timestamp()"])
def test_now_is_now(zone: str, clock: str) -> None:
    """Rows that begin and end a minute around now: an hour off would show in every zone."""
    now, minute = datetime.now(UTC).replace(tzinfo=None), timedelta(minutes=1)
    with duckdb.connect() as connection:
        connection.execute(
            "create schema roster; create schema intermediate; "
            "create table intermediate.local_days "
            "(time_zone varchar, calendar_day date, begins_at timestamp, ends_at timestamp)"
        )
        for history in _HISTORIES:
            connection.execute(
                f"create table {history} (record_status varchar, n int, "
                "valid_from timestamp, valid_to timestamp)"
            )
            for number, begin in enumerate((now - 2 * minute, now - minute, now + minute)):
                connection.execute(
                    f"insert into {history} values ('active', ?, ?, ?)",
                    [number, begin, begin + minute if number == 0 else None],
                )
        moments = create_moments(connection, "stamp", TimeZones())
        create_macros(connection, [each for each in dated_macros(moments) if "as_of" in each.name])
        connection.execute(f"set timezone = '{zone}'")
        for macro in sorted(MACROS):
            found = connection.execute(f"select n from roster.{macro}_as_of({clock})").fetchall()
            assert found == [(1,)], macro


def test_a_time_that_is_none_says_what_is_expected(files: Files) -> None:
    with (
        duckdb.connect(str(files.both), read_only=True) as connection,
        pytest.raises(duckdb.InvalidInputException, match="last week is no time; write one in UTC"),
    ):
        connection.execute("from roster.students_as_of('last week')").fetchall()


# --- two files at once ---------------------------------------------------------------------------


@pytest.fixture
def attached(files: Files) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{files.both}' as both_of_them (read_only)")
        connection.execute(f"attach '{files.ana}' as ana_alone (read_only)")
        yield connection


@pytest.mark.parametrize(
    ("used", "other", "own"), [("both_of_them", "ana_alone", 2), ("ana_alone", "both_of_them", 1)]
)
def test_a_macro_answers_from_its_own_file_or_says_what_to_do(
    attached: duckdb.DuckDBPyConnection, used: str, other: str, own: int
) -> None:
    attached.execute(f"use {used}")
    count = "select count(*) from {}roster.students_as_of(now())"
    today = "select count(*) from {}roster.students_on(current_date)"

    for asked in (count, today):
        assert attached.execute(asked.format("")).fetchone() == (own,)
        assert attached.execute(asked.format(f"{used}.")).fetchone() == (own,)
    for call in CALLS:
        with pytest.raises(duckdb.CatalogException, match="use the database of this macro first"):
            attached.execute(f"from {other}.roster.{call}")


def test_a_macro_does_not_answer_from_a_database_that_is_not_its_own(
    attached: duckdb.DuckDBPyConnection,
) -> None:
    """It says what to do there, also if an analyst keeps a table of the same name."""
    for call in CALLS:
        with pytest.raises(duckdb.CatalogException, match="use the database of this macro first"):
            attached.execute(f"from both_of_them.roster.{call}")
    attached.execute(
        "create schema roster; create table roster.student_history as "
        "from ana_alone.roster.student_history"
    )
    with pytest.raises(duckdb.CatalogException, match="use the database of this macro first"):
        attached.execute("from both_of_them.roster.students_as_of(now())")


@pytest.mark.parametrize("used", ["memory", "both_of_them", "ana_alone"])
def test_views_answer_from_their_own_file_whatever_is_in_use(
    files: Files, attached: duckdb.DuckDBPyConnection, used: str
) -> None:
    attached.execute(f"use {used}")
    for name, file in (("both_of_them", files.both), ("ana_alone", files.ana)):
        with duckdb.connect(str(file), read_only=True) as alone:
            views = alone.execute(
                "select schema_name || '.' || view_name from duckdb_views() where not internal"
            ).fetchall()
            assert len(views) > 20
            for (view,) in views:
                expected = alone.execute(f"from {view} order by all").fetchall()
                found = attached.execute(f"from {name}.{view} order by all").fetchall()
                assert found == expected, view

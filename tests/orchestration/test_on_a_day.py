"""Days are local: `_on(date)` is the roster as a day ended where the district is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlt_sources.time_zones import FIRST_DAY, LAST_DAY, time_zones
from orchestration.lib.as_of import dated_macros
from orchestration.lib.dbt_runner import EVERYTHING
from orchestration.lib.home import Home
from orchestration.lib.macros import create_macros
from orchestration.lib.moments import create_moments
from orchestration.report.figures import LINES, steps_of
from tests.dbt.building import built
from tests.dbt.dbt_warehouse import Warehouse

#: A district in each: whole and odd hours, either side of the date line, days of 23, 23.5, 24.5 and
#: 25 hours, midnights that do not exist or are there twice, a day that never was.
ZONES = (
    "America/Chicago", "America/New_York", "America/Santiago", "America/St_Johns", "Africa/Cairo",
    "Asia/Kathmandu", "Asia/Beirut", "Australia/Lord_Howe", "Europe/London", "Pacific/Apia",
    "Pacific/Kiritimati", "America/Havana", "Africa/Casablanca", "Antarctica/Troll",
)  # fmt: skip
DEFAULT = "Asia/Kolkata"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(scope="module")
def settings() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROLLBOOK_TIME_ZONE", DEFAULT)
        patch.setenv("ROLLBOOK_TIME_ZONES", json.dumps({zone: zone for zone in ZONES}))
        yield


@pytest.fixture(scope="module")
def file(
    settings: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The days of a home whose districts are called like their zones, and macros on a history."""
    home = Home(tmp_path_factory.mktemp("zones"))
    chosen = ("--select", "local_days", "every_local_day_is_there_once")
    results = built(Warehouse(home.root), *EVERYTHING, *chosen)
    assert all(result.ok for result in results)
    assert "every_local_day_is_there_once" in {result.name for result in results}
    with duckdb.connect() as connection:
        connection.execute(f"attach '{home.build}' as build (read_only)")
        connection.execute(
            "create schema roster; create schema intermediate; "
            "create table intermediate.local_days as from build.intermediate.local_days; "
            "create table roster.enrollment_history (district_id varchar, section_id varchar, "
            "student_id varchar, valid_from timestamp, valid_to timestamp, is_current boolean)"
        )
        connection.execute("detach build")
        moments = create_moments(connection, "stamp", time_zones())
        named = ("roster.enrollments_on(date)", "roster.enrollments_as_of(t)")
        macros = [each for each in dated_macros(moments) if each.name in named]
        assert len(macros) == len(named)
        create_macros(connection, macros)
        yield connection


# --- what a day is, in plain Python --------------------------------------------------------------


def local(moment: datetime, zone: str) -> datetime:
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def day_of(moment: datetime, zone: str) -> date:
    """The latest day that clocks have shown: put back over midnight they show an old one again."""
    return max(local(moment - timedelta(minutes=back), zone).date() for back in range(121))


def end_of(day: date, zone: str) -> datetime:
    """The first second (UTC) of a later day, found by trying."""
    early = datetime.combine(day, datetime.min.time()) - 2 * DAY
    first, last = 0, round(5 * DAY / timedelta(seconds=1))
    while first < last:
        middle = (first + last) // 2
        if day_of(early + timedelta(seconds=middle), zone) > day:
            last = middle
        else:
            first = middle + 1
    return early + timedelta(seconds=first)


# --- every day, and the odd ones -----------------------------------------------------------------


@pytest.mark.parametrize("zone", [*ZONES, DEFAULT])
def test_days_follow_one_another_without_a_gap(file: duckdb.DuckDBPyConnection, zone: str) -> None:
    days = file.execute(
        "select calendar_day, begins_at, ends_at from intermediate.local_days "
        "where time_zone = ? order by calendar_day",
        [zone],
    ).fetchall()

    assert [day for day, _, _ in days] == [
        FIRST_DAY + number * DAY for number in range((LAST_DAY - FIRST_DAY).days + 1)
    ]
    assert all(end == begin for (_, _, end), (_, begin, _) in pairwise(days))
    for day, begin, end in days:
        if begin < end:
            assert local(begin, zone).date() == day, f"{day} begins too early or too late"
            assert local(begin - timedelta(seconds=1), zone).date() < day
            assert 22 * HOUR <= end - begin <= 26 * HOUR


@pytest.mark.parametrize(
    ("zone", "day", "begins_at", "hours"),
    [
        ("America/Chicago", "2026-03-08", "2026-03-08 06:00", 23.0),
        ("America/Chicago", "2026-11-01", "2026-11-01 05:00", 25.0),
        ("Australia/Lord_Howe", "2026-10-04", "2026-10-03 13:30", 23.5),
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-04 13:00", 24.5),
        # Midnight does not exist: the day begins at one o'clock.
        ("America/Santiago", "2026-09-06", "2026-09-06 04:00", 23.0),
        ("Africa/Cairo", "2026-04-24", "2026-04-23 22:00", 23.0),
        ("Asia/Kathmandu", "2026-08-17", "2026-08-16 18:15", 24.0),
        # It never was.
        ("Pacific/Apia", "2011-12-30", "2011-12-30 10:00", 0.0),
        ("Pacific/Apia", "2011-12-31", "2011-12-30 10:00", 24.0),
        # Clocks went back from 00:01 to 23:01: the new day had begun.
        ("America/St_Johns", "2010-11-07", "2010-11-07 02:30", 25.0),
        # The hour from midnight on is there twice.
        ("America/Havana", "2026-11-01", "2026-11-01 04:00", 25.0),
    ],
)
def test_a_day_is_as_long_as_clocks_say(
    file: duckdb.DuckDBPyConnection, zone: str, day: str, begins_at: str, hours: float
) -> None:
    [(begin, end)] = file.execute(
        "select begins_at, ends_at from intermediate.local_days "
        "where time_zone = ? and calendar_day = ?",
        [zone, day],
    ).fetchall()

    assert begin == datetime.fromisoformat(begins_at)
    assert (end - begin) / HOUR == hours


# --- any day -------------------------------------------------------------------------------------

_ODD_MOMENTS = [
    datetime(2026, 3, 8, 6), datetime(2026, 11, 1, 5), datetime(2026, 9, 6, 4),
    datetime(2026, 4, 5, 3), datetime(2026, 4, 23, 22), datetime(2026, 10, 29, 21),
    datetime(2011, 12, 30, 10), datetime(2010, 11, 7, 2, 31), datetime(2026, 10, 3, 15, 30),
]  # fmt: skip
_NEAR = st.integers(-3 * 86_400, 3 * 86_400).map(lambda seconds: timedelta(seconds=seconds))
_MOMENTS = st.one_of(
    st.datetimes(datetime(1972, 1, 1), datetime(2099, 12, 1)).map(
        lambda moment: moment.replace(microsecond=0)
    ),
    st.builds(lambda odd, near: odd + near, st.sampled_from(_ODD_MOMENTS), _NEAR),
)


@given(zone=st.sampled_from(ZONES), moment=_MOMENTS)
def test_the_day_of_a_moment_is_the_one_that_clocks_show(
    file: duckdb.DuckDBPyConnection, zone: str, moment: datetime
) -> None:
    found = file.execute("select intermediate.local_day(?, ?)", [zone, moment]).fetchone()

    assert found == (day_of(moment, zone),)


@given(
    zone=st.sampled_from([*ZONES, "another district"]),
    day=_MOMENTS.map(datetime.date),
    changes=st.lists(st.one_of(_NEAR, st.sampled_from([timedelta(0)])), min_size=1, max_size=6),
)
def test_on_a_day_is_what_stood_when_it_was_over(
    file: duckdb.DuckDBPyConnection, zone: str, day: date, changes: list[timedelta]
) -> None:
    """Students take turns in a section around the end of the day, and at the end itself."""
    end = end_of(day, DEFAULT if zone == "another district" else zone)
    moments = sorted({end + change for change in changes})
    file.execute("delete from roster.enrollment_history")
    for number, (begin, stop) in enumerate(zip(moments, [*moments[1:], None], strict=True)):
        file.execute(
            "insert into roster.enrollment_history values (?, 'x', ?, ?, ?, ?)",
            [zone, str(number), begin, stop, stop is None],
        )

    there = file.execute("select student_id from roster.enrollments_on(?)", [day]).fetchall()

    before = [str(number) for number, moment in enumerate(moments) if moment < end]
    assert [student for (student,) in there] == before[-1:]
    instant = end - timedelta(microseconds=1)
    assert (
        there
        == file.execute("select student_id from roster.enrollments_as_of(?)", [instant]).fetchall()
    ), "the last moment of the day"


def test_each_row_is_asked_of_the_day_of_its_district(file: duckdb.DuckDBPyConnection) -> None:
    """Who came at 02:00 UTC on Tuesday came on Monday in Chicago, on Tuesday in Kolkata."""
    tuesday = datetime(2026, 8, 18, 2)
    file.execute("delete from roster.enrollment_history")
    for district in ("America/Chicago", "another district"):
        file.execute(
            "insert into roster.enrollment_history values (?, 'x', 'ana', ?, null, true)",
            [district, tuesday],
        )

    def there(day: str) -> list[str]:
        found = file.execute(f"select district_id from roster.enrollments_on('{day}') order by 1")
        return [district for (district,) in found.fetchall()]

    assert there("2026-08-16") == []
    assert there("2026-08-17") == ["America/Chicago"]
    assert there("2026-08-18") == ["America/Chicago", "another district"]
    assert there("1066-10-14") == []
    assert there("9999-12-31") == ["America/Chicago", "another district"]


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"])
def test_a_day_is_that_day_in_every_session(file: duckdb.DuckDBPyConnection, zone: str) -> None:
    file.execute("delete from roster.enrollment_history")
    file.execute(
        "insert into roster.enrollment_history values "
        "('America/Chicago', 'x', 'ana', '2026-08-18 04:59:59', '2026-08-19 05:00', false)"
    )
    file.execute(f"set timezone = '{zone}'")
    try:
        for asked in ("'{}'", "date '{}'", "timestamp '{}'"):
            there = {
                day: len(
                    file.execute(f"from roster.enrollments_on({asked.format(day)})").fetchall()
                )
                for day in ("2026-08-16", "2026-08-17", "2026-08-18", "2026-08-19")
            }
            assert [*there.values()] == [0, 1, 1, 0], asked
    finally:
        file.execute("reset timezone")


@pytest.mark.parametrize(
    "day",
    ["'last week'", "'2026-02-30'", "'2026-8-1'", "''", "null", "now()", "5", "'2026-08-17 12:00'",
     "timestamptz '2026-08-17 00:00:00+00'", "timestamp '2026-08-17 12:00'", "'08/17/2026'"],
)  # fmt: skip
def test_what_is_no_day_is_an_error_that_says_so(file: duckdb.DuckDBPyConnection, day: str) -> None:
    with pytest.raises(duckdb.InvalidInputException, match="is no day; write one such as 2026-10"):
        file.execute(f"from roster.enrollments_on({day})")


@pytest.mark.parametrize("macro", ["enrollments_on", "enrollments_as_of"])
def test_a_condition_on_a_key_is_asked_where_the_table_is_read(
    file: duckdb.DuckDBPyConnection, macro: str
) -> None:
    """Of a table that is sorted by it, all else is skipped then."""
    file.execute("delete from roster.enrollment_history")
    file.execute(
        "insert into roster.enrollment_history select 'd', 'x' || i, 'ana', "
        "timestamp '2026-08-01' + interval (i) hour, null, true from range(1000) as t(i)"
    )

    [(_, plan)] = file.execute(
        f"explain (format json) select * from roster.{macro}('2026-08-17') where section_id = 'x5'"
    ).fetchall()

    scans = [scan for scan in _scans(json.loads(plan)) if "enrollment_history" in str(scan)]
    assert ["section_id='x5'" in str(scan.get("Filters")) for scan in scans] == [True]


def _scans(nodes: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for node in nodes:
        if "SCAN" in node["name"]:
            yield node["extra_info"]
        yield from _scans(node["children"])


@pytest.mark.usefixtures("settings")
def test_the_zones_are_those_of_the_settings() -> None:
    assert time_zones().of("another district").key == DEFAULT
    assert time_zones().of("Pacific/Apia").key == "Pacific/Apia"


# --- the report's lines --------------------------------------------------------------------------


def test_the_report_counts_what_the_roster_was_at_the_end_of_each_day(
    file: duckdb.DuckDBPyConnection,
) -> None:
    """Every three hours of five days, in which clocks change somewhere, one comes or goes."""
    first, last = datetime(2026, 10, 30), datetime(2026, 11, 4)
    moments = [first + 3 * HOUR * number for number in range(40)]
    rows = [
        (zone, f"s{number}", begin, None if number % 3 else moments[-1 - number // 2])
        for zone in ZONES
        for number, begin in enumerate(moments[:20])
    ]
    file.execute("delete from roster.enrollment_history")
    file.executemany(
        "insert into roster.enrollment_history (district_id, student_id, valid_from, valid_to) "
        "values (?, ?, ?, ?)",
        rows,
    )
    steps: dict[str, list[tuple[date, int]]] = {}
    counting = steps_of({"enrollments": LINES["enrollments"]})
    for zone, _, changed, step in file.execute(counting).fetchall():
        steps.setdefault(zone, []).append((changed, step))

    days = [first.date() + number * DAY for number in range(-1, 7)]
    counted = [
        dict(
            file.execute(
                "select district_id, count(*) from roster.enrollments_on(?) group by 1", [day]
            ).fetchall()
        )
        for day in days
    ]
    for zone in ZONES:
        drawn = {day: sum(step for changed, step in steps[zone] if changed <= day) for day in days}
        assert drawn == {
            day: counts.get(zone, 0) for day, counts in zip(days, counted, strict=True)
        }
    assert counted[0] and last.date() in days
    file.execute("delete from roster.enrollment_history")

"""A district that was not synced for too long is seen; one that is paused alarms nobody."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from dlt_sources.errors import ConfigurationError
from orchestration.defs.freshness import every_district_is_fresh
from orchestration.lib.freshness import freshness, hours_of, is_stale
from orchestration.lib.home import Home
from orchestration.lib.settings import fresh_hours

_NOW = datetime(2020, 9, 2, 2, 0)


def _home(folder: Path, districts: list[tuple[str, float | None, str]]) -> Home:
    """A home with these districts: the id, hours since the last complete sync, Clever's state."""
    home = Home(folder)
    with duckdb.connect(str(home.published)) as roster:
        roster.execute("create schema ops")
        roster.execute(
            "create table ops.district_status "
            "(district_id varchar, last_complete_at timestamp, clever_state varchar, "
            "retired_at timestamp)"
        )
        for district, hours, state in districts:
            moment = None if hours is None else _NOW - timedelta(hours=hours)
            roster.execute("insert into ops.district_status values (?, ?, ?, null)",
                           [district, moment, state])  # fmt: skip
    return home


def _stale(home: Home) -> list[str]:
    return [each.district_id for each in freshness(home, _NOW) if each.stale]


def test_a_night_of_25_hours_and_a_long_run_make_nothing_stale(tmp_path: Path) -> None:
    assert _stale(_home(tmp_path, [("d1", 24, "success"), ("d2", 27.9, "success")])) == []


@pytest.mark.parametrize("hours", [-0.2, -35_931])
def test_a_roster_from_the_future_is_stale(hours: float, tmp_path: Path) -> None:
    assert _stale(_home(tmp_path, [("d1", hours, "success"), ("d2", -0.01, "success")])) == ["d1"]


def test_a_retired_district_alarms_nobody(tmp_path: Path) -> None:
    home = _home(tmp_path, [("d1", 300, "success"), ("d2", 300, "success")])
    with duckdb.connect(str(home.published)) as roster:
        roster.execute("update ops.district_status set retired_at = now() where district_id = 'd1'")

    assert _stale(home) == ["d2"]


def test_a_missing_day_is_seen(tmp_path: Path) -> None:
    assert _stale(_home(tmp_path, [("d1", 28.2, "success"), ("d2", 1, "")])) == ["d1"]


def test_a_district_that_was_never_complete_is_stale(tmp_path: Path) -> None:
    assert _stale(_home(tmp_path, [("d1", None, "")])) == ["d1"]


def test_a_paused_district_alarms_nobody(tmp_path: Path) -> None:
    assert _stale(_home(tmp_path, [("d1", 300, "paused"), ("d2", None, "paused")])) == []


def test_the_limit_is_a_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = _home(tmp_path, [("d1", 30, "success")])
    monkeypatch.setenv("ROLLBOOK_FRESH_HOURS", "36")

    assert _stale(home) == []


@pytest.mark.parametrize("text", ["0", "-1", "a day", "nan", "inf"])
def test_a_limit_that_is_none_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLBOOK_FRESH_HOURS", text)

    with pytest.raises(ConfigurationError, match="ROLLBOOK_FRESH_HOURS"):
        fresh_hours()


def test_the_check_names_the_district(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _home(tmp_path, [("d1", 1, "success")])
    monkeypatch.setenv("ROLLBOOK_HOME", str(tmp_path))

    result = every_district_is_fresh()

    assert isinstance(result, dg.AssetCheckResult)
    assert not result.passed  # by the clock, that sync is long ago
    assert result.metadata["stale_districts"].value == ["d1"]


def test_without_any_sync_nothing_is_stale(tmp_path: Path) -> None:
    assert freshness(Home(tmp_path), _NOW) == []


@pytest.mark.parametrize(
    ("zone", "last", "now", "hours"),
    [
        ("America/Chicago", "2026-10-31 07:00", "2026-11-01 08:00", 24.0),
        ("America/Chicago", "2026-03-07 09:00", "2026-03-08 08:00", 24.0),
        ("UTC", "2026-10-31 07:00", "2026-11-01 08:00", 25.0),
        # Within the hour that is there twice clocks go back: nothing is younger than it was.
        ("America/Chicago", "2026-11-01 06:45", "2026-11-01 07:15", 0.0),
        ("America/Chicago", "2026-11-01 07:15", "2026-11-01 06:45", -0.5),
    ],
)
def test_a_roster_ages_by_the_clocks_of_its_district(
    zone: str, last: str, now: str, hours: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROLLBOOK_TIME_ZONE", "Asia/Kathmandu")
    monkeypatch.setenv("ROLLBOOK_TIME_ZONES", json.dumps({"d1": zone}))

    assert hours_of("d1", datetime.fromisoformat(last), datetime.fromisoformat(now)) == hours


def test_a_night_that_is_an_hour_longer_is_one_night(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that begins at two and takes three and a half hours, from one night to the next."""
    monkeypatch.setenv("ROLLBOOK_TIME_ZONE", "America/Chicago")
    last, now = datetime(2026, 10, 31, 7), datetime(2026, 11, 1, 11, 30)

    assert not is_stale("d1", last, now)
    monkeypatch.setenv("ROLLBOOK_TIME_ZONE", "UTC")
    assert is_stale("d1", last, now)

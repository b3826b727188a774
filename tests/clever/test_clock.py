"""Time that is wrong: refused before anything is taken over, and never for other districts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlt_sources.clever.changelog import open_warehouse
from dlt_sources.clever.clock import MAX_AHEAD, SyncClock, read_time, refuse_ahead
from dlt_sources.clever.results import utc_now
from dlt_sources.clever.retractions import take_back
from dlt_sources.clever.syncing import clever_pipeline, sync
from dlt_sources.errors import ConfigurationError
from dlt_sources.sandbox import Fault

from .world import ELM, OAK, TOKENS, Home, line

HOUR = timedelta(hours=1)
#: What a sync of now is, by the clock, without insisting on anything.
NOW: dict[str, Any] = {"observed_at": None, "ahead_of_clock": False}


def _syncs(home: Home) -> int:
    [(count,)] = home.sql("select count(*) from clever_raw.syncs")
    return int(count)


def _clever_says(home: Home, moment: datetime | None, path: str = "*") -> None:
    """From now on Clever's answers carry this time (UTC), or none."""
    text = format_datetime(moment.replace(tzinfo=UTC), usegmt=True) if moment else ""
    home.sandbox.inject(Fault("date", path, times=1_000, date=text))


def test_a_time_ahead_of_the_clock_is_refused_before_anything_is_written(home: Home) -> None:
    ahead = utc_now() + HOUR

    with pytest.raises(ConfigurationError, match="ahead of the clock of this machine"):
        sync(clever_pipeline(home.folder), home.folder, settings=home.settings, observed_at=ahead)

    assert not (home.folder / "warehouse.duckdb").exists()
    assert home.sandbox.requests == []


def test_who_insists_may_sync_ahead_of_the_clock(home: Home) -> None:
    assert home.sync(observed_at=utc_now() + HOUR, ahead_of_clock=True).complete


@pytest.mark.parametrize("tokens", [None, TOKENS])
def test_a_clock_ahead_of_clevers_is_told_by_clever(
    home: Home, tokens: dict[str, str] | None
) -> None:
    """With the districts' tokens given, it is a thread of the walk that hears of it first."""
    home.set(district_tokens=tokens)
    start = home.begin()
    _clever_says(home, utc_now() - 3 * HOUR)

    with pytest.raises(ConfigurationError, match=r"clock of this machine is 3 h \d min ahead of"):
        home.walk(start, **NOW)

    assert _syncs(home) == 0
    assert home.sync(observed_at=None, ahead_of_clock=True).complete


@pytest.mark.parametrize("text", ["", "yesterday", "Mon, 99 Foo 2020 99:99:99 GMT", "0"])
def test_a_date_of_clevers_that_cannot_be_read_harms_nothing(home: Home, text: str) -> None:
    home.sandbox.inject(Fault("date", times=1_000, date=text))

    assert home.sync(**NOW).complete


def test_a_district_whose_last_sync_lies_ahead_fails_alone_and_says_how_to_get_out(
    home: Home,
) -> None:
    home.sync(**NOW)
    first = home.sync(observed_at=utc_now() + 24 * HOUR, only=[ELM])
    home.sync(observed_at=utc_now() + 48 * HOUR, only=[ELM])

    result = home.sync(**NOW)

    assert line(result, OAK).status == "complete"
    assert line(result, ELM).status == "failed"
    told = line(result, ELM).error or ""
    assert f"rollbook retract --district {ELM} --since {first.sync_id} --reason" in told

    with open_warehouse(clever_pipeline(home.folder)) as client:
        take_back(
            client, home.folder, ELM, first.sync_id,
            kind="retracted", reason="a wrong clock", made_by="me", run_id="r",
        )  # fmt: skip
    assert home.sync(**NOW).complete


def test_a_last_sync_ahead_of_the_clock_is_no_wrong_usage_for_the_others(home: Home) -> None:
    home.sync(**NOW)
    home.sync(observed_at=utc_now() + 24 * HOUR, only=[ELM])

    result = home.sync(observed_at=utc_now(), ahead_of_clock=False)

    assert [each.status for each in result.districts] == ["failed", "complete"]
    with pytest.raises(ConfigurationError, match="before the last sync of district"):
        home.sync(observed_at=utc_now() - HOUR, ahead_of_clock=False)


def test_a_clock_behind_clevers_is_set_and_nothing_is_retracted(home: Home) -> None:
    home.sync(observed_at=utc_now() + 24 * HOUR)
    _clever_says(home, utc_now() + 25 * HOUR)

    told = line(home.sync(**NOW)).error or ""

    assert "set the clock of this machine" in told
    assert "retract" not in told


def test_a_few_seconds_ahead_ask_for_a_moments_patience(home: Home) -> None:
    home.sync(observed_at=utc_now() + timedelta(minutes=2))

    told = line(home.sync(**NOW)).error or ""

    assert "run again after that" in told
    assert "retract" not in told


@given(seconds=st.integers(-(10**8), 10**8), insisted=st.booleans())
def test_only_what_lies_minutes_ahead_and_is_not_insisted_on_is_refused(
    seconds: int, insisted: bool
) -> None:
    # A second to either side of the limit depends on how quick this is.
    span = timedelta(seconds=seconds)
    moment = utc_now() + span
    refused = span > MAX_AHEAD and not insisted
    if abs(span - MAX_AHEAD) < timedelta(seconds=2):
        return
    checks: tuple[Callable[[], object], ...] = (
        lambda: refuse_ahead(moment, insisted),
        lambda: SyncClock(moment, insisted).hear(format_datetime(datetime.now(UTC), usegmt=True)),
    )
    for check in checks:
        if refused:
            with pytest.raises(ConfigurationError, match="ahead"):
                check()
        else:
            check()


@given(st.text())
def test_any_date_header_is_read_or_ignored(text: str) -> None:
    SyncClock(None, insisted=True).hear(text)


@given(st.text())
def test_a_time_is_read_or_refused_with_the_way_to_write_it(text: str) -> None:
    try:
        moment = read_time(text)
    except ConfigurationError as error:
        assert "2026-08-17T02:00:00" in str(error)
    else:
        assert moment is not None and moment.tzinfo is None

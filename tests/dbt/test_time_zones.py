"""School years and days are counted where the district is; another zone asks for all anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlt_sources.time_zones import UtcOffset, utc_offsets
from orchestration.lib import dbt_runner
from orchestration.lib.dbt_runner import EVERYTHING, project_fingerprint
from orchestration.lib.home import Home
from orchestration.lib.local_time import local_time
from orchestration.lib.watermark import note_build, plan_build
from tests.dbt.dbt_warehouse import DISTRICT
from tests.dbt.story import HOUR, Story, begun, record, section, student

#: The evening of 30 June in Chicago, and the night in which its school year begins.
EVE, NEW = datetime(2027, 7, 1, 4, 59), datetime(2027, 7, 1, 5)
#: A sync each night at two in Chicago, across the night in November that is an hour longer.
NIGHTS = [datetime(2026, 10, 31, 7), datetime(2026, 11, 1, 7), datetime(2026, 11, 2, 8)]
_YEARS = (
    "select student_id, school_year, first_day_active, last_day_active, days_active "
    "from roster.student_school_years order by all"
)
_PROGRESS = "select progress_id, school_year from progress.student_progress order by all"


@pytest.fixture
def fresh() -> Iterator[None]:
    """A process knows its settings once; here they change."""
    project_fingerprint.cache_clear()
    yield
    project_fingerprint.cache_clear()


def test_a_school_year_begins_at_midnight_where_the_district_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROLLBOOK_TIME_ZONE", "Asia/Kathmandu")
    monkeypatch.setenv("ROLLBOOK_TIME_ZONES", json.dumps({DISTRICT: "America/Chicago"}))
    story = begun(tmp_path)
    done = [record("eve", EVE), record("new", NEW)]

    story.day(NIGHTS[0], [student("ana")], [section("x", "ana")], progress=done, build=False)
    story.day(NEW + HOUR, [student("ana")], [section("x", "ana")], progress=done)

    assert story.ask(_PROGRESS) == [("eve", "2026-2027"), ("new", "2027-2028")]
    assert story.ask(_YEARS) == [
        ("ana", "2026-2027", date(2026, 10, 31), date(2027, 6, 30), 243),
        ("ana", "2027-2028", date(2027, 7, 1), date(2027, 7, 1), 1),
    ]


def test_days_active_are_whole_days_across_the_longer_night(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ana is there from the 31st on; Ben was gone when it was the 2nd, and Zoe comes an hour early.

    At half past four in the morning UTC it is still the evening before in Chicago.
    """
    monkeypatch.setenv("ROLLBOOK_TIME_ZONE", "America/Chicago")
    story = begun(tmp_path)
    ana, ben, zoe = (student(name) for name in ("ana", "ben", "zoe"))
    early = datetime(2026, 11, 1, 4, 30)
    story.day(NIGHTS[0], [ana, ben], build=False)
    story.day(early, [ana, ben, zoe], build=False)
    story.day(NIGHTS[1], [ana, ben, zoe], build=False)
    story.day(NIGHTS[2], [ana, zoe])

    assert story.ask(_YEARS) == [
        ("ana", "2026-2027", date(2026, 10, 31), date(2026, 11, 2), 3),
        ("ben", "2026-2027", date(2026, 10, 31), date(2026, 11, 1), 2),
        ("zoe", "2026-2027", date(2026, 10, 31), date(2026, 11, 2), 3),
    ]


def _everything(story: Story) -> dict[str, list[tuple[Any, ...]]]:
    return {
        query: story.ask(query)
        for query in (_YEARS, _PROGRESS, "from intermediate.local_days order by all")
    }


@pytest.mark.usefixtures("fresh")
def test_another_zone_derives_everything_anew_as_if_it_had_always_been_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = [record("eve", EVE), record("new", NEW)]
    there = [student("ana")], [section("x", "ana")]
    story = begun(tmp_path / "changed")
    story.day(NEW - HOUR, *there, progress=done)
    home = Home(story.warehouse.home)
    note_build(home, 1, 1)
    in_utc = _everything(story)
    assert not plan_build(home).needed

    for name, value in (
        ("ROLLBOOK_TIME_ZONE", "America/Chicago"),
        ("ROLLBOOK_TIME_ZONES", json.dumps({DISTRICT: "Pacific/Pago_Pago"})),
    ):
        monkeypatch.setenv(name, value)
        project_fingerprint.cache_clear()
        assert plan_build(home).full, name
        story.build(EVERYTHING)
        note_build(home, 1, 1)
        assert not plan_build(home).needed
        # The next day is a daily one.
    story.day(NEW + 2 * HOUR, *there, progress=[*done, record("later", NEW + HOUR)])

    scratch = begun(tmp_path / "scratch")
    scratch.day(NEW - HOUR, *there, progress=done, build=False)
    scratch.day(NEW + 2 * HOUR, *there, progress=[*done, record("later", NEW + HOUR)])
    assert _everything(story) == _everything(scratch)
    assert _everything(story)[_YEARS] != in_utc[_YEARS]


@pytest.mark.usefixtures("fresh")
def test_other_rules_of_the_same_zone_ask_for_all_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """A country that gives up its summer time, as the next version of the rules says."""
    monkeypatch.setenv("ROLLBOOK_TIME_ZONE", "America/Chicago")
    before = project_fingerprint()
    project_fingerprint.cache_clear()
    changed = local_time()
    changed["offsets"]["America/Chicago"].pop()
    monkeypatch.setattr(dbt_runner, "local_time", lambda: changed)

    assert project_fingerprint() != before


def test_without_settings_all_days_are_those_of_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """What dbt takes where it is told nothing is what it is told without settings."""
    for name in ("ROLLBOOK_TIME_ZONE", "ROLLBOOK_TIME_ZONES"):
        monkeypatch.delenv(name, raising=False)
    macro = (dbt_runner.DBT_PROJECT / "macros/student/local_days.sql").read_text()
    start, end = macro.index("{\n        'default'"), macro.index("})) }}")

    assert json.loads(macro[start : end + 1].replace("'", '"').replace(",\n    }", "\n    }")
                      .replace(",\n        }", "\n        }")) == local_time()  # fmt: skip


@given(
    zone=st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"})),
    moment=st.datetimes(datetime(1970, 1, 1), datetime(2099, 12, 31)),
)
def test_what_clocks_are_ahead_is_what_they_show(zone: str, moment: datetime) -> None:
    there = ZoneInfo(zone)
    shown = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(there).replace(tzinfo=None)

    [*_, last] = (each for each in utc_offsets(there) if each.begins_at <= moment)

    assert moment + last.ahead == shown


def test_the_offsets_of_a_zone_follow_one_another() -> None:
    first, second, *rest = utc_offsets(ZoneInfo("America/Chicago"))

    assert first == UtcOffset(datetime(1969, 12, 30), timedelta(hours=-6))
    assert second == UtcOffset(datetime(1970, 4, 26, 8), timedelta(hours=-5))
    assert all(
        before.ahead != after.ahead for before, after in zip([second, *rest], rest, strict=False)
    )

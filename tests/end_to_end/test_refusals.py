"""A blocking check that fails for a district's rows refuses that district, and no other.

A county of districts that each show a change on the second day. What came of it is spoilt in the
log, in each district in another way; one is left as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dlt_sources.clever import begin_sync, clever_pipeline, load_sync, walk_districts
from dlt_sources.clever.settings import CleverSettings
from dlt_sources.sandbox import serve
from tests.clever.world import oid, school, section, student
from tests.end_to_end.conftest import Installation

_DAYS = [datetime(2026, 10, 12, 2), datetime(2026, 10, 13, 2)]

#: What is done to the second day's rows of a district, by the check that must name it.
_LOG = "update clever_raw.users set {} where district_id = '{{}}' and sync_id = 2"
_LINE = "update clever_raw.syncs set {} where district_id = '{{}}' and sync_id = 2"
_SPOILT: Mapping[str, str] = {
    "every_change_is_of_a_known_kind": _LOG.format("change = 'renamed'"),
    "every_change_names_its_record": _LOG.format("id = null"),
    "every_change_has_its_hash": _LOG.format("hash = null"),
    "every_change_has_its_time": _LOG.format("observed_at = null"),
    "every_sync_ended_in_a_known_status": _LINE.format("status = 'odd'"),
    "every_sync_ran_in_a_known_mode": _LINE.format("mode = 'odd'"),
    "every_sync_names_its_run": _LINE.format("run_id = null"),
    "every_sync_has_its_time": _LINE.format("observed_at = null"),
    "every_sync_has_a_start": _LINE.format("started_at = null"),
    "every_sync_has_an_end": _LINE.format("finished_at = null"),
    "every_change_was_loaded": (
        "delete from clever_raw.users where district_id = '{}' and sync_id = 2"
    ),
    "as_many_are_present_as_clever_showed": (
        "update clever_raw.sync_counts set seen = seen + 1 "
        "where district_id = '{}' and sync_id = 2 and object = 'users'"
    ),
    "students_have_one_version_at_any_time": (
        "insert into clever_raw.users from clever_raw.users "
        "where district_id = '{}' and sync_id = 2"
    ),
    "syncs_have_one_line_per_district": (
        "insert into clever_raw.syncs from clever_raw.syncs "
        "where district_id = '{}' and sync_id = 2"
    ),
}
#: What dbt's tests see before the suites are asked.
_SEEN_FIRST = {"every_change_has_its_time": "students_have_one_version_at_any_time"}
#: Spoilt on its first day already: taking its newest sync back does not help.
_OLD = "an older sync"
_SOUND = "left as it is"


@dataclass(frozen=True)
class County:
    """A home of many districts; of each what is done to it."""

    installation: Installation
    districts: Mapping[str, str]

    @property
    def home(self) -> Path:
        return self.installation.home

    def change(self, statement: str) -> None:
        with duckdb.connect(str(self.home / "warehouse.duckdb")) as connection:
            connection.execute(statement)

    def grades(self) -> dict[str, list[str]]:
        """What each district's students' grades are, in the published file."""
        return {
            self.districts[str(district)]: list(grades)
            for district, grades in self.installation.query(
                "select district_id, list(distinct grade order by grade) from roster.students "
                "where record_status = 'active' group by 1"
            )
        }

    def statuses(self) -> dict[str, Any]:
        """The status and the error of each district's newest sync, as published."""
        return {
            self.districts[str(district)]: (status, error)
            for district, status, error in self.installation.query(
                "select district_id, status, error from ops.district_status"
            )
        }


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    """Published as of the first day; the second is in the log, as it should be, and not built."""
    folder = tmp_path_factory.mktemp("county")
    stories = [*_SPOILT, _OLD, _SOUND]
    districts = {f"d{number:023x}": story for number, story in enumerate(stories, 1)}
    for day in (1, 2):
        _write_day(folder / "dataset", day, list(districts))
    with serve(folder / "dataset") as sandbox:
        county = County(Installation(folder / "home", sandbox), districts)
        ended = county.installation.run(
            "sync", "--observed-at", _DAYS[0].isoformat(), "--ahead-of-clock"
        )
        assert ended.returncode == 0, ended.stderr
        _load_second_day(county)
        yield county


def _write_day(folder: Path, day: int, districts: list[str]) -> None:
    about = {"title": "County", "client_id": "id", "client_secret": "secret"}
    today = folder / "days" / f"{day:02}"
    _write(folder / "dataset.json", about)
    _write(today / "day.json", {"date": f"2026-10-{11 + day}", "story": []})
    _write(today / "tokens.json", {district: f"token-{district}" for district in districts})
    for number, district in enumerate(districts, 1):
        moment = f"2026-10-{11 + day}T01:00:00.000Z"
        own = {"id": district, "name": f"District {number}", "last_sync": moment}
        _write(today / district / "district.json", {**own, "state": "success"})
        users = [student(10 * number + n, district, grade=str(day + n)) for n in range(2)]
        for user in users:
            user["roles"]["student"] |= {"school": oid(number, "c"), "schools": []}
        lists = {
            "schools": [school(number, district)],
            "terms": [],
            "courses": [],
            "sections": [
                section(number, [10 * number], district, school=oid(number, "c"), grade="3")
            ],
            "users": users,
        }
        for name, records in lists.items():
            target = today / district / f"{name}.jsonl"
            target.write_text("".join(json.dumps(record) + "\n" for record in records))


def _write(file: Path, content: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content))


def _load_second_day(county: County) -> None:
    sandbox = county.installation.sandbox
    sandbox.set_day(2)
    settings = CleverSettings(
        api_url=sandbox.url,
        oauth_url=sandbox.url,
        client_id=sandbox.client_id,
        client_secret=sandbox.client_secret,
    )
    start = begin_sync(clever_pipeline(county.home), county.home, "second")
    walked = walk_districts(settings, start, observed_at=_DAYS[1], ahead_of_clock=True)
    load_sync(clever_pipeline(county.home), walked)


def test_each_odd_district_is_refused_by_name_and_the_others_are_published(county: County) -> None:
    for district, story in county.districts.items():
        if story in _SPOILT:
            county.change(_SPOILT[story].format(district))
        elif story == _OLD:
            county.change(
                "insert into clever_raw.schools from clever_raw.schools "
                f"where district_id = '{district}' and sync_id = 1"
            )

    ended = county.installation.run("rebuild")

    assert ended.returncode == 3, ended.stderr
    statuses = county.statuses()
    assert statuses.pop(_SOUND) == ("complete", None)
    assert {story for story, (status, _) in statuses.items() if status != "refused"} == set()
    assert "schools_have_one_version_at_any_time" in statuses.pop(_OLD)[1]
    assert [
        story
        for story, (_, error) in statuses.items()
        if _SEEN_FIRST.get(story, story) not in error
    ] == []
    assert county.grades() == {
        **{story: ["1", "2"] for story in _SPOILT},
        _SOUND: ["2", "3"],
    }
    assert all(_SEEN_FIRST.get(story, story) in ended.stderr for story in _SPOILT)


def test_what_was_refused_is_compared_with_what_stands_and_heals(county: County) -> None:
    """What Clever shows now is sound: it comes in with the next sync, whatever was refused."""
    ended = county.installation.run(
        "sync", "--observed-at", "2026-10-14T02:00:00", "--ahead-of-clock"
    )

    assert ended.returncode == 0, ended.stderr + ended.stdout
    assert {status for status, _ in county.statuses().values()} == {"complete"}
    assert set(map(tuple, county.grades().values())) == {("2", "3")}
    assert county.installation.query(
        "select count(distinct district_id) from ops.retractions where kind = 'refused'"
    ) == [(len(_SPOILT) + 1,)]


def test_a_failure_that_is_no_districts_stops_the_whole(county: County) -> None:
    """A row that lost its district: nobody is refused, the last good roster stays."""
    published = county.home / "rollbook.duckdb"
    before, retractions = published.read_bytes(), _retractions(county)
    county.change(
        "update clever_raw.users set district_id = null "
        "where rowid = (select max(rowid) from clever_raw.users where sync_id = 1)"
    )

    ended = county.installation.run("rebuild")

    assert ended.returncode == 1
    assert published.read_bytes() == before
    assert _retractions(county) == retractions


def _retractions(county: County) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(county.home / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(
            "select count(*) from clever_raw.retractions where kind = 'refused' and "
            "retraction_id not in (select lifts from clever_raw.retractions where lifts > 0)"
        ).fetchall()

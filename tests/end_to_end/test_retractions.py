"""A wrong sync is taken back: everything is as if it had not been, and the next one goes on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from dlt_sources.errors import ConfigurationError
from dlt_sources.sandbox import Sandbox
from orchestration.definitions import defs
from tests.end_to_end.conftest import Installation, observed_at

#: What says when and how often, not what holds.
_OF_RUNS = "^(run_id|sync_id|last_sync_id|started_at|finished_at|made_at|load_id)$"
#: What is odd is told again when the index was made anew: how often, and when last.
_OF_SIGHTINGS = "^(records|last_seen_at)$"


@dataclass(frozen=True)
class Pair:
    """Two homes of the same districts; in one a mistake was taken over and taken back."""

    mistaken: Installation
    spared: Installation
    district: str


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox, first_day: Path) -> Pair:
    """Both have seen days 1 and 4; one of them the days between as well, which it has retracted."""
    folder = tmp_path_factory.mktemp("retractions")
    mistaken, spared = (
        Installation(shutil.copytree(first_day, folder / name), sandbox)
        for name in ("mistaken", "spared")
    )
    [(district,)] = spared.query("select min(district_id) from roster.districts")
    for day in (2, 3):
        assert mistaken.sync_day(day, "--approve-removals").returncode == 0
        other = spared.query("select max(district_id) from roster.districts")[0][0]
        assert spared.sync_day(day, "--district", str(other)).returncode == 0
    return Pair(mistaken, spared, str(district))


def test_a_retraction_is_previewed_and_then_everything_is_as_if_it_had_not_been(
    pair: Pair,
) -> None:
    retract = ["retract", "--district", pair.district, "--since", "2", "--reason", "a wrong night"]
    before = pair.mistaken.query("select count(*) from ops.retractions")
    published = (pair.mistaken.home / "rollbook.duckdb").stat().st_mtime_ns

    previewed = pair.mistaken.run(*retract)

    assert previewed.returncode == 0, previewed.stderr
    assert "as they were before" in previewed.stdout and "--yes" in previewed.stdout
    assert (pair.mistaken.home / "rollbook.duckdb").stat().st_mtime_ns == published
    assert before == [(0,)]

    done = pair.mistaken.run(*retract, "--yes")

    assert done.returncode == 0, done.stderr
    _expect_equal(pair)
    again = pair.mistaken.run(*retract, "--yes")
    assert again.returncode == 2
    assert "has been taken back already" in again.stderr and "rollbook rebuild" in again.stderr
    assert pair.mistaken.query(
        "select sync_id, status, error from ops.syncs "
        f"where district_id = '{pair.district}' order by 1"
    ) == [
        (1, "complete", None),
        (2, "retracted", "a wrong night"),
        (3, "retracted", "a wrong night"),
    ]
    assert pair.mistaken.query(
        "select district_id, kind, since_sync_id, until_sync_id, reason from ops.retractions"
    ) == [(pair.district, "retracted", 2, 3, "a wrong night")]

    for home in (pair.mistaken, pair.spared):
        assert home.sync_day(4).returncode == 0

    _expect_equal(pair)
    assert pair.mistaken.run("rebuild").returncode == 0
    _expect_equal(pair)


def _expect_equal(pair: Pair) -> None:
    """All relations of the contract hold the same rows, but for what is about runs."""
    mistaken, spared = _relations(pair.mistaken.home), _relations(pair.spared.home)
    assert mistaken.keys() == spared.keys()
    assert [name for name in mistaken if mistaken[name] != spared[name]] == []


def _relations(home: Path) -> Mapping[str, list[str]]:
    with duckdb.connect(str(home / "rollbook.duckdb"), read_only=True) as connection:
        names = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables "
            "where table_schema in ('roster', 'progress') or table_name in "
            "('roster_changes', 'unresolved_references', 'schema_drift') order by 1"
        ).fetchall()
        return {
            name: sorted(
                map(
                    repr,
                    connection.execute(
                        f"select columns(c -> not regexp_matches(c, '{_left_out(name)}')) "
                        f"from {name}"
                    ).fetchall(),
                )
            )
            for (name,) in names
        }


def _left_out(name: str) -> str:
    return _OF_SIGHTINGS if name == "ops.schema_drift" else _OF_RUNS


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--since", "99", "--reason", "x"], "no complete sync of district"),
        (["--since", "1", "--reason", " "], "--reason"),
        (["--since", "1"], "--reason"),
    ],
)
def test_what_cannot_be_taken_back_is_refused(pair: Pair, arguments: list[str], says: str) -> None:
    ended = pair.mistaken.run("retract", "--district", pair.district, *arguments, "--yes")

    assert ended.returncode == 2
    assert says in ended.stderr + ended.stdout
    nobody = pair.mistaken.run("retract", "--district", "nobody", "--since", "1", "--reason", "x")
    assert nobody.returncode == 2 and "nobody" in nobody.stderr


def test_from_the_launchpad_it_is_only_shown_until_it_is_confirmed(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROLLBOOK_HOME", str(pair.spared.home))
    monkeypatch.setenv("DAGSTER_HOME", str(pair.spared.home / "dagster"))
    last = pair.spared.query(
        f"select max(sync_id) from ops.syncs where district_id = '{pair.district}'"
    )[0][0]

    def launched(**more: Any) -> dg.ExecuteInProcessResult:
        config = {"districts": [pair.district], "since_sync_id": last, "reason": "wrong"} | more
        with dg.DagsterInstance.get() as instance:
            return defs.resolve_job_def("retract").execute_in_process(
                run_config={"ops": {"clever_retraction": {"config": config}}}, instance=instance
            )

    with pytest.raises(ConfigurationError, match="No district is named"):
        launched(districts=[])
    shown = launched()
    assert shown.success and not shown.asset_materializations_for_node("clever_retraction")
    assert pair.spared.query("select count(*) from ops.retractions") == [(0,)]

    done = launched(confirm=True, made_by="lee")
    assert done.success
    assert pair.spared.query("select district_id, made_by, reason from ops.retractions") == [
        (pair.district, "lee", "wrong")
    ]
    made_at = pair.spared.query("select made_at from ops.retractions")[0][0]
    assert isinstance(made_at, datetime)
    assert abs((datetime.now(UTC).replace(tzinfo=None) - made_at).total_seconds()) < 3600
    assert json.loads(pair.spared.run("status", "--json").stdout)[0]["status"] == "retracted"
    assert pair.spared.query(
        f"select count(*) from ops.syncs where observed_at >= '{observed_at(4)}' "
        "and status = 'retracted'"
    ) == [(1,)]

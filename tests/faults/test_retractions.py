"""A retraction that is broken off holds as a whole or not at all; the next run makes it good.

Two districts' second day is taken back by the real command.
"""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import duckdb
import pytest

from dlt_sources.sandbox import Sandbox
from tests.history_oracle.changelog import ChangeLog
from tests.history_oracle.tables import actual_tables, differences, expected_tables

from .command import Installation
from .conftest import Undisturbed
from .published import Tables, differing, published_tables
from .small_disk import small_disk
from .town import SEED, Town, observed_at

_KILLS = int(os.environ.get("ROLLBOOK_SOAK_KILLS", "8")) // 2
_MEGABYTES = 300
_LEFT = 300_000
#: What names the attempts, beside what they did.
_OF_ATTEMPTS = ("ops.syncs", "ops.retractions", "ops.district_status")


@dataclass(frozen=True)
class Retracted:
    """A home in which the retraction was done undisturbed; what was published, and how long it
    took."""

    home: Path
    tables: Tables
    seconds: float


def _command(town: Town) -> list[str]:
    districts = [word for id_ in town.districts[:2] for word in ("--district", id_)]
    return ["retract", *districts, "--since", "2", "--reason", "a wrong night", "--yes"]


@pytest.fixture(scope="module")
def retracted(
    tmp_path_factory: pytest.TempPathFactory,
    sandbox: Sandbox,
    town: Town,
    undisturbed: Undisturbed,
) -> Retracted:
    installation = _after_both_days(
        tmp_path_factory.mktemp("retracted"), sandbox, town, undisturbed
    )
    run = installation.start(*_command(town))
    assert run.reached()
    started = time.monotonic()
    ended = run.end()
    assert ended.code == 0, ended.stderr
    seconds = time.monotonic() - started
    return Retracted(installation.home, published_tables(installation.home), seconds)


def _after_both_days(
    folder: Path, sandbox: Sandbox, town: Town, undisturbed: Undisturbed
) -> Installation:
    shutil.copytree(undisturbed.second, folder / "home", dirs_exist_ok=True)
    return Installation(folder / "home", sandbox, town)


def test_what_is_taken_back_is_as_if_it_had_not_been(town: Town, retracted: Retracted) -> None:
    model = ChangeLog()
    for day in town.days:
        model.sync(day, observed_at(day), town.shown[day - 1])
    for district in town.districts[:2]:
        model.retract(district, 2)
    expected = expected_tables(model.moments())
    with duckdb.connect() as connection:
        for name in ("warehouse", "build"):
            file = retracted.home / f"{name}.duckdb"
            connection.execute(f"attach '{file}' as {name} (read_only)")
        wrong = differences(expected, actual_tables(connection, list(expected)))
    assert not wrong, "\n".join(wrong)


def test_the_day_synced_again_is_as_if_nothing_had_been_taken_back(
    tmp_path: Path, sandbox: Sandbox, town: Town, undisturbed: Undisturbed, retracted: Retracted
) -> None:
    shutil.copytree(retracted.home, tmp_path / "home")
    installation = Installation(tmp_path / "home", sandbox, town)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    when = ("--observed-at", tomorrow.isoformat())
    refused = installation.start("sync", *when, application=town.application(2)).end()
    assert refused.code == 2, refused
    assert not differing(retracted.tables, published_tables(installation.home))

    ended = installation.sync(2).end()

    assert ended.code == 0, ended.stderr
    differ = differing(undisturbed.tables[2], published_tables(installation.home))
    assert set(differ) <= set(_OF_ATTEMPTS)


@pytest.mark.parametrize("seed", range(SEED, SEED - (-_KILLS // 4)))
def test_a_retraction_that_is_killed_holds_as_a_whole_or_not_at_all(
    seed: int,
    tmp_path: Path,
    sandbox: Sandbox,
    town: Town,
    undisturbed: Undisturbed,
    retracted: Retracted,
) -> None:
    installation = _after_both_days(tmp_path, sandbox, town, undisturbed)
    rng, killed = Random(seed), 0
    for _ in range(4):
        run = installation.start(*_next_command(installation))
        killed += run.kill_in(None, retracted.seconds, rng)
        _expect_old_or_new(installation, undisturbed.tables[2], retracted.tables)

    assert killed, "the kills came too late to show anything"
    _expect_made_good(installation, retracted.tables)


def test_a_retraction_finds_no_room_on_the_disk(
    tmp_path: Path, sandbox: Sandbox, town: Town, undisturbed: Undisturbed, retracted: Retracted
) -> None:
    with small_disk(tmp_path / "home", _MEGABYTES) as disk:
        installation = _after_both_days(tmp_path, sandbox, town, undisturbed)
        for phase in (None, "dbt", "publish"):
            if phase is None:
                disk.fill(_LEFT)
            run = installation.start(*_next_command(installation))
            if phase is not None:
                assert run.reached(phase)
                disk.fill(_LEFT)
            ended = run.end()
            disk.make_room()

            assert ended.code == 1, ended
            assert "Make room and run again" in ended.stderr, ended.stderr
            assert len(ended.stderr.splitlines()) == 1, ended.stderr
            assert not differing(undisturbed.tables[2], published_tables(installation.home))
            assert _taken_back(installation) in (0, 2)

        _expect_made_good(installation, retracted.tables)


def _next_command(installation: Installation) -> list[str]:
    """What takes the same back, or publishes what has been taken back already."""
    return ["rebuild"] if _taken_back(installation) else _command(installation.town)


def _expect_old_or_new(installation: Installation, old: Tables, new: Tables) -> None:
    published = published_tables(installation.home)
    if differing(new, published):
        assert not differing(old, published)
        assert _taken_back(installation) in (0, 2)
    else:
        assert _taken_back(installation) == 2


def _expect_made_good(installation: Installation, new: Tables) -> None:
    ended = installation.start(*_next_command(installation)).end()
    assert ended.code == 0, ended.stderr
    assert not differing(new, published_tables(installation.home))


def _taken_back(installation: Installation) -> int:
    with duckdb.connect(str(installation.home / "warehouse.duckdb")) as connection:
        [(number,)] = connection.execute("select count(*) from clever_raw.retractions").fetchall()
    return int(number)

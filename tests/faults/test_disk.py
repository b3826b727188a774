"""A disk that is full: one clear line, the last good roster stays, the next run makes it good.

It fills up in one phase of the job after another, so that each run meets what the one before left
half done. The last run finds room again.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from dlt_sources.sandbox import Fault, Sandbox

from .command import Ended, Installation
from .conftest import Undisturbed
from .published import Tables, differing, published_tables
from .small_disk import small_disk
from .town import Town

_PHASES = ("walk", "load", "application", "dbt", "publish")
#: Room for a home of the town, its next build and its next published file.
_MEGABYTES = 300
#: So much is left that Dagster can note its events; the engine and the copy find no room.
_LEFT = 300_000


def test_no_file_can_grow(after_day_1: Installation, undisturbed: Undisturbed) -> None:
    old, new = undisturbed.tables[1:3]
    for phase in _PHASES:
        run = _to_be_met_in(phase, after_day_1).sync(2)
        assert run.reached(phase)
        run.deny_disk()
        _expect_nothing_published(phase, run.end(), after_day_1.home, old)

    _expect_made_good(after_day_1, new)


def test_the_file_system_is_full(
    tmp_path: Path, sandbox: Sandbox, town: Town, undisturbed: Undisturbed
) -> None:
    old, new = undisturbed.tables[1:3]
    home = tmp_path / "home"
    with small_disk(home, _MEGABYTES) as disk:
        shutil.copytree(undisturbed.home, home, dirs_exist_ok=True)
        installation = Installation(home, sandbox, town)
        for phase in _PHASES:
            run = _to_be_met_in(phase, installation).sync(2)
            assert run.reached(phase)
            disk.fill(_LEFT)
            ended = run.end()
            disk.make_room()
            _expect_nothing_published(phase, ended, home, old)
        disk.fill()
        ended = installation.sync(2).end()
        disk.make_room()
        _expect_nothing_published("before the start", ended, home, old)

        _expect_made_good(installation, new)


def _to_be_met_in(phase: str, installation: Installation) -> Installation:
    """The same; if that is in the walk, the next one is slow enough."""
    installation.sandbox.clear_faults()
    if phase == "walk":
        installation.sandbox.inject(Fault("slow", delay=0.1, times=20))
    return installation


def _expect_nothing_published(when: str, ended: Ended, home: Path, old: Tables) -> None:
    assert ended.code == 1, f"full in {when}: {ended}"
    assert len(ended.stderr.splitlines()) == 1, f"full in {when}: {ended.stderr}"
    assert ended.stderr.startswith("rollbook: The disk that holds "), f"full in {when}: {ended}"
    assert "Make room and run again" in ended.stderr
    assert not differing(old, published_tables(home)), f"full in {when}"
    assert not list(home.glob("*.new*")), f"full in {when}: a half-written file stays"


def _expect_made_good(installation: Installation, new: Tables) -> None:
    installation.sandbox.clear_faults()
    ended = installation.sync(2).end()
    assert ended.code == 0, ended.stderr
    assert not differing(new, published_tables(installation.home))

"""The same days give the same tables, however they are synced.

A town's days are synced by the daily job, in a process each. Every other way to sync them must give
the same log and publish the same tables: in one process, with other pages, one district after the
other in any order, with more threads or fewer, the histories built each day or all at once, and
everything derived again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from dlt_sources.application.columns import APPLICATION_TABLES
from dlt_sources.application.settings import SAMPLE_MAPPING, ApplicationSettings
from dlt_sources.application.syncing import sync_application
from dlt_sources.sandbox import serve
from orchestration.lib.dbt_runner import EVERYTHING, TABLES_AND_TESTS, build
from orchestration.lib.home import Home
from orchestration.lib.published_file import publish
from orchestration.lib.runs import run_job
from orchestration.lib.watermark import note_build, plan_build
from tests.history_oracle.contract import OBJECTS
from tests.history_oracle.pipeline import Pipeline, pipeline

from .command import Installation
from .published import Tables, differing, published_tables
from .town import SEED, Town, build_town, observed_at

_DISTRICTS, _DAYS = 3, 3
_TOWNS = int(os.environ.get("ROLLBOOK_SOAK_TOWNS", "1"))

#: One sync: of a day, and of which districts.
Sync = tuple[int, Sequence[str]]


@dataclass(frozen=True)
class Way:
    """A way to sync a town's days in one process.

    After each group of `syncs` the histories are built, by so many `threads` of dbt. On one core
    the engine has one thread of its own too.
    """

    page_size: int
    parallel_districts: int
    syncs: Callable[[Town], list[list[Sync]]]
    threads: int
    one_core: bool = False


def _day_by_day_backwards_through_the_districts(town: Town) -> list[list[Sync]]:
    return [[(day, (id_,)) for id_ in reversed(town.districts)] for day in town.days]


def _each_district_to_its_last_day_before_the_next(town: Town) -> list[list[Sync]]:
    return [[(day, (id_,)) for id_ in town.districts for day in town.days]]


WAYS = {
    "one record a page, one district at a time, one core, built daily": Way(
        1, 1, _day_by_day_backwards_through_the_districts, threads=1, one_core=True
    ),
    "whole lists, all days of a district before the next one's, built once": Way(
        10_000, 4, _each_district_to_its_last_day_before_the_next, threads=4
    ),
}


@dataclass(frozen=True)
class Synced:
    """A town whose days the daily job has synced, and what came of it."""

    town: Town
    installation: Installation
    tables: Tables


@pytest.fixture(scope="module", params=range(SEED, SEED + _TOWNS))
def daily(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Synced]:
    """The daily job in a process a day."""
    folder = tmp_path_factory.mktemp("daily")
    town = build_town(folder / "dataset", request.param, _DISTRICTS, _DAYS)
    with serve(town.dataset) as sandbox:
        installation = Installation(folder / "home", sandbox, town)
        for day in town.days:
            ended = installation.sync(day).end()
            assert ended.code == 0, ended.stderr
        yield Synced(town, installation, _tables(installation.home))


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_the_way_the_days_are_synced_leaves_no_trace(
    way: Way, daily: Synced, tmp_path: Path
) -> None:
    with _pipeline(daily.town, tmp_path, way.page_size, way.parallel_districts) as driven:
        with _cores(1 if way.one_core else None):
            for group in way.syncs(daily.town):
                for day, districts in group:
                    driven.sync(day, observed_at(day), districts)
                for day in sorted({day for day, _ in group}):
                    _load(driven.home, daily.town, day)
                _build(driven.home, way.threads)
        publish(driven.home)

        assert not differing(daily.tables, _tables(driven.home.root))


def test_one_process_for_all_days_does_what_a_process_a_day_does(
    daily: Synced, tmp_path: Path
) -> None:
    with _pipeline(daily.town, tmp_path, page_size=7, parallel_districts=2) as driven:
        for day in daily.town.days:
            driven.sandbox.set_day(day)
            os.environ["SOURCES__APPLICATION__DATABASE_URL"] = daily.town.application(day)
            when = {"observed_at": observed_at(day).isoformat()}
            steps = {"clever_sync": {"districts": [], "ahead_of_clock": True, **when}}
            run_job(driven.home, "daily", {name: {"config": step} for name, step in steps.items()})

        assert not differing(daily.tables, _tables(driven.home.root))


def test_everything_derived_again_is_as_it_was(daily: Synced) -> None:
    home = daily.installation.home
    (home / "build.duckdb").unlink()

    ended = daily.installation.start("rebuild").end()

    assert ended.code == 0, ended.stderr
    assert not differing(daily.tables, _tables(home))


@contextmanager
def _pipeline(
    town: Town, folder: Path, page_size: int, parallel_districts: int
) -> Iterator[Pipeline]:
    settings: Mapping[str, str] = {
        "SOURCES__CLEVER__PAGE_SIZE": str(page_size),
        "SOURCES__CLEVER__PARALLEL_DISTRICTS": str(parallel_districts),
    }
    with pipeline(folder / "home", town.dataset) as driven:
        os.environ.update(settings)
        yield driven


@contextmanager
def _cores(number: int | None) -> Iterator[None]:
    """Only so many cores for the threads that are started inside; None is all.

    Where a process cannot choose its cores it has all of them.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:number])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _build(home: Home, threads: int) -> None:
    plan = plan_build(home)
    selection = EVERYTHING if plan.full else TABLES_AND_TESTS
    results = build(home, [*selection, "--threads", str(threads)])
    failed = [f"{result.name}: {result.message}" for result in results if not result.ok]
    assert results and not failed, failed
    note_build(home, plan.sync_id, plan.load_id)


def _load(home: Home, town: Town, day: int) -> None:
    settings = ApplicationSettings(town.application(day), SAMPLE_MAPPING)
    sync_application(
        home.root, settings=settings, run_id=f"load-{day}", observed_at=observed_at(day)
    )


def _tables(home: Path) -> Tables:
    """Everything published, and the logs but for the numbers of syncs and loads."""
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        log = {
            f"clever_raw.{name}": connection.execute(
                f"select * exclude (sync_id) from clever_raw.{name} order by all"
            ).fetchall()
            for name in OBJECTS
        }
        loaded = {
            f"application_raw.{table.name}": connection.execute(
                f"select * exclude (load_id) from application_raw.{table.name} order by all"
            ).fetchall()
            for table in APPLICATION_TABLES
        }
    assert all(loaded.values()), "the town's application has something of everything"
    return {**log, **loaded, **published_tables(home)}

"""Plays a district's four days: Rollbook and what it is compared with, against the same server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import requests

from tests.bench.generator import (
    CHANGED,
    CLIENT_ID,
    CLIENT_SECRET,
    DATES,
    FIRST,
    REORDERED,
    UNCHANGED,
    District,
    write_dataset,
)
from tests.bench.measure import Run, run

_PROJECT = Path(__file__).parents[2]
_LOGS = ("districts", "schools", "terms", "courses", "sections", "users")

#: Which baseline is measured on which day: the floor always, histories where there is some.
_BASELINES = {
    "floor": (FIRST, UNCHANGED, REORDERED, CHANGED),
    "scd2": (FIRST, CHANGED),
    "parquet": (FIRST, CHANGED),
    "snapshot": (FIRST, CHANGED),
}


@dataclass(frozen=True)
class Sync:
    """One `rollbook sync`: the command, seconds per phase, rows and bytes it added to the log."""

    run: Run
    phases: Mapping[str, float]
    rows_added: int
    bytes_added: int


@dataclass(frozen=True)
class Played:
    """Everything measured with one district, by day, and by baseline and day."""

    district: District
    syncs: dict[int, Sync] = field(default_factory=dict)
    baselines: dict[tuple[str, int], Run] = field(default_factory=dict)


def play(
    district: District, folder: Path, *, with_baselines: bool, tell: Callable[[str], None]
) -> Played:
    """Makes the district in a new folder, plays its days, measures; leaves the folder behind."""
    played = Played(district)
    size = f"{district.users:,} users"
    tell(f"{size}: writing four days")
    write_dataset(district, folder / "dataset")
    with sandbox(folder / "dataset") as url:
        for day in DATES:
            requests.post(f"{url}/sandbox/day", json={"day": day}, timeout=600).raise_for_status()
            tell(f"{size}, day {day}: rollbook sync")
            played.syncs[day] = _sync(url, folder / "home", day)
            tell(f"{size}, day {day}: {played.syncs[day].run.seconds:.1f} s")
            for name, days in _BASELINES.items():
                if day in days and with_baselines:
                    run_ = _baseline(name, url, folder / name)
                    played.baselines[name, day] = run_
                    tell(f"{size}, day {day}: {name} {run_.seconds:.1f} s")
    return played


@contextmanager
def sandbox(dataset: Path) -> Iterator[str]:
    """Serves a dataset from a process of its own."""
    command = [sys.executable, "-m", "dlt_sources.sandbox", "--dataset", str(dataset)]
    with subprocess.Popen(
        [*command, "--day", "1", "--port", "0"], stdout=subprocess.PIPE, text=True, cwd=_PROJECT
    ) as server:
        try:
            assert server.stdout is not None
            said = server.stdout.readline()
            address = re.search(r"http://\S+", said)
            if address is None:
                raise RuntimeError(f"The sandbox did not start: {said}")
            yield address.group()
        finally:
            server.terminate()


def environment(url: str, home: Path) -> dict[str, str]:
    """What a home needs that syncs with a server that speaks Clever's API."""
    return _environment(
        ROLLBOOK_HOME=str(home),
        SOURCES__CLEVER__API_URL=url,
        SOURCES__CLEVER__OAUTH_URL=url,
        SOURCES__CLEVER__CLIENT_ID=CLIENT_ID,
        SOURCES__CLEVER__CLIENT_SECRET=CLIENT_SECRET,
    )


def _environment(**settings: str) -> dict[str, str]:
    """This process's environment without any setting of Rollbook's or dlt's, and these."""
    ours = ("ROLLBOOK_", "SOURCES__", "DESTINATION__", "DAGSTER_", "RUNTIME__")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"PYTHONPATH": str(_PROJECT), "RUNTIME__DLTHUB_TELEMETRY": "false"} | settings


def _sync(url: str, home: Path, day: int) -> Sync:
    home.mkdir(exist_ok=True)
    before = _log_size(home)
    command = [str(Path(sys.executable).with_name("rollbook")), "sync"]
    measured = run(
        [*command, "--observed-at", f"{DATES[day]}T02:00:00", "--ahead-of-clock"],
        environment(url, home),
        _PROJECT,
    )
    phases = json.loads((home / "reports" / "last_run.json").read_text())["phases"]
    rows, size = (after - was for after, was in zip(_log_size(home), before, strict=True))
    return Sync(measured, phases, rows, size)


def _log_size(home: Path) -> tuple[int, int]:
    """Rows of the change log, and bytes of the warehouse."""
    warehouse = home / "warehouse.duckdb"
    if not warehouse.exists():
        return 0, 0
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        counts = (f"(select count(*) from clever_raw.{name})" for name in _LOGS)
        (rows,) = connection.execute(f"select {' + '.join(counts)}").fetchone() or (0,)
    return rows, warehouse.stat().st_size


def _baseline(name: str, url: str, folder: Path) -> Run:
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "tests.bench.baselines", name, url, str(folder)]
    return run(command, _environment(), folder)

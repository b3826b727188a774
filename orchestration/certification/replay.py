"""Replays the certification dataset: real server, real database, real daily job, its own home.

All runs are made in this process, one after the other, as `rollbook sync` makes one. What they use
is told through the environment, which is put back afterwards.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from dlt_sources.certification.application import tell, write_mapping
from dlt_sources.certification.catalogue import FOLDER, Event
from dlt_sources.certification.ids import clever_id
from dlt_sources.certification.script import date_of, replayed
from dlt_sources.sandbox import Fault, Sandbox, serve
from expectations.certification.evidence import SECOND_SYNC_TIME, Evidence, moment_of
from orchestration.lib.home import Home
from orchestration.lib.runs import run_job

#: A page of a hundred, so that lists of one and two hundred records end exactly with a page.
PAGE_SIZE = 100
#: Seconds before a failed request is made again; a minute of patience would prove nothing more.
_FIRST_WAIT, _LONGEST_WAIT = 0.01, 2.0

Progress = Callable[[str], None]


def replay(
    folder: Path, days: Sequence[int], progress: Progress, dataset: Path = FOLDER
) -> Evidence:
    """Sync each of the days in a home below `folder`; what is left there is the evidence.

    `dataset` is the folder of the days, in the format of the certification's own. Raises
    RollbookError when a run fails altogether; a district that is not synced is no failure.
    """
    evidence = Evidence(folder)
    home = Home(evidence.home)
    evidence.published(0).parent.mkdir(parents=True)
    requests: dict[int, list[str]] = {}
    started = time.monotonic()
    database = evidence.application
    write_mapping(database.with_suffix(".toml"))
    with serve(dataset, day=days[0]) as sandbox, _environment(home, sandbox, database):
        for day in days:
            progress(f"Day {day} of {days[-1]}, {date_of(day)}")
            sandbox.set_day(day)
            tell(database, dataset, day)
            before = len(sandbox.requests)
            _play(home, sandbox, day)
            requests[day] = list(sandbox.requests)[before:]
            os.link(home.published, evidence.published(day))
    told = {"requests": requests, "seconds": round(time.monotonic() - started, 1)}
    evidence.log.write_text(json.dumps(told))
    return evidence


def _play(home: Home, sandbox: Sandbox, day: int) -> None:
    """The day's sync with what goes wrong in it, and the second one if there is one."""
    happening = replayed(day)
    sandbox.inject(*(_fault(event) for event in happening if event.act == "fault"))
    _sync(home, moment_of(day))
    sandbox.clear_faults()
    afternoon = datetime.combine(date_of(day), SECOND_SYNC_TIME)
    for event in happening:
        if event.act in ("sync twice", "approve"):
            _sync(home, afternoon, clever_id(event.of), event.act == "approve")


def _fault(event: Event) -> Fault:
    return Fault(district=clever_id(event.of), **event.give)


def _sync(home: Home, moment: datetime, district: str = "", approved: bool = False) -> None:
    walk: dict[str, Any] = {
        "observed_at": moment.isoformat(),
        "ahead_of_clock": True,
        "districts": [district] if district else [],
        "approve_removals": approved,
    }
    run_job(home, "daily", {"clever_sync": {"config": walk}})


@contextmanager
def _environment(home: Home, sandbox: Sandbox, database: Path) -> Iterator[None]:
    """The settings of the replay; of the live ones only the API's version, which is certified."""
    before = dict(os.environ)
    for name in before:
        if name.startswith("SOURCES__CLEVER__") and name != "SOURCES__CLEVER__API_VERSION":
            del os.environ[name]
    os.environ |= {
        "SOURCES__CLEVER__API_URL": sandbox.url,
        "SOURCES__CLEVER__OAUTH_URL": sandbox.url,
        "SOURCES__CLEVER__CLIENT_ID": sandbox.client_id,
        "SOURCES__CLEVER__CLIENT_SECRET": sandbox.client_secret,
        "SOURCES__CLEVER__PAGE_SIZE": str(PAGE_SIZE),
        "SOURCES__CLEVER__FIRST_WAIT": str(_FIRST_WAIT),
        "SOURCES__CLEVER__LONGEST_WAIT": str(_LONGEST_WAIT),
        "SOURCES__APPLICATION__DATABASE_URL": f"sqlite:///{database}",
        "SOURCES__APPLICATION__MAPPING": str(database.with_suffix(".toml")),
    }
    home.prepare()
    home.set_environment()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)

"""A million accounts against a million users, through the pipeline: the first time, and days after.

The roster is there before the application is. What matching takes of a sync is its build and its
look for suggestions, beyond those of a day on which the application has nothing but one more record
of progress.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from orchestration.lib.home import Home
from tests.bench.commands import Measured, rollbook
from tests.bench.contest import environment, sandbox
from tests.bench.matching.dataset import DAY, write_application, write_districts
from tests.matching.people import labelled

_DISTRICTS, _NEW = 5, 100
ROSTER, FIRST, NOTHING, OTHER, NEW_ACCOUNTS = (
    "the roster, without an application",
    "the application comes, with all accounts",
    "nothing is new",
    "one more record of progress",
    f"{_NEW} new accounts",
)
_PROGRESS = """
[progress]
table = "progress"

[progress.columns]
id = "id"
user_id = "account"
kind = "kind"
occurred_at = "at"
"""


def measure(people: int, folder: Path) -> Mapping[str, Measured]:
    """So many accounts and about as many users of five districts; sync by sync what it took."""
    settings = _write(people, folder)
    database = folder / "application.sqlite"
    home = Home(folder / "home")
    home.root.mkdir()
    with sandbox(folder / "dataset") as url:
        roster = environment(url, home.root)
        measured = {ROSTER: _synced(home, roster, 2)}
        measured[FIRST] = _synced(home, roster | settings, 3)
        measured[NOTHING] = _synced(home, roster | settings, 4)
        _tell(database, "insert into progress values ('r1', 'x', 'assessment', '2026-08-16')")
        measured[OTHER] = _synced(home, roster | settings, 5)
        _tell(database, "insert into accounts select * from later")
        measured[NEW_ACCOUNTS] = _synced(home, roster | settings, 6)
    return measured


def beyond(measured: Mapping[str, Measured], what: str, base: str | None) -> float:
    """How long building and suggesting took, in seconds; or how much longer than on another day."""
    return _matching(measured[what]) - (_matching(measured[base]) if base else 0.0)


def _matching(sync: Measured) -> float:
    return sum(sync.phases.get(phase, 0.0) for phase in ("dbt", "checks", "matching"))


def _write(people: int, folder: Path) -> dict[str, str]:
    """The districts, and the application without the accounts that come later; its settings."""
    folder.mkdir(parents=True)
    made = labelled(people, seed=99, districts=_DISTRICTS)
    write_districts(made, folder / "dataset")
    settings = write_application(made, folder)
    with (folder / "mapping.toml").open("a") as mapping:
        mapping.write(_PROGRESS)
    some = f"(select id from accounts order by substr(id, -4), id limit {_NEW})"
    _tell(
        folder / "application.sqlite",
        "create table progress (id text, account text, kind text, at text)",
        f"create table later as select * from accounts where id in {some}",
        "delete from accounts where id in (select id from later)",
    )
    return settings


def _tell(database: Path, *statements: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def _synced(home: Home, settings: Mapping[str, str], hour: int) -> Measured:
    os.sync()
    at = f"{DAY}T{hour:02}:00:00"
    return rollbook(home, settings, "sync", "--observed-at", at, "--ahead-of-clock")

"""A million open accounts against a million users: what scoring them takes, and the days after.

Beside nothing: the build holds the two relations as tables, and `suggest` does all that a run does.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.lib.home import Home
from orchestration.matching.suggesting import suggest
from tests.bench.measure import Run, run
from tests.matching.homes import make_home, note_build
from tests.matching.people import Labelled, labelled

_PROJECT = Path(__file__).parents[3]
_DISTRICTS, _NEW = 5, 100
FIRST, NOTHING_BUILT, NOTHING_NEW, NEW_ACCOUNTS = (
    "all of them, the first time",
    "a day on which nothing was built",
    "a build in which no account and no user changed",
    f"{_NEW} new accounts",
)


def measure(people: int, folder: Path) -> Mapping[str, Run]:
    """Score so many accounts and users of five districts; then the days after."""
    home = make_home(folder / "scale", Labelled())
    _fill(home, labelled(people // _DISTRICTS, seed=99, districts=1))
    measured = {FIRST: _run(home), NOTHING_BUILT: _run(home)}
    note_build(home)
    measured[NOTHING_NEW] = _run(home)
    with duckdb.connect(str(home.build)) as build:
        build.execute("insert into intermediate.open_accounts from later")
    note_build(home)
    measured[NEW_ACCOUNTS] = _run(home)
    return measured


def _fill(home: Home, people: Labelled) -> None:
    """The same people in each district, under IDs of their own; some accounts come later."""
    sample = make_home(home.root / "sample", people)
    with duckdb.connect(str(home.build)) as build:
        build.execute(f"attach '{sample.build}' as sample (read_only)")
        for name, person in (("open_accounts", "account_id"), ("open_users", "user_id")):
            build.execute(
                f"create or replace table intermediate.{name} as select * replace ("
                f"district || {person} as {person}, 'd' || district as district_id, "
                "district || print as print) "
                f"from sample.intermediate.{name}, range({_DISTRICTS}) as districts(district)"
            )
        build.execute(
            "create table later as from intermediate.open_accounts "
            f"order by hash(account_id) limit {_NEW}"
        )
        build.execute(
            "delete from intermediate.open_accounts "
            "where account_id in (select account_id from later)"
        )


def _run(home: Home) -> Run:
    os.sync()
    command = [sys.executable, "-W", "ignore", "-m", "tests.bench.matching.scale", str(home.root)]
    return run(command, {**os.environ, "PYTHONPATH": str(_PROJECT)}, _PROJECT)


if __name__ == "__main__":
    print(suggest(Home(Path(sys.argv[1])), datetime(2026, 9, 7)))

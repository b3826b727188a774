"""A million open accounts against a million users: what scoring them takes, and the days after.

Beside nothing: the build holds the two relations as tables, and `suggest` does all that a run does.
So what the rules, their checks and counts take of a build is not in it, nor reading dbt's views.
The first time all accounts are open, which no home sees: the rules leave a few percent. On the days
after so many are.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.lib.home import Home
from orchestration.matching.suggesting import suggest
from tests.bench.measure import Run, run
from tests.matching.homes import log, make_home, note_build
from tests.matching.people import Labelled, labelled

_PROJECT = Path(__file__).parents[3]
_DISTRICTS, _NEW = 5, 100
#: Of a hundred accounts, how many the rules leave open.
_OPEN_PERCENT = 6
FIRST, NOTHING_BUILT, NOTHING_MATTERS, MATCHED, NOTHING_NEW, NEW_ACCOUNTS = (
    "all of them, the first time",
    "a day on which nothing was built",
    "a build of other news, such as progress",
    f"the day on which all but {_OPEN_PERCENT} % are matched",
    "a build with news of users who are as they were",
    f"{_NEW} new accounts",
)


def measure(people: int, folder: Path) -> Mapping[str, Run]:
    """Score so many accounts and users of five districts; then the days after."""
    home = make_home(folder / "scale", Labelled())
    _fill(home, labelled(people // _DISTRICTS, seed=99, districts=1))
    measured = {FIRST: _run(home), NOTHING_BUILT: _run(home)}
    note_build(home)
    measured[NOTHING_MATTERS] = _run(home)
    measured[MATCHED] = _run_with(home, _MATCH, accounts=["matched"])
    measured[NOTHING_NEW] = _run_with(home, "select 1", users=_some_users(home))
    new = "insert into intermediate.open_accounts from later"
    measured[NEW_ACCOUNTS] = _run_with(home, new, accounts=["new"])
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


_MATCH = (
    "delete from intermediate.open_accounts where hash(account_id, 'open') % 100 >= "
    f"{_OPEN_PERCENT}"
)


def _run_with(
    home: Home, change: str, accounts: Sequence[str] = (), users: Sequence[str] = ()
) -> Run:
    """What another build makes the next run take; the logs tell of whom it is."""
    with duckdb.connect(str(home.build)) as build:
        build.execute(change)
    log(home, accounts, users)
    note_build(home)
    return _run(home)


def _some_users(home: Home) -> list[str]:
    with duckdb.connect(str(home.build), read_only=True) as build:
        rows = build.execute(
            f"select user_id from intermediate.open_users order by hash(user_id) limit {_NEW}"
        ).fetchall()
    return [user_id for (user_id,) in rows]


def _run(home: Home) -> Run:
    os.sync()
    command = [sys.executable, "-W", "ignore", "-m", "tests.bench.matching.scale", str(home.root)]
    return run(command, {**os.environ, "PYTHONPATH": str(_PROJECT)}, _PROJECT)


if __name__ == "__main__":
    print(suggest(Home(Path(sys.argv[1])), datetime(2026, 9, 7)))

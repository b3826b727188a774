"""Runs suites over a home's databases in this process; `process.SuiteRunner` does it in another."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from dlt_sources.errors import ConfigurationError, RollbookError
from dlt_sources.sql import literal
from expectations.judge import failing_rows
from expectations.model import Check, CheckResult, Suite
from expectations.suites import SUITES

_DATABASES = ("warehouse", "build")
# Beside dbt's and Dagster's memory in a run; the queries aggregate, so it is speed, not a limit.
_MEMORY_MB = 250
# More would want more memory; with one alone DuckDB's joins do not spill in time.
_THREADS = 2
_SAMPLE = 5
_CLEVER_ID = re.compile("[0-9a-f]{24}")


def run_suites(
    home: Path, names: Collection[str] | None = None, *, since: int | None = None
) -> list[CheckResult]:
    """Judges what is new in a home; the results in the order of the suites and their checks.

    `names` chooses suites (all by default). New is what syncs after `since` brought: by default
    after the last sync noted in `build.ops.builds`; 0 judges everything.

    Raises ConfigurationError for an unknown suite or a home without what a suite judges,
    RollbookError if the databases are in use or a suite could not be judged.
    """
    suites = _chosen(names)
    with _databases(home, suites) as connection:
        if since is None:
            since = _last_build(connection, home)
        connection.execute(f"set variable watermark = {int(since)}")
        return [result for suite in suites for result in _run(connection, home, suite)]


def _chosen(names: Collection[str] | None) -> list[Suite]:
    known = {suite.name for suite in SUITES}
    for name in sorted(set(names or ()) - known):
        raise ConfigurationError(
            f"There is no suite {name!r}; there are {', '.join(sorted(known))}."
        )
    return [suite for suite in SUITES if names is None or suite.name in names]


@contextmanager
def _databases(home: Path, suites: Iterable[Suite]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of its own with the home's databases attached read-only."""
    needed: set[str] = {"warehouse", *(suite.database for suite in suites)}
    for name in sorted(needed, reverse=True):
        if not (home / f"{name}.duckdb").is_file():
            raise ConfigurationError(
                f"{home} holds no {name}.duckdb to check; run `rollbook sync` first."
            )
    with (
        tempfile.TemporaryDirectory(prefix="rollbook-") as scratch,
        duckdb.connect(
            config={
                "memory_limit": f"{_MEMORY_MB}MB",
                "temp_directory": scratch,
                "threads": _THREADS,
                "preserve_insertion_order": False,
            }
        ) as connection,
    ):
        _attach(connection, home)
        yield connection


def _attach(connection: duckdb.DuckDBPyConnection, home: Path) -> None:
    for name in _DATABASES:
        if (home / f"{name}.duckdb").is_file():
            _attach_file(connection, home / f"{name}.duckdb", name)


def _attach_file(connection: duckdb.DuckDBPyConnection, file: Path, name: str) -> None:
    try:
        connection.execute(f"attach or replace {literal(file)} as {name} (read_only)")
    except duckdb.Error:
        raise RollbookError(
            f"{file} cannot be opened for checking: it is in use by another process or not a "
            "database of this version. Wait for the other run to end, then check again."
        ) from None


def _last_build(connection: duckdb.DuckDBPyConnection, home: Path) -> int:
    if not (home / "build.duckdb").is_file():
        return 0
    try:
        found = connection.execute("select max(sync_id) from build.ops.builds").fetchone()
    except duckdb.CatalogException:
        raise ConfigurationError(
            f"The roster in {home} has never been built; run `rollbook sync` first."
        ) from None
    return int(found[0] or 0) if found else 0


def _make_room(connection: duckdb.DuckDBPyConnection, home: Path) -> None:
    """Attaches the databases anew when what queries have read fills a quarter of the memory.

    DuckDB 1.5 fails for want of memory sooner than it gives up pages that it has read.
    """
    used = connection.execute("select sum(memory_usage_bytes) from duckdb_memory()").fetchone()
    if used and used[0] > _MEMORY_MB * 1_000_000 / 4:
        _attach(connection, home)


def _frame(connection: duckdb.DuckDBPyConnection, home: Path, query: str) -> pd.DataFrame:
    _make_room(connection, home)
    return connection.execute(query).df()


def _run(connection: duckdb.DuckDBPyConnection, home: Path, suite: Suite) -> list[CheckResult]:
    known = _known_districts(connection)
    try:
        frames = [_frame(connection, home, query) for query in suite.queries]
    except duckdb.Error as error:
        # DuckDB's text may quote a value that could not be read, so only its kind is told.
        raise RollbookError(
            f"Suite {suite.name} could not read the databases ({type(error).__name__}); nothing "
            "was published. `rollbook rebuild` derives the roster again from the log."
        ) from None
    frame = pd.concat(frames, ignore_index=True)
    failing = failing_rows(suite, frame)
    return [_result(suite, check, frame, failing[check.name], known) for check in suite.checks]


def _known_districts(connection: duckdb.DuckDBPyConnection) -> set[str]:
    found = connection.execute("select distinct district_id from warehouse.clever_raw.syncs")
    return {str(district) for (district,) in found.fetchall()}


def _result(
    suite: Suite, check: Check, frame: pd.DataFrame, positions: list[int], known: set[str]
) -> CheckResult:
    wrong = frame.iloc[positions]
    ids = wrong[f"{check.counts}_ids"] if positions else ()
    return CheckResult(
        suite=suite.name,
        check=check.name,
        severity=check.severity,
        passed=not positions,
        evaluated=int(frame["rows"].sum()),
        unexpected=int(wrong[check.counts].sum()),
        sample_ids=tuple(_samples(ids)),
        districts=_districts(wrong["district_id"], known),
    )


def _districts(concerned: pd.Series[Any], known: set[str]) -> tuple[str, ...] | None:
    """The districts of some rows, ascending; None if one of them names none that was ever synced.

    Such a name may be anything, and no sync of it can be taken back.
    """
    named = set(concerned)
    return tuple(sorted(named)) if named <= known else None


def _samples(lists: Iterable[Any]) -> list[str]:
    """A few ids, ascending. What does not look like a Clever ID might be anything: not shown."""
    ids = {str(one) for some in lists if isinstance(some, Iterable) for one in some}
    shown = (one if _CLEVER_ID.fullmatch(one) else f"({len(one)} characters)" for one in ids)
    return sorted(set(shown))[:_SAMPLE]

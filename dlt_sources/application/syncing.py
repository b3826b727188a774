"""A load of the application's data: look, read what is new, append what changed, say so.

Whatever goes wrong is a line with status `failed` and changes nothing: the roster goes on with the
application's data as last known.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dlt_sources.application.changelog import (
    LoadLine,
    Standing,
    append_changes,
    append_line,
    append_withdrawals,
    changes_of,
    has_overlooked,
    next_load_id,
    open_log,
    present_after,
    standings,
)
from dlt_sources.application.columns import APPLICATION_TABLES
from dlt_sources.application.mapping import TableMapping
from dlt_sources.application.probe import Wanted, cursor_value, glance, with_overlap, written
from dlt_sources.application.settings import ApplicationSettings, application_settings
from dlt_sources.errors import RollbookError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from sqlalchemy import Engine


@dataclass(frozen=True)
class Load:
    """A load under way: its number, its run, the time of all it finds, and when it began."""

    load_id: int
    run_id: str
    observed_at: datetime
    started_at: datetime


def sync_application(
    folder: Path,
    *,
    settings: ApplicationSettings | None = None,
    run_id: str,
    observed_at: datetime,
) -> list[LoadLine]:
    """Bring the logs in `warehouse.duckdb` of a folder up to date; a line for each table.

    A database that cannot be read, or a mapping that does not fit it, gives lines with status
    `failed` that say what to do. Raises only what the warehouse itself raises.
    """
    scratch = folder / "application"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    try:
        with open_log(folder / "warehouse.duckdb", scratch) as log:
            load = Load(next_load_id(log), run_id, observed_at, _now())
            return _taken_over(log, scratch, settings, load)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _taken_over(
    log: DuckDBPyConnection, scratch: Path, settings: ApplicationSettings | None, load: Load
) -> list[LoadLine]:
    """One transaction for everything, or the lines that say why there is nothing."""
    log.begin()
    try:
        lines = _complete(log, scratch, settings or application_settings(), load)
    except Exception as error:
        log.rollback()
        log.begin()
        lines = _failed(load, _reason(error))
    for line in lines:
        append_line(log, line)
    log.commit()
    return lines


def _complete(
    log: DuckDBPyConnection, scratch: Path, settings: ApplicationSettings, load: Load
) -> list[LoadLine]:
    if settings.is_none:
        return []
    known = standings(log)
    engine = settings.engine()
    with engine.connect() as connection:
        tables = [
            Wanted(mapping, glance(connection, mapping), cursor_value(_of(known, mapping).cursor))
            for mapping in settings.tables
        ]
    new = [each for each in tables if _has_news(each, _of(known, each.mapping))]
    unreadable = _append_news(log, scratch, engine, new, known, load) if new else {}
    return [
        _line(log, each, _of(known, each.mapping), load, unreadable.get(each.name, 0))
        for each in tables
    ]


def _has_news(table: Wanted, known: Standing) -> bool:
    """Without a cursor only reading can tell."""
    return (
        not table.mapping.cursor
        or table.glance.rows != known.present
        or written(table.glance.last) != known.cursor
    )


def _append_news(
    log: DuckDBPyConnection,
    scratch: Path,
    engine: Engine,
    new: Sequence[Wanted],
    known: Mapping[str, Standing],
    load: Load,
) -> Mapping[str, int]:
    """Read and append what is new; how many values of each table were unreadable.

    Where then the log and the table have not the same number of rows, all ids tell why. The table
    may change between any two of these steps: what a step does not show, the next load will find.
    """
    unreadable = _append_rows(log, scratch / "rows", engine, new, load)
    uneven = [
        each
        for each in new
        if _present(log, each.mapping, _of(known, each.mapping), load) != each.glance.rows
    ]
    overlooked = _append_gone(log, scratch / "ids", engine, uneven, load)
    return {**unreadable, **_append_rows(log, scratch / "again", engine, overlooked, load)}


def _append_rows(
    log: DuckDBPyConnection, scratch: Path, engine: Engine, tables: Sequence[Wanted], load: Load
) -> dict[str, int]:
    """Read what is wanted and append what differs; the number of unreadable values by table."""
    from dlt_sources.application.source import extract

    files = extract(engine, tables, scratch) if tables else {}
    return {
        each.name: append_changes(
            log, each.mapping, files[each.name], load.load_id, load.observed_at
        )
        for each in tables
    }


def _append_gone(
    log: DuckDBPyConnection, scratch: Path, engine: Engine, tables: Sequence[Wanted], load: Load
) -> list[Wanted]:
    """Withdraw what the tables no longer have; those of which rows were overlooked, as a whole."""
    from dlt_sources.application.source import extract

    ids = [replace(each, ids_only=True) for each in tables]
    files = extract(engine, ids, scratch) if ids else {}
    for each in tables:
        append_withdrawals(log, each.mapping, files[each.name], load.load_id, load.observed_at)
    return [
        replace(each, since=None)
        for each in tables
        if each.glance.last is not None
        and has_overlooked(
            log, each.mapping, files[each.name], with_overlap(each.mapping, each.glance.last)
        )
    ]


def _of(known: Mapping[str, Standing], mapping: TableMapping) -> Standing:
    return known.get(mapping.target.name, Standing())


def _present(log: DuckDBPyConnection, mapping: TableMapping, known: Standing, load: Load) -> int:
    return present_after(log, mapping.target, load.load_id, known.present)


def _line(
    log: DuckDBPyConnection, table: Wanted, known: Standing, load: Load, unreadable: int
) -> LoadLine:
    changes = changes_of(log, table.mapping.target, load.load_id)
    return LoadLine(
        load.load_id,
        load.run_id,
        table.name,
        "complete",
        load.observed_at,
        load.started_at,
        _now(),
        created=changes.get("created", 0),
        updated=changes.get("updated", 0),
        restored=changes.get("restored", 0),
        withdrawn=changes.get("withdrawn", 0),
        present=_present(log, table.mapping, known, load),
        unreadable=unreadable,
        cursor=written(table.glance.last),
    )


def _failed(load: Load, error: str) -> list[LoadLine]:
    return [
        LoadLine(
            load.load_id,
            load.run_id,
            table.name,
            "failed",
            load.observed_at,
            load.started_at,
            _now(),
            error=error,
        )
        for table in APPLICATION_TABLES
    ]


def _reason(error: Exception) -> str:
    """What a person can act on. Others' messages may quote rows or a password: only their kind."""
    if isinstance(error, RollbookError):
        return str(error)
    return (
        f"The application's database could not be read ({type(error).__name__}); what was known "
        "of it stays. Mend the connection and run again."
    )


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)

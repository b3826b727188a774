"""A load of the application's data: read what may have changed, append what did, say so.

Each table is a transaction of its own, with its line. Whatever goes wrong with one is a line with
status `failed` and changes nothing of it: the others are loaded, and the roster goes on with the
application's data as last known.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from dlt_sources.application.changelog import (
    LoadLine,
    Standing,
    append_line,
    next_load_id,
    open_log,
    standings,
)
from dlt_sources.application.columns import APPLICATION_TABLES
from dlt_sources.application.comparing import bring_up_to_date, plan_of
from dlt_sources.application.failing import not_reached, reason
from dlt_sources.application.looking import look
from dlt_sources.application.mapping import TableMapping
from dlt_sources.application.merging import Merge
from dlt_sources.application.reading import TableReader, table_reader
from dlt_sources.application.settings import ApplicationSettings, application_settings
from dlt_sources.errors import RollbookError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duckdb import DuckDBPyConnection
    from sqlalchemy import Engine


@dataclass(frozen=True)
class Load:
    """A load under way: its number, its run, the time of all it finds, and when it began.

    `reconcile` asks for every table to be compared as a whole.
    """

    load_id: int
    run_id: str
    observed_at: datetime
    started_at: datetime
    reconcile: bool = False


def sync_application(
    folder: Path,
    *,
    settings: ApplicationSettings | None = None,
    run_id: str,
    observed_at: datetime,
    reconcile: bool = False,
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
            load = Load(next_load_id(log), run_id, observed_at, _now(), reconcile)
            return _load(log, settings, load)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _load(
    log: DuckDBPyConnection, settings: ApplicationSettings | None, load: Load
) -> list[LoadLine]:
    try:
        settings = settings or application_settings()
        if settings.is_none:
            return []
        mappings, engine = settings.tables, settings.engine()
    except RollbookError as error:
        names = [table.name for table in APPLICATION_TABLES]
        return _all_failed(log, load, names, str(error))
    try:
        settings.reach()
    except Exception as error:
        names = [*(each.name for each in mappings), *settings.refused]
        return _all_failed(log, load, names, not_reached(error))
    known = standings(log)
    lines = [_load_table(log, engine, each, known.get(each.name), load) for each in mappings]
    for name, why in settings.refused.items():
        lines += _all_failed(log, load, [name], why)
    return lines


def _all_failed(
    log: DuckDBPyConnection, load: Load, names: Iterable[str], error: str
) -> list[LoadLine]:
    lines = [_failed(load, name, error) for name in names]
    for line in lines:
        append_line(log, line)
    return lines


def _load_table(
    log: DuckDBPyConnection,
    engine: Engine,
    mapping: TableMapping,
    known: Standing | None,
    load: Load,
) -> LoadLine:
    """One transaction: the changes of a table and its line, or the line that says why not."""
    reader = None
    log.begin()
    try:
        with table_reader(engine, mapping) as reader:
            line = _complete(log, reader, known, load)
    except Exception as error:
        log.rollback()
        if isinstance(error, duckdb.Error) and not isinstance(error, duckdb.DataError):
            raise
        log.begin()
        line = _failed(load, mapping.name, reason(error, mapping, reader))
    append_line(log, line)
    log.commit()
    return line


def _complete(
    log: DuckDBPyConnection, reader: TableReader, known: Standing | None, load: Load
) -> LoadLine:
    merge = Merge(log, reader.mapping, reader.numbers, load.load_id, load.observed_at)
    seen = look(reader, load.observed_at)
    plan = plan_of(
        reader,
        seen,
        known,
        at=load.observed_at,
        asked=load.reconcile,
        indexed=merge.present(),
    )
    plan, found = bring_up_to_date(reader, merge, plan)
    changes = merge.changes()
    return LoadLine(
        load.load_id,
        load.run_id,
        reader.mapping.name,
        "complete",
        load.observed_at,
        load.started_at,
        _now(),
        created=changes.get("created", 0),
        updated=changes.get("updated", 0),
        restored=changes.get("restored", 0),
        withdrawn=changes.get("withdrawn", 0),
        present=merge.present(),
        unreadable=found.unreadable,
        cursor=seen.last.written() if seen.last else None,
        read_as=plan.read_as,
        read_because=plan.because,
        healed=found.healed,
        cursors_ahead=seen.ahead,
        fingerprint=json.dumps(reader.fingerprint),
        left_out=found.left_out,
    )


def _failed(load: Load, table: str, error: str) -> LoadLine:
    return LoadLine(
        load.load_id,
        load.run_id,
        table,
        "failed",
        load.observed_at,
        load.started_at,
        _now(),
        error=error,
    )


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)

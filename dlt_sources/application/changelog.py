"""The raw tables: append-only logs of what changed in the application, and a line for each load."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from dlt_sources.application.columns import (
    APPLICATION_TABLES,
    INDEX,
    INDEX_SCHEMA,
    LOADS,
    MATCHING_SCHEMA,
    SCHEMA,
    application_raw_tables,
    matching_raw_tables,
)
from dlt_sources.application.cursors import Cursor, known_cursor
from dlt_sources.warehouse import cannot_be_opened

_MEMORY = "400MB"
#: How a load that compared everything says so.
COMPARED = ("comparison", "whole")


@dataclass(frozen=True)
class LoadLine:
    """What became of one table in one load; `cursor` is how far it has been read.

    `read_as` is `changes` (the rows since the last cursor, and which ids there are), `comparison`
    (also all rows by their checksums, or one by one) or `whole` (all rows, as nothing known of them
    could be relied on), and `read_because` says why it was not `changes`. `healed` counts the rows
    that only a comparison could find. `unreadable` counts the values of logged rows that do not fit
    their column's type and so are NULL, `cursors_ahead` the rows whose cursor is more than a day
    after the load, `left_out` the rows without an ID and those that share theirs with another.
    """

    load_id: int
    run_id: str
    table_name: str
    status: str
    observed_at: datetime
    started_at: datetime
    finished_at: datetime
    created: int = 0
    updated: int = 0
    restored: int = 0
    withdrawn: int = 0
    present: int = 0
    unreadable: int = 0
    cursor: str | None = None
    error: str | None = None
    read_as: str | None = None
    read_because: str | None = None
    healed: int = 0
    cursors_ahead: int = 0
    fingerprint: str | None = None
    left_out: int = 0

    @property
    def changes(self) -> int:
        """How many rows were appended to the log."""
        return self.created + self.updated + self.restored + self.withdrawn

    def metadata(self) -> dict[str, Any]:
        """What the asset shows of it."""
        if self.error:
            return {"status": self.status, "error": self.error}
        counts = (
            *("created", "updated", "restored", "withdrawn", "healed", "present"),
            *("unreadable", "cursors_ahead", "left_out"),
        )
        because = {"read_because": self.read_because} if self.read_because else {}
        return {
            "status": self.status,
            "read_as": self.read_as or "",
            **because,
            **{name: getattr(self, name) for name in counts},
        }


@dataclass(frozen=True)
class Standing:
    """How a table stood after its last complete load, and when all of it was last compared."""

    cursor: Cursor | None = None
    present: int = 0
    fingerprint: Mapping[str, str] = field(default_factory=dict)
    compared_at: datetime | None = None
    left_out: int = 0


def open_log(warehouse: Path, scratch: Path) -> duckdb.DuckDBPyConnection:
    """The warehouse, with times read as UTC. Its raw tables are made where they are missing.

    Raises RollbookError when it cannot be opened.
    """
    connection = connected(warehouse)
    connection.execute(f"set memory_limit = '{_MEMORY}'")
    connection.execute(f"set temp_directory = '{str(scratch).replace(chr(39), chr(39) * 2)}'")
    connection.execute("set TimeZone = 'UTC'")
    connection.execute("set preserve_insertion_order = false")
    ensure_tables(connection)
    return connection


def make_tables(warehouse: Path) -> None:
    """Make the raw tables that are missing: a home may never have read an application."""
    with connected(warehouse) as connection:
        ensure_tables(connection)


def connected(warehouse: Path) -> duckdb.DuckDBPyConnection:
    """A connection to the warehouse; raises RollbookError when it cannot be opened."""
    try:
        return duckdb.connect(str(warehouse))
    except duckdb.Error as error:
        raise cannot_be_opened(warehouse, error) from error


def ensure_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the schema, its tables and the sequence of load numbers where they are missing.

    So are columns that a table lacks because an older version made it; its rows have NULL there.
    """
    connection.execute(f"create schema if not exists {SCHEMA}")
    connection.execute(f"create schema if not exists {INDEX_SCHEMA}")
    connection.execute(f"create schema if not exists {MATCHING_SCHEMA}")
    for schema, tables in (
        (SCHEMA, application_raw_tables()),
        (MATCHING_SCHEMA, matching_raw_tables()),
    ):
        for name, columns in tables.items():
            _make(connection, f"{schema}.{name}", columns)
    for table in APPLICATION_TABLES:
        _make(connection, f"{INDEX_SCHEMA}.{table.name}", INDEX)
    connection.execute(f"create sequence if not exists {SCHEMA}.load_ids")


def _make(connection: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, str]) -> None:
    listed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    connection.execute(f"create table if not exists {name} ({listed})")
    for column, kind in columns.items():
        connection.execute(f"alter table {name} add column if not exists {column} {kind}")


def next_load_id(connection: duckdb.DuckDBPyConnection) -> int:
    """A number that no load has had and none will have."""
    [(number,)] = connection.execute(f"select nextval('{SCHEMA}.load_ids')").fetchall()
    return int(number)


def standings(connection: duckdb.DuckDBPyConnection) -> dict[str, Standing]:
    """How each table stood after its last complete load."""
    rows = connection.execute(
        f"""
        with numbered as (
            select *, row_number() over (partition by table_name order by load_id desc) as place,
                max(observed_at) filter (where read_as in {COMPARED})
                    over (partition by table_name) as compared_at
            from {SCHEMA}.loads where status = 'complete'
        )
        select table_name, cursor, present, fingerprint, compared_at, left_out
        from numbered where place = 1
        """
    ).fetchall()
    return {
        name: Standing(
            known_cursor(cursor),
            present or 0,
            json.loads(fingerprint or "{}"),
            compared_at,
            left_out or 0,
        )
        for name, cursor, present, fingerprint, compared_at, left_out in rows
    }


def append_line(connection: duckdb.DuckDBPyConnection, line: LoadLine) -> None:
    """The line of one table of a load."""
    values: Mapping[str, Any] = asdict(line)
    marks = ", ".join("?" for _ in LOADS)
    connection.execute(
        f"insert into {SCHEMA}.loads ({', '.join(LOADS)}) values ({marks})",
        [values[name] for name in LOADS],
    )

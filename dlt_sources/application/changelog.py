"""The raw tables: append-only logs of what changed in the application, and a line for each load.

What was read is compared with the newest row of each id; only what differs is appended. All tables
of a load and its lines are written in one transaction, so that a load is there or is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from dlt_sources.application.columns import (
    LOADS,
    SCHEMA,
    ApplicationTable,
    application_raw_tables,
)
from dlt_sources.application.mapping import TableMapping
from dlt_sources.errors import RollbookError

_MEMORY = "400MB"


@dataclass(frozen=True)
class LoadLine:
    """What became of one table in one load; `cursor` is how far it has been read.

    `unreadable` counts the values that do not fit their column's type and so were read as NULL.
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

    @property
    def changes(self) -> int:
        """How many rows were appended to the log."""
        return self.created + self.updated + self.restored + self.withdrawn

    def metadata(self) -> dict[str, Any]:
        """What the asset shows of it."""
        if self.error:
            return {"status": self.status, "error": self.error}
        counts = ("created", "updated", "restored", "withdrawn", "present", "unreadable")
        return {"status": self.status, **{name: getattr(self, name) for name in counts}}


@dataclass(frozen=True)
class Standing:
    """How far a table has been read, and how many of its rows are present by the log."""

    cursor: str | None = None
    present: int = 0


def open_log(warehouse: Path, scratch: Path) -> duckdb.DuckDBPyConnection:
    """The warehouse, with times read as UTC. Its raw tables are made where they are missing."""
    connection = duckdb.connect(str(warehouse))
    connection.execute(f"set memory_limit = '{_MEMORY}'")
    connection.execute(f"set temp_directory = '{str(scratch).replace(chr(39), chr(39) * 2)}'")
    connection.execute("set TimeZone = 'UTC'")
    connection.execute("set preserve_insertion_order = false")
    ensure_tables(connection)
    return connection


def make_tables(warehouse: Path) -> None:
    """Make the raw tables that are missing: a home may never have read an application."""
    with duckdb.connect(str(warehouse)) as connection:
        ensure_tables(connection)


def ensure_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the schema, its tables and the sequence of load numbers where they are missing.

    So are columns that a table lacks because an older version made it; its rows have NULL there.
    """
    connection.execute(f"create schema if not exists {SCHEMA}")
    for name, columns in application_raw_tables().items():
        listed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
        connection.execute(f"create table if not exists {SCHEMA}.{name} ({listed})")
        for column, kind in columns.items():
            connection.execute(
                f"alter table {SCHEMA}.{name} add column if not exists {column} {kind}"
            )
    connection.execute(f"create sequence if not exists {SCHEMA}.load_ids")


def next_load_id(connection: duckdb.DuckDBPyConnection) -> int:
    """A number that no load has had and none will have."""
    [(number,)] = connection.execute(f"select nextval('{SCHEMA}.load_ids')").fetchall()
    return int(number)


def standings(connection: duckdb.DuckDBPyConnection) -> dict[str, Standing]:
    """How each table stood after its last complete load."""
    rows = connection.execute(
        f"select table_name, arg_max(cursor, load_id), arg_max(present, load_id) "
        f"from {SCHEMA}.loads where status = 'complete' group by table_name"
    ).fetchall()
    return {name: Standing(cursor, present) for name, cursor, present in rows}


def append_changes(
    connection: duckdb.DuckDBPyConnection,
    mapping: TableMapping,
    files: Sequence[Path],
    load_id: int,
    observed_at: datetime,
) -> int:
    """Append what differs from the newest row of its id; how many values were unreadable.

    A load that reads a row twice keeps what it read first: a log has one row of an id and load. A
    row that is gone stays as it was when it went. Raises RollbookError for double and missing ids.
    """
    if not files:
        return 0
    table, log = mapping.target, f"{SCHEMA}.{mapping.target.name}"
    unreadable = _stage(connection, mapping, files)
    columns = ", ".join(table.columns)
    connection.execute(
        f"""
        insert into {log} by name
        with known as (
            select id, max(load_id) as load_id, arg_max(hash, load_id) as hash,
                arg_max(change, load_id) as change
            from {log} semi join read using (id)
            group by id
        )
        select $load_id::bigint as load_id, id,
            case
                when read.is_gone then 'withdrawn'
                when known.id is null then 'created'
                when known.change = 'withdrawn' then 'restored'
                else 'updated'
            end as change,
            $observed_at::timestamp as observed_at, read.hash, {columns}
        from read left join known using (id)
        where known.id is null or known.load_id < $load_id and (
            (known.change = 'withdrawn') <> read.is_gone
            or known.hash <> read.hash and not read.is_gone
        )
        """,
        {"load_id": load_id, "observed_at": observed_at},
    )
    connection.execute("drop table read")
    return unreadable


def _stage(
    connection: duckdb.DuckDBPyConnection, mapping: TableMapping, files: Sequence[Path]
) -> int:
    """The rows that were read under our names and types, in a table of this connection.

    Returns how many of their values do not fit our types.
    """
    shown = ", ".join(
        f"{_converted(mapping, name, kind)} as {name}"
        for name, kind in {"id": "VARCHAR", **mapping.target.columns}.items()
    )
    gone = f'"{mapping.deleted_at}" is not null' if mapping.deleted_at else "false"
    everything = f"row({', '.join(mapping.target.columns)})"
    connection.execute(
        f"""
        create temp table read as
        select *, md5_number_lower(cast(to_json({everything}) as varchar)) as hash
        from (
            select {shown}, {gone} as is_gone, {_unreadable(mapping)} as unreadable
            from read_parquet({_listed(files)})
        )
        """
    )
    [(unreadable, nameless)] = connection.execute(
        "select coalesce(sum(unreadable), 0), count(*) filter (where id is null) from read"
    ).fetchall()
    if nameless:
        raise RollbookError(
            f"The application's table {mapping.table} holds rows without "
            f"{mapping.columns['id']}; the mapping must name as id a column that every row has."
        )
    double = connection.execute("select id from read group by id having count(*) > 1 limit 1")
    if double.fetchone():
        raise RollbookError(
            f"The application's table {mapping.table} holds several rows with the same "
            f"{mapping.columns['id']}; the mapping must name its key as id."
        )
    return int(unreadable)


def _converted(mapping: TableMapping, name: str, kind: str) -> str:
    """Their column as ours; what is not of the type is NULL. Times become UTC without zone."""
    if name not in mapping.columns:
        return f"cast(null as {kind})"
    column = f'"{mapping.columns[name]}"'
    if kind == "TIMESTAMP":
        return f"cast(try_cast({column} as timestamptz) as timestamp)"
    return f"try_cast({column} as {kind})"


def _unreadable(mapping: TableMapping) -> str:
    """How many values of a row of theirs do not fit our types."""
    counted = [
        f'("{mapping.columns[name]}" is not null and {_converted(mapping, name, kind)} is null)'
        for name, kind in mapping.target.columns.items()
        if name in mapping.columns
    ]
    return " + ".join(f"cast({each} as bigint)" for each in counted) or "0"


def append_withdrawals(
    connection: duckdb.DuckDBPyConnection,
    mapping: TableMapping,
    files: Sequence[Path],
    load_id: int,
    observed_at: datetime,
) -> None:
    """Append a row for each present id that the table no longer has, with what was last known.

    The ids are read after the rows: one that this load has just read and that is gone already is
    left to the next load, as a log has one row of an id and load.
    """
    table, log = mapping.target, f"{SCHEMA}.{mapping.target.name}"
    connection.execute(
        f"""
        insert into {log} by name
        with newest as (
            select id, max(load_id) as load_id, arg_max(change, load_id) as change
            from {log} group by id
        ),
        gone as (
            select id, load_id from newest
            where change <> 'withdrawn' and load_id < $load_id and not exists (
                select 1 from ({_their_ids(mapping, files)}) as present where present.id = newest.id
            )
        )
        select $load_id::bigint as load_id, id, 'withdrawn' as change,
            $observed_at::timestamp as observed_at, log.hash,
            {", ".join(f"log.{column}" for column in table.columns)}
        from {log} as log join gone using (id, load_id)
        """,
        {"load_id": load_id, "observed_at": observed_at},
    )


def has_overlooked(
    connection: duckdb.DuckDBPyConnection,
    mapping: TableMapping,
    files: Sequence[Path],
    before: Any,
) -> bool:
    """Whether the table has rows that the log lacks, with a cursor below `before`.

    The next load asks for nothing below it: such a row was committed late, or put back as it was.
    """
    log = f"{SCHEMA}.{mapping.target.name}"
    found = connection.execute(
        f"""
        select 1 from ({_their_ids(mapping, files)}) as theirs
        anti join (
            select id from {log} group by id having arg_max(change, load_id) <> 'withdrawn'
        ) as present using (id)
        where cursor < ?
        limit 1
        """,
        [before],
    )
    return found.fetchone() is not None


def _their_ids(mapping: TableMapping, files: Sequence[Path]) -> str:
    """The ids that the table has, and the cursors beside them."""
    if not files:
        return "select null as id, null as cursor where false"
    cursor = f'"{mapping.cursor}"' if mapping.cursor else "null"
    return (
        f'select cast("{mapping.columns["id"]}" as varchar) as id, {cursor} as cursor '
        f"from read_parquet({_listed(files)})"
    )


def changes_of(
    connection: duckdb.DuckDBPyConnection, table: ApplicationTable, load_id: int
) -> dict[str, int]:
    """How many rows a load appended, by change."""
    rows = connection.execute(
        f"select change, count(*) from {SCHEMA}.{table.name} where load_id = ? group by change",
        [load_id],
    ).fetchall()
    return dict(rows)


def present_after(
    connection: duckdb.DuckDBPyConnection, table: ApplicationTable, load_id: int, before: int
) -> int:
    """How many ids are present by the log after a load that found `before` of them present."""
    [(came, went)] = connection.execute(
        f"""
        select count(*) filter (where change in ('created', 'restored')),
            count(*) filter (where change = 'withdrawn' and exists (
                select 1 from {SCHEMA}.{table.name} as earlier
                where earlier.id = now.id and earlier.load_id < now.load_id
            ))
        from {SCHEMA}.{table.name} as now where load_id = ?
        """,
        [load_id],
    ).fetchall()
    return before + int(came) - int(went)


def append_line(connection: duckdb.DuckDBPyConnection, line: LoadLine) -> None:
    """The line of one table of a load."""
    values: Mapping[str, Any] = asdict(line)
    marks = ", ".join("?" for _ in LOADS)
    connection.execute(
        f"insert into {SCHEMA}.loads ({', '.join(LOADS)}) values ({marks})",
        [values[name] for name in LOADS],
    )


def _listed(files: Sequence[Path]) -> str:
    return "[" + ", ".join("'" + str(file).replace("'", "''") + "'" for file in files) + "]"

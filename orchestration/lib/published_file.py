"""The file analysts read: a copy of what dbt built, with views, macros and comments of its own.

dbt's views name the database they were made in and would break in a file of another name, so each
is made again here without it. The new file is written beside the old one and swapped in by a
rename: a reader that has the old file open keeps it, the next one gets the new file.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from uuid import uuid4

import duckdb

from dlt_sources.errors import RollbookError
from dlt_sources.sql import literal
from dlt_sources.time_zones import time_zones
from orchestration.lib.as_of import dated_macros
from orchestration.lib.dbt_runner import models
from orchestration.lib.guide import (
    FOR_ANALYSTS,
    INTERMEDIATE,
    Entry,
    comments,
    entry_of,
    fill,
    guide_rows,
)
from orchestration.lib.home import Home
from orchestration.lib.macros import Macro, create_macros
from orchestration.lib.moments import create_moments, guard_macro
from orchestration.lib.questions import question_macros
from orchestration.lib.settings import settings_rows
from orchestration.lib.swap import WITHOUT_VACUUM, remove, swap_in, write_logs

#: What builds note for themselves: it tells of the last one, not of the roster.
_OF_BUILDS = ("ops.builds", "ops.application_builds")
#: Names of databases before schemas that are published.
_DATABASE = re.compile(
    r'"?\b(?:build|warehouse)"?\.(?="?(?:roster|progress|matching|ops|intermediate)"?\.)'
)


@dataclass(frozen=True)
class Published:
    """What was published, for the asset's metadata; `removed`, what somebody's writing had left."""

    views: int
    macros: int
    bytes: int
    removed: tuple[str, ...]


class NotAsPublishedError(RollbookError):
    """The file was replaced, but it does not open, or is not the new one."""


def publish(home: Home) -> Published:
    """Write the published file, swap it in, and see that it is what analysts get.

    On any error before the swap the old file stays. Raises OpenForWritingError while a process may
    write into the old one, NotAsPublishedError if the new one is there but something is wrong.
    """
    stamp = uuid4().hex[:12]
    beside = home.published.with_suffix(".duckdb.new")
    # A run that was killed may have left them; its log must not be replayed into this copy.
    remove(beside)
    try:
        write_logs(home.build)
        shutil.copyfile(home.build, beside)
        views, macros = _write(beside, home.warehouse, stamp)
        removed = swap_in(beside, home.published)
    finally:
        remove(beside)
    size = _expect_published(home.published, stamp)
    return Published(views, macros, size, tuple(log.name for log in removed))


def _write(file: Path, warehouse: Path, stamp: str) -> tuple[int, int]:
    """Make of a copy of the build what analysts read; how many views and macros it has."""
    with duckdb.connect(str(file), config=WITHOUT_VACUUM) as connection:
        connection.execute(f"attach {literal(warehouse)} as warehouse (read_only)")
        # One transaction: hundreds of comments would each wait for the disk otherwise.
        connection.begin()
        _drop_what_only_builds_read(connection)
        _copy_log_views(connection)
        views = _recreate_views(connection)
        relations = _comment(connection)
        macros = _create_macros(connection, stamp)
        fill(connection, "roster.guide", guide_rows([*relations, *macros]))
        fill(connection, "ops.settings", settings_rows())
        connection.commit()
        connection.execute("detach warehouse")
        connection.execute("checkpoint")
    return views, len(macros)


def _create_macros(connection: duckdb.DuckDBPyConnection, stamp: str) -> list[Macro]:
    """Make the file's macros.

    Raises RollbookError for a zone whose days the build has not: nothing would stand on a day.
    """
    zones = time_zones()
    built = connection.execute("select distinct time_zone from intermediate.local_days").fetchall()
    if missing := sorted(zones.used.keys() - {zone for (zone,) in built}):
        raise RollbookError(
            f"What was built has no days of {', '.join(missing)}: run `rollbook rebuild`. Nothing "
            "was published."
        )
    moments = create_moments(connection, stamp, zones)
    macros = [*dated_macros(moments), *question_macros(moments)]
    create_macros(connection, macros)
    return macros


def _expect_published(file: Path, stamp: str) -> int:
    """Open the file as a reader does, and see that it is the one with this stamp; its size."""
    try:
        # Attached, not connected to: a process that has the old file open would get that again.
        with duckdb.connect() as reader:
            reader.execute(f"attach {literal(file)} as published (read_only)")
            found = reader.execute(
                "select count(*) from duckdb_functions() "
                "where database_name = 'published' and function_name = ?",
                [guard_macro(stamp)],
            ).fetchone()
        size = file.stat().st_size
    except (duckdb.Error, OSError) as error:
        raise NotAsPublishedError(
            f"{file} was replaced by the new roster, but cannot be read "
            f"({type(error).__name__}). Run `rollbook sync` again to publish it anew."
        ) from error
    if found != (1,):
        raise NotAsPublishedError(
            f"{file} was replaced by the new roster, and by something else since. "
            "See that nothing but Rollbook writes there, and run `rollbook sync` again."
        )
    return size


def _recreate_views(connection: duckdb.DuckDBPyConnection) -> int:
    """Make every view of the build again under names that hold in any file."""
    found = connection.execute(
        "select schema_name, view_name, sql from duckdb_views() "
        "where not internal and database_name = current_database()"
    ).fetchall()
    statements = {(schema, view): sql for schema, view, sql in found}
    for relation in _in_order(statements):
        sql = _DATABASE.sub("", statements[relation])
        connection.execute(sql.replace("CREATE VIEW", "CREATE OR REPLACE VIEW", 1))
    return len(statements)


def _in_order(relations: Mapping[tuple[str, str], str]) -> Iterator[tuple[str, str]]:
    """Views after the views they read."""
    nodes = {node["unique_id"]: node for node in models()}
    parents = {
        unique_id: set(node["depends_on"]["nodes"]) & nodes.keys()
        for unique_id, node in nodes.items()
    }
    for unique_id in TopologicalSorter(parents).static_order():
        relation = (nodes[unique_id]["schema"], nodes[unique_id]["alias"])
        if relation in relations:
            yield relation


def _copy_log_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Copy the rows of the views over the log (`ops.syncs`, ...): the log is not published."""
    for node in models("ops", "matching"):
        if node["database"] == "warehouse":
            name = f"{node['schema']}.{node['alias']}"
            connection.execute(f"create or replace table {name} as from warehouse.{name}")


def _comment(connection: duckdb.DuckDBPyConnection) -> list[Entry]:
    """Give every published relation and column its comment; the relations' entries in the guide."""
    kinds = _relations(connection)
    entries = []
    for node in models():
        relation = (node["schema"], node["alias"])
        if relation in kinds:
            entry = entry_of(node, kinds[relation])
            connection.execute(";".join(comments(entry, node["columns"])))
            entries.append(entry)
    return entries


def _relations(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    """Schema and name of every table and view of the file, and which of the two it is."""
    found = connection.execute(
        "select schema_name, table_name, 'table' from duckdb_tables() "
        "where database_name = current_database() "
        "union all select schema_name, view_name, 'view' from duckdb_views() "
        "where database_name = current_database() and not internal"
    ).fetchall()
    return {(schema, name): kind for schema, name, kind in found}


def _drop_what_only_builds_read(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop the notes of builds, and what of `intermediate` no reader of the file needs."""
    for table in _OF_BUILDS:
        connection.execute(f"drop table {table}")
    read = needed()
    for (schema, name), kind in _relations(connection).items():
        if schema == INTERMEDIATE and name not in read:
            connection.execute(f"drop {kind} {schema}.{name}")


def needed() -> set[str]:
    """Names of what published views read, and of what says who reads it besides (`read_by`)."""
    nodes = {node["unique_id"]: node for node in models()}
    found: set[str] = set()

    def need(unique_id: str) -> None:
        node = nodes.get(unique_id)
        if node and unique_id not in found:
            found.add(unique_id)
            if node["database"] == "build" and node["config"]["materialized"] == "view":
                for parent in node["depends_on"]["nodes"]:
                    need(parent)

    for unique_id, node in nodes.items():
        if node["schema"] in FOR_ANALYSTS or "read_by" in node["config"]["meta"]:
            need(unique_id)
    return {nodes[unique_id]["alias"] for unique_id in found}

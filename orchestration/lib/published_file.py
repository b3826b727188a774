"""The file analysts read: a copy of what dbt built, with views, macros and comments of its own.

dbt's views name the database they were made in and would break in a file of another name, so each
is made again here without it. The new file is written beside the old one and swapped in by a
rename: a reader that has the old file open keeps it, the next one gets the new file.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from dlt_sources.clever.objects import CLEVER_OBJECTS
from orchestration.lib.dbt_runner import manifest
from orchestration.lib.home import Home

#: The current view and the history of each association.
_ASSOCIATIONS = (
    ("enrollments", "enrollment_history"),
    ("teaching", "teaching_history"),
    ("school_memberships", "school_membership_history"),
    ("contact_relationships", "contact_relationship_history"),
)
#: What edits make of the roster: each table holds its whole history.
_WITH_EDITS = ("effective_enrollments", "effective_roles", "groups", "group_members")
#: What builds keep for themselves: it tells of the last one, not of the roster.
_OF_BUILDS = (
    "ops.builds",
    "ops.application_builds",
    "intermediate.touched_records",
    "intermediate.touched_progress",
    "intermediate.progress_users",
    "intermediate.progress_sections",
)
#: Names of databases before schemas that are published.
_DATABASE = re.compile(r'"?\b(?:build|warehouse)"?\.(?="?(?:roster|progress|ops|intermediate)"?\.)')


@dataclass(frozen=True)
class Published:
    """What was published, for the asset's metadata."""

    views: int
    macros: int
    bytes: int


def publish(home: Home) -> Published:
    """Write the published file and swap it in; on any error the old one stays."""
    beside = home.published.with_suffix(".duckdb.new")
    try:
        shutil.copyfile(home.build, beside)
        with duckdb.connect(str(beside)) as connection:
            connection.execute(f"attach '{_path(home.warehouse)}' as warehouse (read_only)")
            # One transaction: hundreds of comments would each wait for the disk otherwise.
            connection.begin()
            for table in _OF_BUILDS:
                connection.execute(f"drop table {table}")
            _copy_log_views(connection)
            views = _recreate_views(connection)
            macros = _create_as_of_macros(connection)
            _comment(connection)
            connection.commit()
            connection.execute("detach warehouse")
        _to_disk(beside)
        beside.replace(home.published)
    finally:
        beside.unlink(missing_ok=True)
        beside.with_suffix(".new.wal").unlink(missing_ok=True)
    return Published(views, macros, home.published.stat().st_size)


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
    models = dict(_models())
    parents = {
        unique_id: set(node["depends_on"]["nodes"]) & models.keys()
        for unique_id, node in models.items()
    }
    for unique_id in TopologicalSorter(parents).static_order():
        relation = (models[unique_id]["schema"], models[unique_id]["alias"])
        if relation in relations:
            yield relation


def _copy_log_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Copy the rows of the views over the log (`ops.syncs`, ...): the log is not published."""
    for _, node in _models():
        if node["database"] == "warehouse" and node["schema"] == "ops":
            name = f"ops.{node['alias']}"
            connection.execute(f"create or replace table {name} as from warehouse.{name}")


def _create_as_of_macros(connection: duckdb.DuckDBPyConnection) -> int:
    """`roster.<plural>_as_of(t)`: what was in force at time t (UTC); of records, the active."""
    records = [
        record
        for item in CLEVER_OBJECTS
        for record in (item.record, *item.roles)
    ]  # fmt: skip
    macros = [(each.plural, f"{each.singular}_history", True) for each in records]
    macros += [(current, history, False) for current, history in _ASSOCIATIONS]
    macros += [(name, name, False) for name in _WITH_EDITS]
    for current, history, is_record in macros:
        active = "record_status = 'active' and " if is_record else ""
        connection.execute(
            f"create macro roster.{current}_as_of(t) as table "
            f"select * from roster.{history} where {active}valid_from <= cast(t as timestamp) "
            "and (valid_to is null or cast(t as timestamp) < valid_to)"
        )
        connection.execute(
            f"comment on macro table roster.{current}_as_of is "
            f"'The {current.replace('_', ' ')} in force at time t (UTC)'"
        )
    return len(macros)


def _comment(connection: duckdb.DuckDBPyConnection) -> None:
    """Give every published table, view and column its description from dbt."""
    kinds = {
        (schema, name): kind
        for schema, name, kind in connection.execute(
            "select schema_name, table_name, 'table' from duckdb_tables() "
            "where database_name = current_database() "
            "union all select schema_name, view_name, 'view' from duckdb_views() "
            "where database_name = current_database() and not internal"
        ).fetchall()
    }
    for _, node in _models():
        relation = (node["schema"], node["alias"])
        if relation in kinds:
            connection.execute(";".join(_comments(kinds[relation], relation, node)))


def _comments(kind: str, relation: tuple[str, str], node: Mapping[str, Any]) -> Iterator[str]:
    name = ".".join(relation)
    yield f"comment on {kind} {name} is '{_quoted(node['description'])}'"
    for column, properties in node["columns"].items():
        yield f"comment on column {name}.\"{column}\" is '{_quoted(properties['description'])}'"


def _models() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for unique_id, node in manifest()["nodes"].items():
        if node["resource_type"] == "model":
            yield unique_id, node


def _path(file: Path) -> str:
    """A path inside quotes, with every space in it."""
    return str(file).replace("'", "''")


def _quoted(text: object) -> str:
    return " ".join(str(text).split()).replace("'", "''")


def _to_disk(file: Path) -> None:
    """A crash of the machine after the rename must not leave a half-written file behind."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

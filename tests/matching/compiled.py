"""The SQL of matching as dbt compiles it, run on tables in memory."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.lib.dbt_runner import (
    EVERYTHING,
    _arguments,
    _close_connections,
    _parsed_manifest,
)
from orchestration.lib.home import Home
from tests.dbt.building import built, opened
from tests.dbt.dbt_warehouse import Warehouse

_MODELS = ("account_candidates", "account_match_log")
_READ = re.compile(r'"(build|warehouse)"\."(\w+)"\."(\w+)"')
Row = Mapping[str, Any]


class Compiled:
    """The statements that a daily build runs, and the tables that they read."""

    def __init__(self, folder: Path) -> None:
        warehouse = Warehouse(folder)
        with warehouse.connect() as connection:
            connection.execute("insert into application_raw.accounts by name select 'a' as id")
        built(warehouse, *EVERYTHING)
        self.statements = _compiled(folder)
        relations = {found for sql in self.statements.values() for found in _READ.findall(sql)}
        with opened(folder) as connection:
            self._types = {
                relation: connection.sql(f"from {'.'.join(relation)} limit 0").description
                for relation in sorted(relations)
            }

    def place(self) -> Place:
        """An empty town in memory."""
        return Place(self)

    def make_tables(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Empty tables of everything that is read."""
        for name in ("build", "warehouse"):
            connection.execute(f"attach ':memory:' as {name}")
        for (database, schema, table), columns in self._types.items():
            connection.execute(f"create schema if not exists {database}.{schema}")
            listed = ", ".join(f'"{name}" {kind}' for name, kind, *_ in columns)
            connection.execute(f"create table {database}.{schema}.{table} ({listed})")


class Place:
    """A town in memory: what stands in its tables, and builds on it."""

    def __init__(self, compiled: Compiled) -> None:
        self._statements = compiled.statements
        self.connection = duckdb.connect()
        compiled.make_tables(self.connection)

    def replace(self, table: str, rows: Iterable[Row]) -> None:
        """Let a table hold these rows; columns that they lack are NULL."""
        self.connection.execute(f"delete from {table}")
        for row in rows:
            marks = ", ".join("?" for _ in row)
            self.connection.execute(
                f"insert into {table} ({', '.join(row)}) values ({marks})", [*row.values()]
            )

    def build(self) -> dict[str, tuple[str, str]]:
        """Build; of each account that is matched the user and the rule."""
        run = self.connection.execute
        candidates, log = (self._statements[name] for name in _MODELS)
        run("delete from build.intermediate.account_candidates")
        run(f"insert into build.intermediate.account_candidates {candidates}")
        run(f"insert into warehouse.matching_raw.account_matches by name {log}")
        return {
            subject: (user, rule)
            for subject, user, rule in run(
                "select subject_id, max_by(clever_id, event_id), max_by(rule, event_id) "
                "from warehouse.matching_raw.account_matches group by 1 "
                "having max_by(change, event_id) = 'made'"
            ).fetchall()
        }


def _compiled(folder: Path) -> dict[str, str]:
    from dbt.cli.main import dbtRunner

    command: Sequence[str] = ["compile", *_arguments(Home(folder).dbt), "--select", *_MODELS]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROLLBOOK_HOME", str(folder))
        try:
            result: Any = dbtRunner(manifest=_parsed_manifest()).invoke([*command])
        finally:
            _close_connections()
    return {node.node.name: node.node.compiled_code for node in result.result.results}

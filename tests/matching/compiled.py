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
    _closing_connections,
    _parsed_manifest,
)
from orchestration.lib.home import Home
from tests.dbt.building import built, opened
from tests.dbt.dbt_warehouse import Warehouse

#: In the order in which they are built; the log of matches is appended to.
_TABLES = (
    "touched_keys",
    "accounts_to_judge",
    "wanted_keys",
    "user_keys_met",
    "users_of_several_keys",
    "account_keys_met",
    "account_pairs",
    "account_evidence",
    "account_candidates",
    "predecessors_left_out",
)
_LOG = "account_match_log"
_USERS = "matchable_users"
_READ = re.compile(r'"(build|warehouse)"\."(\w+)"\."(\w+)"')
Row = Mapping[str, Any]


class Compiled:
    """The statements that builds of everything and daily ones run, and the tables they read."""

    def __init__(self, folder: Path) -> None:
        warehouse = Warehouse(folder)
        with warehouse.connect() as connection:
            connection.execute("insert into application_raw.accounts by name select 'a' as id")
        built(warehouse, *EVERYTHING)
        self.of_everything = _compiled(folder, "--full-refresh")
        self.daily = _compiled(folder)
        statements = [*self.of_everything.values(), *self.daily.values()]
        relations = {found for sql in statements for found in _READ.findall(sql)}
        relations |= {("build", "intermediate", name) for name in _TABLES}
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
        self._compiled = compiled
        self.people_of_clever = compiled.daily[_USERS]
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
        """Judge all accounts and match; of each that is matched the user and the rule."""
        self.judge(self._compiled.of_everything)
        return self.match()

    def judge_all(self) -> None:
        """Make the candidates of all accounts."""
        self.judge(self._compiled.of_everything)

    def judge_what_changed(self) -> None:
        """Make the candidates as a daily build does, from those that are there."""
        self.judge(self._compiled.daily)

    def judge(self, statements: Mapping[str, str]) -> None:
        """Make the candidates by these statements."""
        for name in _TABLES:
            table = f"build.intermediate.{name}"
            self.connection.execute(f"create or replace temp table made as {statements[name]}")
            self.connection.execute(f"delete from {table}")
            self.connection.execute(f"insert into {table} by name from made")

    def match(self) -> dict[str, tuple[str, str]]:
        """Append to the log; of each account that is matched the user and the rule."""
        run = self.connection.execute
        log = self._compiled.daily[_LOG]
        run(f"insert into warehouse.matching_raw.account_matches by name {log}")
        return {
            subject: (user, rule)
            for subject, user, rule in run(
                "select subject_id, max_by(clever_id, event_id), max_by(rule, event_id) "
                "from warehouse.matching_raw.account_matches group by 1 "
                "having max_by(change, event_id) = 'made'"
            ).fetchall()
        }


def _compiled(folder: Path, *arguments: str) -> dict[str, str]:
    from dbt.cli.main import dbtRunner

    command: Sequence[str] = [
        "compile",
        *_arguments(Home(folder).dbt),
        *arguments,
        "--select",
        *_TABLES,
        _LOG,
        _USERS,
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROLLBOOK_HOME", str(folder))
        with _closing_connections():
            result: Any = dbtRunner(manifest=_parsed_manifest()).invoke([*command])
    return {node.node.name: node.node.compiled_code for node in result.result.results}

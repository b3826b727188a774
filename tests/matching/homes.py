"""Homes whose build holds open accounts and users as dbt provides them, without a pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from dlt_sources.application.changelog import make_tables
from dlt_sources.clever.columns import raw_tables
from orchestration.lib.build_note import BuildNote, read_note, write_note
from orchestration.lib.home import Home
from tests.matching.people import Labelled
from tests.matching.relations import load
from tests.matching.writing import Row

FIELDS = (
    "account_id", "user_id", "probability", "agreed", "contradicted", "rank",
)  # fmt: skip


def make_home(root: Path, people: Labelled) -> Home:
    """A home with these open accounts and users, in which nothing was scored."""
    home = Home(root)
    home.prepare()
    with duckdb.connect(str(home.build)) as build:
        build.execute("create schema intermediate")
        build.execute("create schema ops")
        build.execute("create table ops.builds (sync_id bigint, fingerprint varchar)")
        build.execute("create table ops.application_builds (load_id bigint)")
        build.execute(
            "create table intermediate.succeeded_users (predecessor_id varchar, user_id varchar)"
        )
    make_tables(home.warehouse)
    with duckdb.connect(str(home.warehouse)) as warehouse:
        warehouse.execute("create schema clever_raw")
        for table, columns in raw_tables().items():
            listed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
            warehouse.execute(f"create table clever_raw.{table} ({listed})")
    show(home, people)
    return home


def show(home: Home, people: Labelled) -> None:
    """What the next build shows instead: the logs tell what is another."""
    changed = {}
    with duckdb.connect(str(home.build)) as build:
        load(build, people)
        for name, person, relation in (
            ("accounts", "account_id", "accounts"),
            ("users", "user_id", "users"),
        ):
            shown = f"intermediate.open_{name}"
            build.execute(f"create table if not exists {shown} as from {relation} limit 0")
            changed[name] = build.execute(
                f"select distinct {person} from ((from {shown} except all from {relation}) "
                f"union all (from {relation} except all from {shown}))"
            ).fetchall()
            build.execute(f"create or replace table {shown} as from {relation}")
            build.execute(f"drop table {relation}")
    log(home, **{name: [person for (person,) in people] for name, people in changed.items()})
    note_build(home)


def log(home: Home, accounts: Sequence[str] = (), users: Sequence[str] = ()) -> None:
    """Rows of the logs that the next build is the first to see."""
    last = read_note(home) or BuildNote()
    with duckdb.connect(str(home.warehouse)) as warehouse:
        for table, number, after, ids in (
            ("clever_raw.users", "sync_id", last.sync_id, users),
            ("application_raw.accounts", "load_id", last.load_id, accounts),
        ):
            warehouse.execute(
                f"insert into {table} ({number}, id) select ?, unnest(?::varchar[])",
                [after + 1, list(ids)],
            )


def note_build(home: Home) -> None:
    """What a build leaves in the end, of whatever has come since."""
    last = read_note(home) or BuildNote()
    write_note(home, replace(last, sync_id=last.sync_id + 1, load_id=last.load_id + 1))


_CURRENT = """
    select {columns}
    from matching_raw.suggestions
    join (
        select account_id, max(scoring_id) as scoring_id
        from matching_raw.scored_accounts group by account_id
    ) as last using (account_id, scoring_id)
    order by account_id, rank
"""


def current(home: Home, *columns: str) -> list[tuple[Any, ...]]:
    """The suggestions of each account's last scoring."""
    with duckdb.connect(str(home.warehouse), read_only=True) as warehouse:
        return warehouse.execute(_CURRENT.format(columns=", ".join(columns or FIELDS))).fetchall()


def asked(home: Home, sql: str) -> list[tuple[Any, ...]]:
    """An answer of the warehouse."""
    with duckdb.connect(str(home.warehouse), read_only=True) as warehouse:
        return warehouse.execute(sql).fetchall()


def people(users: Sequence[Row], accounts: Sequence[Row]) -> Labelled:
    """Hand-made ones: of district `d`, with a print that changes when they do."""

    def whole(row: Row) -> Row:
        return {"district_id": "d", "print": repr(sorted(row.items())), **row}

    return Labelled(users=[whole(row) for row in users], accounts=[whole(row) for row in accounts])

"""`rollbook application check` says before any load what would go wrong, in counts only."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from dlt_sources.application.check import Checked, check_application
from dlt_sources.application.settings import NONE, ApplicationSettings
from dlt_sources.errors import ConfigurationError
from tests.application.conftest import NOON, Application

A, B, C = (f"00000000-0000-0000-0000-00000000000{number}" for number in (1, 2, 3))


def _check(application: Application) -> Checked:
    mapping = application.home.parent / "mapping.toml"
    mapping.write_text(application.mapping.format(more=application.more))
    settings = ApplicationSettings(application.url, mapping)
    checked = check_application(settings, application.home / "warehouse.duckdb", NOON)
    return checked[0]


def _roster(application: Application, **ids: list[str]) -> None:
    with duckdb.connect(str(application.home / "warehouse.duckdb")) as connection:
        connection.execute("create schema clever_raw")
        for name in ("users", "sections"):
            connection.execute(f"create table clever_raw.{name} (id varchar)")
            for id_ in ids.get(name, []):
                connection.execute(f"insert into clever_raw.{name} values (?)", [id_])


def test_a_table_without_faults(application: Application) -> None:
    application.add(A)
    application.run("create index by_cursor on activity (changed_at)")

    checked = _check(application)

    assert checked.findings == []
    assert checked.facts[0] == "activity: 1 rows"
    assert "a full comparison" in checked.facts[1]
    assert re.search(r"takes about \d+ s$", checked.facts[1])


def test_unreadable_values_and_odd_cursors_are_counted(application: Application) -> None:
    for id_ in (A, B, C):
        application.add(id_, person="Katherine")
    application.run("update activity set class = 'n/a'")
    application.run("update activity set changed_at = null where id = :id", id=A)
    application.run(
        "update activity set changed_at = :at where id = :id", at=datetime(2036, 1, 1), id=B
    )
    application.mapping = application.mapping.replace('"points"', '"class"')

    said = _check(application).findings

    assert "3 values of class are not a finite number: score would be NULL there" in said
    assert "1 rows have no changed_at that says when they changed: always read" in said
    assert "1 rows have a changed_at after 2026-08-17 12:00 UTC and one day more" in said
    assert any(each.startswith("no index begins with changed_at") for each in said)
    assert not any("Katherine" in each or "n/a" in each for each in said)


def test_ids_that_would_not_meet_are_counted(application: Application) -> None:
    application.more += "\n"
    application.add(A, person="0417")
    application.add(B, person="66A0C000A157D00000000014")
    application.add(C, person="nobody")
    _roster(application, users=["417", "66a0c000a157d00000000014"])

    said = _check(application).findings

    assert (
        "3 IDs in user_id, of 3 rows, are in none of users (1 differ from one only by leading "
        "zeros, 1 differ from one only by capital letters)" in said
    )


def test_without_a_roster_nobody_is_called_a_stranger(sqlite: Application) -> None:
    sqlite.add(A)

    assert not any("IDs in" in each for each in _check(sqlite).findings)


def test_before_any_sync_ids_are_compared_with_those_of_accounts(sqlite: Application) -> None:
    sqlite.run("create table people (id text, clever text)")
    sqlite.run("insert into people values ('417', 'x'), ('ana', null)")
    sqlite.mapping += """
[accounts]
table = "people"
[accounts.columns]
id = "id"
clever_id = "clever"
"""
    sqlite.add(A, person="0417")
    sqlite.add(B, person="ana")
    sqlite.add(C, person=" ")

    said = _check(sqlite)

    assert (
        "1 IDs in user_id, of 1 rows, are in none of accounts (1 differ from one only by leading "
        "zeros); unless they are Clever IDs, as no sync has told of users yet" in said.findings
    )
    assert (
        "whether IDs in user_id are Clever IDs of users cannot be told before the first sync"
        in said.facts
    )


def test_a_column_that_is_no_key_is_told(sqlite: Application) -> None:
    sqlite.add(A)
    sqlite.add(B)
    sqlite.run("update activity set class = 'same'")
    sqlite.mapping = sqlite.mapping.replace('id = "id"', 'id = "class"', 1)

    said = _check(sqlite).findings

    assert any(
        "2 rows share their class with another: a load leaves them out" in each for each in said
    )


def test_a_table_that_is_not_there_is_told(sqlite: Application) -> None:
    sqlite.mapping = sqlite.mapping.replace('"activity"', '"nothing"')

    [said] = _check(sqlite).findings

    assert "has no table nothing" in said


def test_without_an_application_there_is_nothing_to_check(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="SOURCES__APPLICATION__DATABASE_URL is not set"):
        check_application(ApplicationSettings(NONE, tmp_path), tmp_path / "none", NOON)


def test_a_warehouse_that_a_run_has_open_costs_no_finding(
    sqlite: Application,
) -> None:
    sqlite.add(A)
    sqlite.run("update activity set class = 'n/a'")
    sqlite.mapping = sqlite.mapping.replace('"points"', '"class"')
    _roster(sqlite, users=["ana"])
    hold = (
        "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('held', flush=True); input()"
    )
    warehouse = str(sqlite.home / "warehouse.duckdb")
    with subprocess.Popen(
        [sys.executable, "-c", hold, warehouse],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as run:  # fmt: skip
        assert run.stdout and run.stdout.readline() == "held\n"
        checked = _check(sqlite)
        run.communicate("\n")

    assert any("class are not a finite number" in each for each in checked.findings)
    assert any("while a run has the warehouse open" in each for each in checked.facts)

"""Days of the sample through the real command: what analysts see afterwards."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from dlt_sources.clever.objects import CLEVER_OBJECTS
from tests.end_to_end.conftest import Installation, observed_at

_TABLES = """
select schema_name || '.' || table_name from duckdb_tables() where database_name = '{name}'
union all
select schema_name || '.' || view_name from duckdb_views()
where database_name = '{name}' and not internal
"""
_RECORDS = [record for item in CLEVER_OBJECTS for record in (item.record, *item.roles)]
_ASSOCIATIONS = {
    "enrollments": "enrollment_history",
    "teaching": "teaching_history",
    "school_memberships": "school_membership_history",
    "contact_relationships": "contact_relationship_history",
}
CONTRACT = {
    *(f"roster.{record.plural}" for record in _RECORDS),
    *(f"roster.{record.singular}_history" for record in _RECORDS),
    *(f"roster.{name}" for pair in _ASSOCIATIONS.items() for name in pair),
    "roster.student_teachers",
    "ops.syncs",
    "ops.unresolved_references",
    "ops.rejected_records",
    "ops.roster_changes",
    "ops.held_changes",
    "ops.approvals",
    "ops.district_status",
    "ops.schema_drift",
}
_WITH_EDITS = {"effective_enrollments", "effective_roles", "groups", "group_members"}
MACROS = {*(record.plural for record in _RECORDS), *_ASSOCIATIONS, *_WITH_EDITS}


def _everything(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, int]:
    """How many rows each table and view of an attached file answers with."""
    found = [row[0] for row in connection.execute(_TABLES.format(name=name)).fetchall()]
    return {
        table: len(connection.execute(f"from {table}").fetchall())
        for table in found
    }  # fmt: skip


def test_the_published_file_holds_the_contract(played: Installation) -> None:
    with duckdb.connect(str(played.home / "rollbook.duckdb"), read_only=True) as connection:
        tables = _everything(connection, "rollbook")
        macros = connection.execute(
            "select function_name from duckdb_functions() where schema_name = 'roster'"
        ).fetchall()

    assert tables.keys() >= CONTRACT
    assert {name for (name,) in macros} == {
        *(f"{name}_{when}" for name in MACROS for when in ("as_of", "on")),
        *("class_list", "teachers_of", "student_history_of", "changes_between"),
    }


@pytest.mark.parametrize("name", ["rollbook", "copy_of_it"])
def test_the_published_file_answers_when_attached_under_any_name(
    played: Installation, name: str
) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{played.home / 'rollbook.duckdb'}' as {name} (read_only)")
        connection.execute(f"use {name}")

        tables = _everything(connection, name)
        for macro in MACROS:
            connection.execute(f"from roster.{macro}_as_of('{observed_at(2)}')")
            connection.execute(f"from roster.{macro}_on('{observed_at(2)[:10]}')")

    assert tables.keys() >= CONTRACT
    assert tables["roster.students"] > 0


def test_as_of_the_first_day_the_roster_is_the_first_days(played: Installation) -> None:
    first = observed_at(1)

    [(students,)] = played.query(f"select count(*) from roster.students_as_of('{first}')")
    [(created,)] = played.query(
        f"select count(*) from roster.student_history where valid_from = '{first}'"
    )
    [(before,)] = played.query("select count(*) from roster.students_as_of('2020-01-01')")

    assert students == created > 0
    assert before == 0


def test_every_table_and_column_is_explained(played: Installation) -> None:
    unexplained = played.query(
        "select table_name from duckdb_tables() where comment is null "
        "and schema_name in ('roster', 'ops') "
        "union all select view_name from duckdb_views() where not internal and comment is null "
        "and schema_name in ('roster', 'ops') "
        "union all select table_name || '.' || column_name from duckdb_columns() "
        "where comment is null and schema_name in ('roster', 'ops') and not internal"
    )

    assert unexplained == []


def test_a_reader_of_the_old_file_is_not_disturbed_by_a_run(played: Installation) -> None:
    published = played.home / "rollbook.duckdb"
    with duckdb.connect(str(published), read_only=True) as reader:
        before = reader.execute("select count(*) from ops.syncs").fetchone()
        ended = played.sync_day(3)
        after = reader.execute("select count(*) from ops.syncs").fetchone()

    assert ended.returncode == 0, ended.stderr
    assert after == before
    [(lines,)] = played.query("select count(*) from ops.syncs")
    assert before and lines == before[0] + 2


def test_an_unchanged_day_publishes_its_line_and_builds_nothing(played: Installation) -> None:
    ended = played.sync_day(3)

    phases = json.loads((played.home / "reports" / "last_run.json").read_text())["phases"]
    lines = played.query("select status, created + updated + archived + restored from ops.syncs")
    assert ended.returncode == 0, ended.stderr
    assert lines[-2:] == [("complete", 0), ("complete", 0)]
    assert "dbt" not in phases


def test_a_rebuild_gives_the_same_tables(played: Installation) -> None:
    histories = [table for table in CONTRACT if table.endswith("_history")]
    before = {table: played.query(f"from {table} order by all") for table in histories}

    ended = played.run("rebuild")

    assert ended.returncode == 0, ended.stderr
    assert {table: played.query(f"from {table} order by all") for table in histories} == before


def test_a_home_of_an_older_version_is_brought_up_to_date_by_a_rebuild(
    played: Installation, tmp_path: Path
) -> None:
    """The log lacks tables that are new, and so does what was published from it."""
    older = Installation(tmp_path / "home", played.sandbox)
    shutil.copytree(played.home, older.home)
    (older.home / "rollbook.duckdb").chmod(0o644)
    with duckdb.connect(str(older.home / "rollbook.duckdb")) as connection:
        connection.execute("drop table ops.district_status")
    with duckdb.connect(str(older.home / "warehouse.duckdb")) as connection:
        connection.execute("drop table clever_raw.turnover")

    before = older.run("status")
    ended = older.run("rebuild")

    assert (before.returncode, ended.returncode) == (1, 0), ended.stderr
    assert before.stderr.startswith("rollbook: ") and "rollbook rebuild" in before.stderr
    assert older.query("from roster.students order by all") == played.query(
        "from roster.students order by all"
    )
    assert "complete" in older.run("status").stdout


def test_what_somebody_wrote_into_the_published_file_is_gone_after_a_sync(
    played: Installation,
) -> None:
    """A day without changes publishes too."""
    published = played.home / "rollbook.duckdb"
    before = played.query("from roster.student_history order by all")
    published.chmod(0o644)
    code = (
        "import duckdb, os, sys; connection = duckdb.connect(sys.argv[1]);"
        "connection.execute('delete from roster.student_history'); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, str(published)], check=True)
    assert played.query("from roster.student_history") == []

    ended = played.sync_day(3)

    assert ended.returncode == 0, ended.stderr
    assert played.query("from roster.student_history order by all") == before
    assert [path.name for path in played.home.glob("rollbook.duckdb*")] == ["rollbook.duckdb"]


def test_the_status_is_readable_by_people_and_programs(played: Installation) -> None:
    table = played.run("status")
    rows = json.loads(played.run("status", "--json").stdout)

    assert table.returncode == 0
    assert "complete" in table.stdout
    assert {row["status"] for row in rows} == {"complete"}
    assert all(row["hours_since_complete"] is not None for row in rows)


def test_one_district_can_be_synced_alone(played: Installation) -> None:
    [(district,)] = played.query("select min(district_id) from roster.districts")

    ended = played.sync_day(3, "--district", str(district))

    assert ended.returncode == 0, ended.stderr
    assert played.query("select distinct district_id from ops.syncs where sync_id = "
                        "(select max(sync_id) from ops.syncs)") == [(district,)]  # fmt: skip

"""The history of a published file as dbt's snapshots would have it, and the same questions of it.

A snapshot appends the versions of each run: its rows lie by the time at which they were seen. What
is gone has an end (`hard_deletes: invalidate`), and lists stand in snapshots of pairs.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from dlt_sources.sql import literal

#: The snapshot of each history, and the columns of its unique key.
_SNAPSHOTS = {
    "students": ("student_history", ["student_id"]),
    "teachers": ("teacher_history", ["teacher_id"]),
    "sections": ("section_history", ["section_id"]),
    "enrollments": ("enrollment_history", ["section_id", "student_id"]),
    "teaching": ("teaching_history", ["section_id", "teacher_id"]),
}
#: What a history has besides what a snapshot of its source would.
_NOT_IN_SOURCE = (
    "valid_from", "valid_to", "is_current", "record_status", "change_type", "first_seen_at",
    "archived_at", "restored_at", "times_archived", "archive_reason", "extra",
)  # fmt: skip


def write_snapshots(published: Path, file: Path) -> None:
    """Write the snapshots, and the application's records, of a published file into a new one."""
    with duckdb.connect(str(file), config={"memory_limit": "3GB"}) as connection:
        connection.execute(f"attach {literal(published)} as rollbook (read_only)")
        for name, (history, key) in _SNAPSHOTS.items():
            connection.execute(_snapshot(connection, name, history, key))
        connection.execute(
            "create table progress as select progress_id, student_id, section_id, kind, "
            "occurred_at, score, duration_seconds from rollbook.progress.student_progress "
            "order by occurred_at"
        )


def _snapshot(
    connection: duckdb.DuckDBPyConnection, name: str, history: str, key: list[str]
) -> str:
    columns = [
        row[0] for row in connection.execute(f"describe rollbook.roster.{history}").fetchall()
    ]
    source = ", ".join(column for column in columns if column not in _NOT_IN_SOURCE)
    active = "where record_status = 'active'" if "record_status" in columns else ""
    scd_id = f"md5(concat_ws('|', {', '.join(key)}, valid_from))"
    return (
        f"create table {name}_snapshot as select {source}, {scd_id} as dbt_scd_id, "
        "valid_from as dbt_updated_at, valid_from as dbt_valid_from, valid_to as dbt_valid_to "
        f"from rollbook.roster.{history} {active} order by valid_from"
    )


def in_force(rows: str, moment: str) -> str:
    """The condition that a snapshot's rows were in force just before a moment."""
    return (
        f"{rows}.dbt_valid_from < {moment} "
        f"and ({rows}.dbt_valid_to is null or {rows}.dbt_valid_to >= {moment})"
    )

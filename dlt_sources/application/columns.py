"""The columns of the raw tables and their types; times are UTC without zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SCHEMA = "application_raw"

#: Before the columns of its table, every row of a log says which load saw which change, and when.
_HEAD: Mapping[str, str] = {
    "load_id": "BIGINT",
    "id": "VARCHAR",
    "change": "VARCHAR",
    "observed_at": "TIMESTAMP",
    "hash": "UBIGINT",
}


@dataclass(frozen=True)
class ApplicationTable:
    """A table of the application: what Rollbook calls its columns, and which must be mapped."""

    name: str
    columns: Mapping[str, str]
    required: tuple[str, ...]


APPLICATION_TABLES = (
    ApplicationTable(
        "progress",
        {
            "user_id": "VARCHAR",
            "kind": "VARCHAR",
            "section_id": "VARCHAR",
            "score": "DOUBLE",
            "duration_seconds": "DOUBLE",
            "occurred_at": "TIMESTAMP",
            "payload": "VARCHAR",
        },
        required=("user_id", "kind", "occurred_at"),
    ),
    ApplicationTable(
        "accounts",
        {
            "clever_id": "VARCHAR",
            "district_id": "VARCHAR",
            "role": "VARCHAR",
            "email": "VARCHAR",
            "first_name": "VARCHAR",
            "last_name": "VARCHAR",
            "username": "VARCHAR",
            "sis_id": "VARCHAR",
            "created_at": "TIMESTAMP",
            "payload": "VARCHAR",
        },
        required=(),
    ),
    ApplicationTable(
        "manual_edits",
        {
            "kind": "VARCHAR",
            "district_id": "VARCHAR",
            "user_id": "VARCHAR",
            "section_id": "VARCHAR",
            "group_id": "VARCHAR",
            "name": "VARCHAR",
            "role": "VARCHAR",
            "permission": "VARCHAR",
            "made_at": "TIMESTAMP",
            "withdrawn_at": "TIMESTAMP",
            "made_by": "VARCHAR",
            "payload": "VARCHAR",
        },
        required=("kind", "made_at"),
    ),
)

LOADS: Mapping[str, str] = {
    "load_id": "BIGINT",
    "run_id": "VARCHAR",
    "table_name": "VARCHAR",
    "status": "VARCHAR",
    "observed_at": "TIMESTAMP",
    "started_at": "TIMESTAMP",
    "finished_at": "TIMESTAMP",
    "created": "BIGINT",
    "updated": "BIGINT",
    "restored": "BIGINT",
    "withdrawn": "BIGINT",
    "present": "BIGINT",
    "unreadable": "BIGINT",
    "cursor": "VARCHAR",
    "error": "VARCHAR",
    "read_as": "VARCHAR",
    "read_because": "VARCHAR",
    "healed": "BIGINT",
    "cursors_ahead": "BIGINT",
    "fingerprint": "VARCHAR",
    "left_out": "BIGINT",
}

#: What is known of each row of theirs: a cache beside a log, with the database's own hashes.
INDEX: Mapping[str, str] = {
    "id": "VARCHAR",
    "is_gone": "BOOLEAN",
    "bucket": "BIGINT",
    "mark_hash": "BIGINT",
    "row_hash": "BIGINT",
}
INDEX_SCHEMA = "application_index"


def log_columns(table: ApplicationTable) -> dict[str, str]:
    """The columns of a table's change log and their types."""
    return {**_HEAD, **table.columns}


def application_raw_tables() -> dict[str, Mapping[str, str]]:
    """Every raw table with its columns and types."""
    return {**{table.name: log_columns(table) for table in APPLICATION_TABLES}, "loads": LOADS}

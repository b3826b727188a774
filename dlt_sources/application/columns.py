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
    """A table of the application: what Rollbook calls its columns, and which must be mapped.

    `later` are columns that older versions did not know: a row that has none of them is the same
    row as before, and is not told again.
    """

    name: str
    columns: Mapping[str, str]
    required: tuple[str, ...]
    later: tuple[str, ...] = ()


#: What a customer list says of a district, and of a school.
_OF_A_PLACE: Mapping[str, str] = {
    "clever_id": "VARCHAR",
    "name": "VARCHAR",
    "city": "VARCHAR",
    "state": "VARCHAR",
    "zip": "VARCHAR",
    "nces_id": "VARCHAR",
    "mdr_number": "VARCHAR",
    "state_id": "VARCHAR",
}

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
            "middle_name": "VARCHAR",
            "suffix": "VARCHAR",
            "dob": "VARCHAR",
            "student_number": "VARCHAR",
            "state_id": "VARCHAR",
            "teacher_number": "VARCHAR",
            "school_id": "VARCHAR",
            "grade": "VARCHAR",
        },
        required=(),
        later=(
            *("middle_name", "suffix", "dob", "student_number", "state_id", "teacher_number"),
            *("school_id", "grade"),
        ),
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
    ApplicationTable("crm_districts", _OF_A_PLACE, required=()),
    ApplicationTable(
        "crm_schools",
        {**_OF_A_PLACE, "school_number": "VARCHAR", "district_id": "VARCHAR"},
        required=(),
    ),
    ApplicationTable(
        "match_decisions",
        {
            "account_id": "VARCHAR",
            "clever_id": "VARCHAR",
            "decision": "VARCHAR",
            "author": "VARCHAR",
            "reason": "VARCHAR",
            "decided_at": "TIMESTAMP",
        },
        required=("account_id", "clever_id", "decision"),
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


#: What people decide of matches by the command, and what was suggested to them, stands beside what
#: the application tells.
MATCHING_SCHEMA = "matching_raw"
DECISIONS: Mapping[str, str] = {
    "decision_id": "BIGINT",
    "account_id": "VARCHAR",
    "clever_id": "VARCHAR",
    "decision": "VARCHAR",
    "author": "VARCHAR",
    "reason": "VARCHAR",
    "decided_at": "TIMESTAMP",
}
#: Each time somebody looked for new open accounts: `built` and `standing` tell what was seen.
SCORINGS: Mapping[str, str] = {
    "scoring_id": "BIGINT",
    "scored_at": "TIMESTAMP",
    "parameters": "VARCHAR",
    "built": "VARCHAR",
    "standing": "VARCHAR",
}
SCORED_ACCOUNTS: Mapping[str, str] = {
    "scoring_id": "BIGINT",
    "account_id": "VARCHAR",
    "account_print": "VARCHAR",
    "keys": "UBIGINT[]",
}
SCORED_USERS: Mapping[str, str] = {
    "scoring_id": "BIGINT",
    "user_id": "VARCHAR",
    "user_print": "VARCHAR",
    "keys": "UBIGINT[]",
}
SUGGESTIONS: Mapping[str, str] = {
    "scoring_id": "BIGINT",
    "account_id": "VARCHAR",
    "user_id": "VARCHAR",
    "probability": "DOUBLE",
    "match_weight": "DOUBLE",
    "agreed": "VARCHAR[]",
    "contradicted": "VARCHAR[]",
    "rank": "INTEGER",
    "account_print": "VARCHAR",
    "user_print": "VARCHAR",
    "parameters": "VARCHAR",
    "scored_at": "TIMESTAMP",
}


def matching_raw_tables() -> dict[str, Mapping[str, str]]:
    """What stands beside it of matches, with columns and types."""
    return {
        "decisions": DECISIONS,
        "scorings": SCORINGS,
        "scored_accounts": SCORED_ACCOUNTS,
        "scored_users": SCORED_USERS,
        "suggestions": SUGGESTIONS,
    }

"""The columns of the raw tables and their types; times are UTC without zone."""

from __future__ import annotations

from collections.abc import Mapping

from dlt_sources.clever.objects import CLEVER_OBJECTS, CleverObject
from dlt_sources.clever.results import CHANGES

#: The counts of a sync, in every table that has them.
COUNTS = dict.fromkeys((*CHANGES, "unchanged"), "BIGINT")

#: Tables beside the change logs, with their columns and types.
SYNC_TABLES: Mapping[str, Mapping[str, str]] = {
    "syncs": {
        "sync_id": "BIGINT",
        "run_id": "VARCHAR",
        "district_id": "VARCHAR",
        "mode": "VARCHAR",
        "status": "VARCHAR",
        "observed_at": "TIMESTAMP",
        "started_at": "TIMESTAMP",
        "finished_at": "TIMESTAMP",
        "records_seen": "BIGINT",
        **COUNTS,
        "clever_state": "VARCHAR",
        "clever_error": "VARCHAR",
        "clever_last_sync": "TIMESTAMP",
        "error": "VARCHAR",
        "rejected": "BIGINT",
    },
    "sync_counts": {
        "sync_id": "BIGINT",
        "district_id": "VARCHAR",
        "object": "VARCHAR",
        "seen": "BIGINT",
        **COUNTS,
        "rejected": "BIGINT",
    },
    "turnover": {
        "sync_id": "BIGINT",
        "district_id": "VARCHAR",
        "object": "VARCHAR",
        "present": "BIGINT",
        "created": "BIGINT",
        "updated": "BIGINT",
        "removed": "BIGINT",
        "limit_hit": "VARCHAR",
        "applied_as": "VARCHAR",
        "approved_by": "VARCHAR",
        "sample_ids": "VARCHAR",
        "rejected": "BIGINT",
    },
    "schema_drift": {
        "sync_id": "BIGINT",
        "district_id": "VARCHAR",
        "object": "VARCHAR",
        "path": "VARCHAR",
        "kind": "VARCHAR",
        "records": "BIGINT",
    },
    "rejected_records": {
        "sync_id": "BIGINT",
        "district_id": "VARCHAR",
        "object": "VARCHAR",
        "id": "VARCHAR",
        "reason": "VARCHAR",
    },
}

#: What was taken back of a district: its syncs from one to another, both included. A row of kind
#: `lifted` undoes the one it names in `lifts`; its own span is NULL.
RETRACTIONS: Mapping[str, str] = {
    "retraction_id": "BIGINT",
    "district_id": "VARCHAR",
    "kind": "VARCHAR",
    "since_sync_id": "BIGINT",
    "until_sync_id": "BIGINT",
    "lifts": "BIGINT",
    "reason": "VARCHAR",
    "made_by": "VARCHAR",
    "made_at": "TIMESTAMP",
    "run_id": "VARCHAR",
}


#: Which districts left for good and which returned; a district's newest row counts.
RETIREMENTS: Mapping[str, str] = {
    "retirement_id": "BIGINT",
    "district_id": "VARCHAR",
    "action": "VARCHAR",
    "reason": "VARCHAR",
    "decided_by": "VARCHAR",
    "decided_at": "TIMESTAMP",
}


def log_columns(kind: CleverObject) -> dict[str, str]:
    """The columns of an object's change log and their types; times are UTC without zone."""
    columns = {
        "sync_id": "BIGINT",
        "district_id": "VARCHAR",
        "id": "VARCHAR",
        "change": "VARCHAR",
        "observed_at": "TIMESTAMP",
        "hash": "BIGINT",
        "hash_version": "BIGINT",
        "payload": "VARCHAR",
        "extra": "VARCHAR",
    }
    return {**columns, "roles": "VARCHAR"} if kind.roles else columns


def raw_tables() -> dict[str, Mapping[str, str]]:
    """Every raw table with its columns and types."""
    logs = {kind.name: log_columns(kind) for kind in CLEVER_OBJECTS}
    return {**logs, **SYNC_TABLES, "retractions": RETRACTIONS, "retirements": RETIREMENTS}

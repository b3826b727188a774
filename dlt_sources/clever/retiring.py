"""Retiring a district that left for good: its data stays, and nobody waits for its syncs any more.

Each decision is a row appended to `retirements`; the newest one of a district counts. A district
that Clever lists again returns by itself with its next complete sync, as the same district.
"""

from __future__ import annotations

from typing import Any

from dlt_sources.clever.changelog import (
    ensure_tables,
    insert_rows,
    next_sync_id,
    raw_table,
    retired_districts,
)
from dlt_sources.clever.results import utc_now
from dlt_sources.errors import ConfigurationError


def decide(client: Any, district_id: str, *, retired: bool, reason: str, decided_by: str) -> None:
    """Append that a district is retired, or no longer is.

    Raises ConfigurationError for a district that was never synced, or is so already.
    """
    ensure_tables(client)
    known = client.execute_sql(
        f"select 1 from {raw_table(client, 'syncs')} where district_id = %s limit 1", district_id
    )
    if not known:
        raise ConfigurationError(
            f"District {district_id} was never synced in this home; check the ID: "
            "`rollbook status --json` lists all."
        )
    if (district_id in retired_districts(client)) == retired:
        raise ConfigurationError(
            f"District {district_id} is {'already' if retired else 'not'} retired."
        )
    row = (
        next_sync_id(client),
        district_id,
        "retired" if retired else "returned",
        reason,
        decided_by,
        utc_now(),
    )
    insert_rows(client, "retirements", [row])

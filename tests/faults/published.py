"""Published files compared: everything in them but the numbers and times of single attempts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

Tables = dict[str, list[tuple[Any, ...]]]

_RELATIONS = """
    select schema_name || '.' || table_name from duckdb_tables()
    union all
    select schema_name || '.' || view_name from duckdb_views() where not internal
"""
#: A sync that was done again has a line more, which changed nothing: lines of one time are summed.
_SYNCS = """
    select district_id, observed_at, mode, status, clever_state, clever_error, clever_last_sync,
        error, max(records_seen), sum(created), sum(updated), sum(archived), sum(restored)
    from ops.syncs group by all order by all
"""
_REJECTED = "select distinct * exclude (sync_id) from ops.rejected_records order by all"
_LOADS = """
    select table_name, status, observed_at, error, max(present), sum(created), sum(updated),
        sum(restored), sum(withdrawn), sum(unreadable)
    from ops.application_loads group by all order by all
"""
_RETRACTIONS = """
    select district_id, kind, reason, made_by, lifted_at from ops.retractions order by all
"""
_STATUS = "select * exclude (last_sync_id) from ops.district_status order by all"
_LINKS = "select * exclude (load_id) from intermediate.account_links order by all"
#: Numbers of loads and of whatever else was new are of attempts, and so is what was open when a
#: build began. Suggestions come after publishing: a run may have ended between the two.
_SPELLS = "select * exclude (load_id, news_id) from intermediate.account_match_spells order by all"
_ACCOUNTS = "select * exclude (load_id) from intermediate.{} order by all"
_DECISIONS = "select * exclude (load_id, news_id) from {} order by all"
_CANDIDATES = """
    select * from intermediate.account_candidates
    where account_id not in (select account_id from matching.account_matches) order by all
"""
_REVIEW = """
    select * exclude (probability, rank, agreed, contradicted) from matching.match_review
    where reason <> 'suggested' order by all
"""
_STATUS_OF_ACCOUNTS = """
    select account_id, user_id, district_id, role,
        case when status in ('review', 'no candidate') then 'open' else status end
    from matching.account_status order by all
"""
#: What is odd is told again when the index was made anew: how often is of attempts, what is not.
_DRIFT = """
    select district_id, object, path, kind, first_seen_at from ops.schema_drift order by all
"""
_OF_ATTEMPTS = {
    "ops.schema_drift": _DRIFT,
    "intermediate.account_links": _LINKS,
    "ops.syncs": _SYNCS,
    "ops.application_loads": _LOADS,
    "ops.rejected_records": _REJECTED,
    "ops.district_status": _STATUS,
    "ops.retractions": _RETRACTIONS,
    "intermediate.account_match_spells": _SPELLS,
    "intermediate.account_records": _ACCOUNTS.format("account_records"),
    "intermediate.crm_records": _ACCOUNTS.format("crm_records"),
    "intermediate.matchable_accounts": _ACCOUNTS.format("matchable_accounts"),
    "matching.match_decisions": _DECISIONS.format("matching.match_decisions"),
    "intermediate.account_candidates": _CANDIDATES,
    "matching.match_review": _REVIEW,
    "matching.account_status": _STATUS_OF_ACCOUNTS,
    "matching.match_suggestions": "select 1 where false",
}


def published_tables(home: Path) -> Tables:
    """Every table and view of a home's published file; empty if nothing was ever published."""
    file = home / "rollbook.duckdb"
    if not file.exists():
        return {}
    with duckdb.connect(str(file), read_only=True) as connection:
        names = [name for (name,) in connection.execute(_RELATIONS).fetchall()]
        return {
            name: connection.execute(_OF_ATTEMPTS.get(name, f"from {name} order by all")).fetchall()
            for name in sorted(names)
        }


def differing(expected: Tables, actual: Tables) -> list[str]:
    """The names of the tables that are not the same."""
    names = sorted(expected.keys() | actual.keys())
    return [name for name in names if expected.get(name) != actual.get(name)]

"""What a person is told of a held district: which limits it passes, and what helps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dlt_sources.clever.changelog import standing_syncs
from dlt_sources.clever.results import Verdict

#: So many districts are named whose records a district shows.
_OWNERS = 3


def why_held(client: Any, district_id: str, holding: Sequence[Verdict]) -> str:
    """What holds a district, and what releases it, for a person."""
    reasons = "; ".join(_reason(verdict) for verdict in holding)
    owners = sorted({owner for verdict in holding for owner in verdict.owners})[:_OWNERS]
    return f"Held, nothing was changed: {reasons}. " + (
        " ".join(_of_another(client, owner, district_id) for owner in owners)
        or "If Clever corrects it, the next sync goes on by itself; if it is right, run `rollbook "
        f"sync --approve-removals --district {district_id}`."
    )


def _of_another(client: Any, owner: str, district_id: str) -> str:
    """What helps where a district shows what is another's; no approval does."""
    [(first,)] = client.execute_sql(
        f"select min(sync_id) from ({standing_syncs(client)}) as standing where district_id = %s",
        owner,
    )
    since = "SYNC_ID" if first is None else first
    return (
        f"These IDs are district {owner}'s, and --approve-removals does not make them another's. "
        f"If {district_id} has replaced it at Clever, take it back, with its history: `rollbook "
        f"retract --district {owner} --since {since} --reason TEXT`, then sync again. If not, keep "
        "it and tell Clever. docs/operations.md says more (a district that got a new ID)."
    )


def _reason(verdict: Verdict) -> str:
    turnover = verdict.turnover
    return (
        f"of {turnover.present:,} {verdict.object} {turnover.removed:,} would be removed and "
        f"{turnover.updated:,} updated ({verdict.limit_hit})"
    )

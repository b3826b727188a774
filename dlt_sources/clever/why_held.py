"""What a person is told of a held district: which limits it passes, and what helps."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from dlt_sources.clever.changelog import standing_syncs
from dlt_sources.clever.limits import Turnover
from dlt_sources.clever.results import Verdict

#: So many districts are named whose records a district shows.
_OWNERS = 3


def why_held(client: Any, district_id: str, holding: Sequence[Verdict]) -> str:
    """What holds a district, and what releases it, for a person."""
    reasons = "; ".join(_reason(verdict) for verdict in holding)
    helps = _if_of_others(client, district_id, [verdict for verdict in holding if verdict.owners])
    return f"Held, nothing was changed: {reasons}. " + (
        helps
        or "If Clever corrects it, the next sync goes on by itself; if it is right, run `rollbook "
        f"sync --approve-removals --district {district_id}`."
    )


def _if_of_others(client: Any, district_id: str, holding: Sequence[Verdict]) -> str:
    """What helps where a district shows what is others'; no approval does."""
    owners = sorted({owner for verdict in holding for owner in verdict.owners})[:_OWNERS]
    if not owners:
        return ""
    named = f"district {owners[0]}" if len(owners) == 1 else f"districts {' and '.join(owners)}"
    return " ".join(
        [
            f"These IDs stay with {named}, which showed them first; --approve-removals does not "
            f"make them {district_id}'s.",
            *_without_them(district_id, holding),
            *(_instead_of(client, owner, district_id) for owner in owners),
            "docs/operations.md says more (One ID in two districts).",
        ]
    )


def _without_them(district_id: str, holding: Sequence[Verdict]) -> Iterator[str]:
    """How to take over the rest of a district, if there is any."""
    if all(verdict.turnover.rejected == verdict.turnover.shown for verdict in holding):
        return
    objects = {verdict.object: {"rejected": _enough(verdict.turnover)} for verdict in holding}
    setting = json.dumps({"districts": {district_id: {"objects": objects}}})
    yield (
        f"If a school or people have moved from there, let the rest of {district_id} in: put "
        f"{setting} into SOURCES__CLEVER__LIMITS and sync again."
    )


def _enough(turnover: Turnover) -> float:
    """A limit just above the share of rejected records, in whole per cents; 1 never holds."""
    return min(1, (100 * turnover.rejected // turnover.shown + 1) / 100)


def _instead_of(client: Any, owner: str, district_id: str) -> str:
    """When an owner gives its IDs up: only together with all that it ever was."""
    [(first,)] = client.execute_sql(
        f"select min(sync_id) from ({standing_syncs(client)}) as standing where district_id = %s",
        owner,
    )
    since = "SYNC_ID" if first is None else first
    return (
        f"Only if {owner} as a whole is the wrong one (read with a wrong token, a test copy, or "
        f"replaced at Clever by {district_id}), wipe it with all its history: `rollbook retract "
        f"--district {owner} --since {since} --reason TEXT`, then sync again."
    )


def _reason(verdict: Verdict) -> str:
    turnover = verdict.turnover
    return (
        f"of {turnover.present:,} {verdict.object} {turnover.removed:,} would be removed and "
        f"{turnover.updated:,} updated ({verdict.limit_hit})"
    )

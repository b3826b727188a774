"""What people decide of matches by the command: rows appended beside what the application tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from dlt_sources.application.changelog import connected, ensure_tables
from dlt_sources.application.columns import MATCHING_SCHEMA
from dlt_sources.application.values import canonical_id

#: What can be decided of an account and a user (or a district or school and one of Clever's).
DECISIONS: Mapping[str, str] = {
    "accept": "they are the same",
    "reject": "they are not, and never were",
    "apart": "they were the same and are not from now on",
    "withdraw": "nothing is decided on the two any more",
}


@dataclass(frozen=True)
class Decision:
    """One of `DECISIONS` on an account, or an ID of the customer list, and a Clever ID."""

    account_id: str
    clever_id: str
    decision: str
    author: str
    reason: str


#: A decision comes after all that the log knows, also where the machine's clock is behind it: what
#: a person says now must not lose to what they said before.
_APPEND = f"""
    insert into {MATCHING_SCHEMA}.decisions by name
    select
        nextval('clever_raw.sync_ids') as decision_id,
        {canonical_id("account_id")} as account_id,
        {canonical_id("clever_id")} as clever_id,
        decision,
        author,
        reason,
        greatest(
            cast(now() at time zone 'UTC' as timestamp),
            (select max(observed_at) from clever_raw.syncs where status = 'complete'),
            (select max(observed_at) from application_raw.loads where status = 'complete'),
            (select max(decided_at) from {MATCHING_SCHEMA}.decisions)
        ) as decided_at
    from (select $account_id, $clever_id, $decision, $author, $reason)
        as told(account_id, clever_id, decision, author, reason)
    returning decision_id
"""


def append_decision(warehouse: Path, decision: Decision) -> int:
    """Log a decision of now (UTC); its number, of the sequence that numbers syncs.

    Whether it can be is for the build to say. The warehouse has Clever's log. Raises RollbookError
    when it cannot be opened.
    """
    with connected(warehouse) as log:
        ensure_tables(log)
        [(number,)] = log.execute(_APPEND, asdict(decision)).fetchall()
    return int(number)

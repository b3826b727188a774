"""What became of a decision, read from the published file."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from orchestration.lib.home import Home
from orchestration.lib.reading import published


@dataclass(frozen=True)
class Outcome:
    """`standing` says in a sentence what is matched now; `problem` why the decision cannot be."""

    problem: str | None
    standing: str


#: What is withdrawn may have been a slip of the keyboard: that nobody is known is no problem then.
_DECISION = """
    select object, account_id, decision, is_standing, case
        when decision <> 'withdraw' or not exists (
            select 1 from matching.match_decisions as earlier
            where earlier.account_id = decided.account_id and earlier.user_id = decided.user_id
                and earlier.decision_id <> decided.decision_id
        ) then problem
    end
    from matching.match_decisions as decided where decision_id = ?
"""
_ACCOUNT = """
    select status, reason, user_id from matching.account_status where account_id = ?
"""
_LATER = "a later decision on the two goes before it"


def outcome_of(home: Home, number: int) -> Outcome:
    """What is published of a decision that was published; raises RollbookError as `published`."""
    with published(home) as connection:
        [(kind, subject, decision, stands, problem)] = connection.execute(
            _DECISION, [str(number)]
        ).fetchall()
        if not problem and not stands and decision != "withdraw":
            problem = _LATER
        if kind in ("district", "school"):
            return Outcome(problem, _place(connection, kind, subject))
        return Outcome(problem, _account(connection, subject))


def _account(connection: duckdb.DuckDBPyConnection, account: str) -> str:
    """A decision on a Clever ID nobody knows may be about a district or school; it says so."""
    found = connection.execute(_ACCOUNT, [account]).fetchone()
    if found is None:
        return f"No account {account} is known."
    status, reason, user = found
    if status == "matched":
        return f"Account {account} is matched with user {user} ({reason})."
    return f"Account {account} is not matched: {status} ({reason})."


def _place(connection: duckdb.DuckDBPyConnection, kind: str, subject: str) -> str:
    found = connection.execute(
        f"select {kind}_id, rule from matching.{kind}_matches where crm_id = ?", [subject]
    ).fetchone()
    if found is None:
        return f"{kind.capitalize()} {subject} of the customer list is not matched."
    clever_id, rule = found
    return (
        f"{kind.capitalize()} {subject} of the customer list is matched with {clever_id} "
        f"(by {rule})."
    )

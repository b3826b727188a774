"""What is open in matching, read from the published file: no lock, no run is needed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import duckdb

from orchestration.lib.home import Home
from orchestration.lib.matching_counts import OPEN_PROBLEMS, Counts, matching_counts
from orchestration.lib.reading import published
from orchestration.review.people import Values, values_of

#: Why a case is open that is a match.
CONTRADICTED = "matched, and contradicted since"


@dataclass(frozen=True)
class Candidate:
    """One of Clever's that the subject of a case may be; None if too many share what agrees.

    `probability` is Splink's, if the two were scored. `values` are empty unless asked for.
    """

    clever_id: str | None
    reason: str
    agreed: Sequence[str]
    contradicted: Sequence[str]
    probability: float | None
    values: Values = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """An account, or a district or school of the customer list, that a person may look at."""

    object: str
    id: str
    status: str
    reason: str
    district_id: str | None
    role: str | None
    candidates: tuple[Candidate, ...]
    values: Values = field(default_factory=dict)

    @property
    def contradicted(self) -> bool:
        """Whether it is a match that something known contradicts by now."""
        return any(each.reason == CONTRADICTED for each in self.candidates)

    @property
    def likeliest(self) -> float:
        """The best candidate's probability, 0 without any."""
        return max((each.probability or 0 for each in self.candidates), default=0)


@dataclass(frozen=True)
class Problem:
    """A decision that cannot be, and why; `decided_at` is UTC.

    `author` and `words` (the reason given) are None unless asked for: both may name people.
    """

    decision_id: str
    object: str | None
    account_id: str | None
    clever_id: str | None
    decision: str | None
    decided_at: datetime
    problem: str
    author: str | None
    words: str | None


@dataclass(frozen=True)
class Review:
    """All that is open, the most urgent first; `counts` by table of the schema `matching`."""

    counts: Counts = field(default_factory=dict)
    cases: tuple[Case, ...] = ()
    problems: tuple[Problem, ...] = ()


_CASES: Mapping[str, str] = {
    "account": """
        select account_id, status, reason, district_id, role from matching.account_status
        where status not in ('matched', 'withdrawn')
            or account_id in (select account_id from matching.match_review)
    """,
    **{
        place: f"""
            select crm_id, case when count({place}_id) > 0 then 'review' else 'no candidate' end,
                case when count({place}_id) > 0 then min(reason)
                    else 'none of Clever''s has its name or a number of it' end,
                null, null
            from matching.{place}_review group by crm_id
        """
        for place in ("district", "school")
    },
}
_CANDIDATES: Mapping[str, str] = {
    "account": """
        select account_id, user_id, reason, coalesce(agreed, []), coalesce(contradicted, []),
            probability
        from matching.match_review order by account_id, rank
    """,
    **{
        place: f"""
            select crm_id, {place}_id, reason, coalesce(agreed, []), coalesce(contradicted, []),
                null
            from matching.{place}_review where {place}_id is not null order by crm_id, {place}_id
        """
        for place in ("district", "school")
    },
}
_PROBLEMS = f"""
    select decision_id, object, account_id, user_id, decision, decided_at, problem,
        case when $names then author end, case when $names then reason end
    from ({OPEN_PROBLEMS}) as problems order by decided_at, decision_id
"""


def read_counts(home: Home) -> Counts:
    """The counts alone, of a home that has published; raises RollbookError as `read_review`."""
    with published(home) as connection:
        return matching_counts(connection)


def read_review(home: Home, names: bool = False) -> Review | None:
    """What is open; None before anything was published. With `names` also what is compared.

    Raises RollbookError if the published file is damaged or of another version.
    """
    if not home.published.exists():
        return None
    with published(home) as connection:
        cases = [case for kind in _CASES for case in _read(connection, kind, names)]
        rows = connection.execute(_PROBLEMS, {"names": names}).fetchall()
        counts = matching_counts(connection)
    return Review(
        counts, tuple(sorted(cases, key=_most_urgent)), tuple(Problem(*row) for row in rows)
    )


def _read(connection: duckdb.DuckDBPyConnection, kind: str, names: bool) -> Iterator[Case]:
    def rows(query: str) -> list[tuple[Any, ...]]:
        return connection.execute(query).fetchall()

    candidates = defaultdict(list)
    theirs, ours = values_of(connection, kind) if names else ({}, {})
    for subject, clever_id, why, agreed, against, probable in rows(_CANDIDATES[kind]):
        values = ours.get(clever_id, {})
        candidates[subject].append(Candidate(clever_id, why, agreed, against, probable, values))
    for subject, status, why, district_id, role in rows(_CASES[kind]):
        who = tuple(candidates[subject])
        values = theirs.get(subject, {})
        yield Case(kind, subject, status, why, district_id, role, who, values)


def _most_urgent(case: Case) -> tuple[bool, bool, float, str, str, str]:
    """Matches that are contradicted show somebody's work to whom it may not belong."""
    return (
        not case.contradicted,
        not case.candidates,
        -case.likeliest,
        case.object,
        case.status,
        case.id,
    )

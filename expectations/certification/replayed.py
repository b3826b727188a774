"""Checks that are asked of the replay itself: the requests made, the warnings, the whole roster."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dlt_sources.certification.application import accounts_told
from dlt_sources.certification.catalogue import FOLDER, Fact
from dlt_sources.certification.ids import clever_id, split_name
from expectations.certification.evidence import Evidence, use_day
from expectations.certification.whole_roster import differences

_SUITE = "roster_people"


@dataclass(frozen=True)
class EvidenceCheck:
    """A question about a fact that a query over one roster cannot answer."""

    says: str
    answer: Callable[[Evidence, Fact, int], str | list[str]]


def _further_pages(evidence: Evidence, fact: Fact, day: int) -> str:
    """How many pages of a list were asked for after the first one of the district."""
    kind = {"courses": "course", "sections": "section", "users": "user"}[fact.field or ""]
    beginning = clever_id(f"{split_name(fact.of)[0]} {kind} 0".strip())[:10]
    cursor = f"starting_after={beginning}"
    asked = (line for line in evidence.requests(day) if f"/{fact.field}?" in line)
    return str(sum(cursor in line for line in asked))


def _warned(evidence: Evidence, fact: Fact, day: int) -> str:
    """Whether the suite that also judges live data has warned of the record."""
    from expectations.runner import run_suites

    for result in run_suites(evidence.home, [_SUITE], since=0):
        if result.check == fact.field:
            return "warned" if clever_id(fact.of) in result.sample_ids else "not warned"
    return "no such check"


def _roster(evidence: Evidence, fact: Fact, day: int) -> list[str]:
    return differences(evidence, clever_id(fact.of))


def _accounted(evidence: Evidence, fact: Fact, day: int) -> list[str]:
    """The accounts that on some day did not stand somewhere, exactly once."""
    found: set[str] = set()
    with evidence.rosters() as rosters:
        for each in evidence.days():
            use_day(rosters, each)
            standing = rosters.execute(
                "select account_id from matching.account_status "
                "group by account_id having count(*) = 1"
            )
            found |= accounts_told(FOLDER, each) - {row[0] for row in standing.fetchall()}
    return sorted(found)


EVIDENCE_CHECKS: Mapping[str, EvidenceCheck] = {
    "further_pages": EvidenceCheck("so many pages followed the first", _further_pages),
    "warned": EvidenceCheck("the suite of live data warns of the record", _warned),
    "roster": EvidenceCheck(
        "on every day the roster was, and in the history still is, what Clever showed", _roster
    ),
    "accounted": EvidenceCheck("on every day these accounts stood nowhere, or twice", _accounted),
}

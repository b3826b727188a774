"""Whether an answer of the report holds: its cases do, and would not if it were otherwise."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from dlt_sources.certification.catalogue import Case
from expectations.certification.asking import failing_without
from expectations.certification.evidence import Evidence
from expectations.certification.verdicts import Outcome, Verdict
from orchestration.certification.questions import Asked, Questionnaire

Standing = Literal["holds", "fails", "waits", "stated, not shown"]
#: By the name of a lack the cases that fail if the roster lacks that.
Proofs = Mapping[str, Collection[str]]


def proofs(asked: Questionnaire, evidence: Evidence, cases: Sequence[Case]) -> Proofs:
    """Ask every case that an answer names a second time, of rosters without what it is about."""
    with evidence.rosters() as rosters:
        return {
            name: failing_without(evidence, rosters, _about(name, asked, cases), lack)
            for name, lack in asked.lacks.items()
        }


def _about(name: str, asked: Questionnaire, cases: Sequence[Case]) -> list[Case]:
    """The cases of answers that are about what is lacking."""
    named = {case for each in asked.asked if name in each.without for case in each.cases}
    return [case for case in cases if case.id in named]


def standing(asked: Asked, verdicts: Mapping[str, Verdict], proved: Proofs) -> Standing:
    """How an answer stands: `holds` only if without anything that it is about a case would fail.

    One of whose cases some fail, fails; one that has some to wait for, waits.
    """
    outcomes: set[Outcome] = {verdicts[name].outcome for name in asked.cases}
    if "fails" in outcomes:
        return "fails"
    if "waits" in outcomes:
        return "waits"
    return "holds" if is_shown(asked, proved) else "stated, not shown"


def is_shown(asked: Asked, proved: Proofs) -> bool:
    """Whether of everything that an answer is about the lack makes one of its cases fail."""
    shown = [proved.get(name, ()) for name in asked.without]
    return bool(shown) and all(set(asked.cases).intersection(failing) for failing in shown)


def is_proof(case: str, asked: Asked, proved: Proofs) -> bool:
    """Whether a case would fail without something that the answer is about."""
    return any(case in proved.get(name, ()) for name in asked.without)

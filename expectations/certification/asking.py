"""Asks every fact of the catalogue, and writes down what was expected and what was found.

What a person's record says is never shown: a value is told by its length and a fingerprint, which
are enough to see whether two are the same.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import Any

import duckdb

from dlt_sources.certification.catalogue import LAST_DAY, Case, Fact
from dlt_sources.certification.ids import clever_id, is_name, list_of, short_name
from expectations.certification.check import Check
from expectations.certification.checks import CHECKS
from expectations.certification.evidence import Evidence, moment_of, use_day
from expectations.certification.given import kept_facts
from expectations.certification.replayed import EVIDENCE_CHECKS
from expectations.certification.verdicts import Finding
from expectations.certification.without import Lack, without

_CLEVER_ID = re.compile(r"\b[0-9a-f]{24}\b")
#: Columns of people that say nothing about who they are.
_PLAIN = {"grade", "school_id", "district_id", "archive_reason", "times_archived", "legacy_id"}
_VALUES = ("value", "kept", "extra")
_NOTHING: Lack = {}


def facts_of(case: Case) -> Sequence[Fact]:
    """All facts of a case: those written down, and one for each value it gives."""
    return (*kept_facts(case), *case.facts)


def ask(evidence: Evidence, cases: Sequence[Case]) -> list[Finding]:
    """Ask all facts of the cases; those of days that were not replayed are left out.

    Raises duckdb.Error when the published roster lacks a table or column that a check relies on.
    """
    with evidence.rosters() as rosters:
        return [
            _asked(evidence, rosters, case, fact)
            for case in cases
            for fact in facts_of(case)
            if last_day_of(case, fact) in evidence.days()
        ]


def failing_without(
    evidence: Evidence, rosters: duckdb.DuckDBPyConnection, cases: Sequence[Case], lack: Lack
) -> set[str]:
    """Which of the cases fail if they are asked of rosters that lack something (see `without`).

    Facts that no query over a roster answers are not asked. Raises as `ask` does.
    """
    return {case.id for case in cases if _fails_without(evidence, rosters, case, lack)}


def _fails_without(
    evidence: Evidence, rosters: duckdb.DuckDBPyConnection, case: Case, lack: Lack
) -> bool:
    days = evidence.days()
    asked = (
        fact for fact in facts_of(case) if fact.expect in CHECKS and last_day_of(case, fact) in days
    )
    return any(not _asked(evidence, rosters, case, fact, lack).holds for fact in asked)


def day_of_fact(case: Case, fact: Fact) -> int:
    """The day a fact asks about."""
    return case.day if fact.day is None else fact.day


def last_day_of(case: Case, fact: Fact) -> int:
    """The last day that a fact is about: it can be asked when that one has been replayed."""
    check = CHECKS.get(fact.expect)
    whole = check is not None and check.whole and fact.day is None
    return LAST_DAY if whole else day_of_fact(case, fact)


def _asked(
    evidence: Evidence,
    rosters: duckdb.DuckDBPyConnection,
    case: Case,
    fact: Fact,
    lack: Lack = _NOTHING,
) -> Finding:
    day = day_of_fact(case, fact)
    if fact.expect in EVIDENCE_CHECKS:
        found: Any = EVIDENCE_CHECKS[fact.expect].answer(evidence, fact, day)
    else:
        use_day(rosters, day if CHECKS[fact.expect].then else evidence.days()[-1])
        found = _answer(rosters, CHECKS[fact.expect], fact, day, lack)
    return Finding(case.id, _said(fact, day), _shown(fact, fact.value), _shown(fact, found))


def _answer(
    rosters: duckdb.DuckDBPyConnection, check: Check, fact: Fact, day: int, lack: Lack
) -> str | list[str]:
    variables = {
        "id": clever_id(fact.of),
        "other": clever_id(fact.other or fact.of),
        "t": moment_of(day),
        "until": moment_of(LAST_DAY if fact.day is None else day),
    }
    for name, value in variables.items():
        rosters.execute(f"set variable {name} = ?", [value])
    rows = [row[0] for row in rosters.execute(without(check.query(fact), lack)).fetchall()]
    if check.is_list:
        return [str(row) for row in rows]
    return "nothing" if not rows else "missing" if rows[0] is None else str(rows[0])


def _said(fact: Fact, day: int) -> str:
    parts = [fact.of, *filter(None, (fact.field, fact.other)), f"day {day}"]
    return f"{fact.expect}: {', '.join(parts)}"


def _shown(fact: Fact, value: Any) -> str:
    """A value for people's eyes: IDs by their short names, personal values by a fingerprint."""
    if isinstance(value, list):
        return ", ".join(sorted(_named(item) for item in value)) or "none"
    text = _named(str(value))
    personal = list_of(fact.of) == "users" and fact.field not in _PLAIN
    if fact.expect in _VALUES and personal and text not in ("missing", "nothing"):
        digest = hashlib.sha256(text.encode()).hexdigest()[:8]
        return f"{len(text)} characters, fingerprint {digest}"
    return text


def _named(text: str) -> str:
    return _CLEVER_ID.sub(lambda found: short_name(found[0]), text)


def unknown_checks(cases: Sequence[Case]) -> Iterator[str]:
    """Names of checks that the cases refer to and that do not exist."""
    for case in cases:
        for fact in case.facts:
            if fact.expect not in CHECKS and fact.expect not in EVIDENCE_CHECKS:
                yield f"{case.id}: {fact.expect}"
            if fact.other is not None and not is_name(fact.other):
                yield f"{case.id}: {fact.other}"

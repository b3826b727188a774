"""Sentences on whom the application knew before, with numbers of the last roster."""

from __future__ import annotations

import duckdb

from expectations.certification.evidence import Evidence


def _counts(roster: duckdb.DuckDBPyConnection, query: str) -> str:
    """Rows of a word and a number, as text; `none` if there are none."""
    return ", ".join(f"{word} {number:,}" for word, number in roster.execute(query).fetchall()) or (
        "none"
    )


def _number(roster: duckdb.DuckDBPyConnection, query: str) -> int:
    row = roster.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def matched_accounts(_: Evidence, roster: duckdb.DuckDBPyConnection) -> str:
    """How accounts stand, by which rule those are matched that are, and what people decided."""
    accounts = _number(roster, "select count(*) from matching.account_status")
    stand = _counts(
        roster,
        "select status, count(*) from matching.account_status group by status "
        "order by count(*) desc, status",
    )
    rules = _counts(
        roster,
        "select rule, count(*) from matching.account_matches group by rule "
        "order by count(*) desc, rule",
    )
    decisions = _counts(
        roster,
        "select case when decision = 'withdraw' then 'taken back' when problem is null "
        "then decision else 'without effect' end as what, "
        "count(*) from matching.match_decisions group by what order by what",
    )
    return (
        f"The run ended with {accounts} accounts of the application: {stand}. Matched by "
        f"{rules}. A rule decides within one district and role only, where it finds exactly one on "
        "either side and nothing known contradicts. Decisions of people, which go before the "
        f"rules: {decisions}."
    )


def matched_progress(_: Evidence, roster: duckdb.DuckDBPyConnection) -> str:
    """How much progress belongs to a student, and how much waits for one."""
    matched = _number(
        roster, "select count(*) from progress.student_progress where record_status = 'active'"
    )
    archived = _number(
        roster,
        "select count(*) from progress.student_progress semi join "
        "(select student_id from roster.students where record_status = 'archived') "
        "using (student_id)",
    )
    waiting = _number(roster, "select count(*) from progress.unmatched_progress")
    return (
        f"Kept under the student's Clever ID, with the roster of its time: {matched} records in "
        f"the run, {archived} of them of students who are archived. {waiting} wait for theirs."
    )


def _matched_places(roster: duckdb.DuckDBPyConnection, kind: str, called: str) -> str:
    rules = _counts(
        roster,
        f"select rule, count(*) from matching.{kind}_matches group by rule order by rule",
    )
    reviewed = _number(roster, f"select count(distinct crm_id) from matching.{kind}_review")
    matched = _number(roster, f"select count(*) from matching.{kind}_matches")
    return (
        f"Of {matched + reviewed} {called} in the application's list {matched} are matched "
        f"({rules}), and {reviewed} wait for a person."
    )


def matched_districts(_: Evidence, roster: duckdb.DuckDBPyConnection) -> str:
    """How many districts of the customer list are matched, and by which rule."""
    return _matched_places(roster, "district", "districts")


def matched_schools(_: Evidence, roster: duckdb.DuckDBPyConnection) -> str:
    """How many schools of the customer list are matched, and by which rule."""
    return _matched_places(roster, "school", "schools")

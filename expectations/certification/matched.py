"""The checks of what the application knew: accounts, customers, decisions, progress, edits.

As `checks`: a query sees `id`, `other`, `t`, `until` and the table `days`. What is matched is asked
of the file as it was published on the day, unless it is about all days.
"""

from __future__ import annotations

from collections.abc import Mapping

from dlt_sources.certification.catalogue import Fact
from dlt_sources.certification.ids import split_name
from expectations.certification.check import DAY, Check, as_of

#: Of customers and campuses: the beginning of their tables' names, and the column of the match.
_PLACES = {
    "customer": ("matching.district", "district_id"),
    "campus": ("matching.school", "school_id"),
}
_WHY_NOT = "coalesce(' (' || nullif(array_to_string(contradicted, ', '), '') || ')', '')"


def _matched(fact: Fact) -> str:
    kind = split_name(fact.of)[1]
    if kind == "account":
        return (
            "select user_id || ' by ' || rule from matching.account_matches "
            "where account_id = getvariable('id')"
        )
    table, column = _PLACES[kind]
    return (
        f"select {column} || ' by ' || rule from {table}_matches where crm_id = getvariable('id')"
    )


def _candidates(fact: Fact) -> str:
    kind = split_name(fact.of)[1]
    if kind == "account":
        return (
            f"select coalesce(user_id, 'nobody') || ': ' || reason || {_WHY_NOT} "
            "from matching.match_review where account_id = getvariable('id')"
        )
    table, column = _PLACES[kind]
    return (
        f"select coalesce({column}, 'none') || ': ' || reason || {_WHY_NOT} "
        f"from {table}_review where crm_id = getvariable('id')"
    )


def _doubled(_: Fact) -> str:
    return (
        "select account_id from matching.account_matches group by account_id having count(*) > 1 "
        "union all select user_id from matching.account_matches "
        "where rule not in ('application', 'decision') group by user_id having count(*) > 1"
    )


def _stands(_: Fact) -> str:
    return (
        "select status || ': ' || reason from matching.account_status "
        "where account_id = getvariable('id')"
    )


def _belonged(_: Fact) -> str:
    begins, ends = DAY.format("valid_from"), DAY.format("valid_to")
    return (
        f"select user_id || ' ' || {begins} || '-' || coalesce({ends} || ' ' || end_reason, '') "
        "from matching.account_match_history where account_id = getvariable('id') "
        "and valid_from <= getvariable('until')"
    )


def _decided(_: Fact) -> str:
    return (
        "select decision || ' by ' || author || ': ' || coalesce(problem, 'counts') "
        "from matching.match_decisions where decision_id = 'application:' || getvariable('id')"
    )


def _follows(fact: Fact) -> str:
    kind = split_name(fact.of)[1]
    how = "' with ' || common_students || ' students'" if kind == "section" else "' by ' || rule"
    return (
        f"select predecessor_id || {how} from roster.{kind}_lineage "
        f"where {kind}_id = getvariable('id')"
    )


def _credited(_: Fact) -> str:
    return (
        "select student_id from progress.student_progress "
        "where progress_id = getvariable('id') and record_status = 'active' "
        "union all select 'nobody: ' || reason from progress.unmatched_progress "
        "where progress_id = getvariable('id')"
    )


def _recorded(fact: Fact) -> str:
    return (
        f"select cast({fact.field} as varchar) from progress.student_progress "
        "where progress_id = getvariable('id')"
    )


def _edited(_: Fact) -> str:
    return (
        "select user_id || ': ' || kind || coalesce(', ' || problem, '') from roster.manual_edits "
        "where edit_id = getvariable('id') and is_current"
    )


def _effective(_: Fact) -> str:
    return (
        f"select student_id || ' (' || managed_by || ')' from {as_of('effective_enrollments')} "
        "where section_id = getvariable('id')"
    )


MATCHED_CHECKS: Mapping[str, Check] = {
    "matched": Check("belongs to this one of Clever's, by this rule", _matched, then=True),
    "doubled": Check("who belongs together twice, and no person said so", _doubled, is_list=True),
    "stands": Check("the account stands so, for this reason", _stands, then=True),
    "candidates": Check("may be these, for a person to decide", _candidates, True, then=True),
    "belonged": Check("belonged to these users from day to day", _belonged, True, whole=True),
    "decided": Check("the decision counts, or says why it does not", _decided, then=True),
    "follows": Check("is the same as this one of before, by this evidence", _follows, then=True),
    "credited": Check("the record of progress is this student's", _credited, then=True),
    "recorded": Check("the record of progress has this of the roster", _recorded, then=True),
    "edited": Check("the edit is in force for this user", _edited, then=True),
    "effective": Check("has these students, edits included", _effective, True),
}

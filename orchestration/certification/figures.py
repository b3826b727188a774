"""Sentences with numbers in them, taken from configuration and from the replayed roster.

None of them is written down beforehand: each asks the settings, the code or the last roster, and
says which.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import duckdb

from dlt_sources.clever.objects import CLEVER_OBJECTS, Record
from expectations.certification.evidence import Evidence
from orchestration.certification.matched_figures import (
    matched_accounts,
    matched_districts,
    matched_progress,
    matched_schools,
)

Figure = Callable[[Evidence, duckdb.DuckDBPyConnection], str]
_RECORDS = [record for item in CLEVER_OBJECTS for record in (item.record, *item.roles)]


def _row(roster: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    row = roster.execute(query).fetchone()
    assert row is not None
    return row


def _table(record: Record) -> str:
    return f"roster.{record.plural}"


def _api_version(evidence: Evidence, roster: duckdb.DuckDBPyConnection) -> str:
    paths = (line.split()[1] for day in evidence.days() for line in evidence.requests(day))
    found = {match[1] for path in paths if (match := re.match(r"/(v\d\.\d)/", path))}
    return f"Configured and used in every request of the run: {', '.join(sorted(found))}."


def _keys(evidence: Evidence, roster: duckdb.DuckDBPyConnection) -> str:
    counts = [
        _row(
            roster,
            f"select count(*), count(distinct {record.singular}_id), "
            f"count(*) filter (where {record.singular}_id not similar to '[0-9a-f]{{24}}') "
            f"from roster.{record.plural}",
        )
        for record in _RECORDS
    ]
    rows, ids, odd = (sum(column) for column in zip(*counts, strict=True))
    return (
        f"The Clever ID, in all {len(_RECORDS)} record tables. In the run they hold {rows:,} rows "
        f"and, table by table, {ids:,} different IDs; {odd} do not look like Clever IDs."
    )


def _top_level(evidence: Evidence, roster: duckdb.DuckDBPyConnection) -> str:
    (districts,) = _row(roster, "select count(*) from roster.districts")
    (tables,) = _row(
        roster,
        "select count(distinct table_name) from duckdb_columns() where schema_name = 'roster' "
        "and database_name = current_database() and column_name = 'district_id'",
    )
    return (
        f"The district. The run held {districts} districts, and all {tables} tables of the roster "
        "carry the district's ID."
    )


def _tokens(evidence: Evidence, roster: duckdb.DuckDBPyConnection) -> str:
    asked = sum(
        "/oauth/tokens" in line for day in evidence.days() for line in evidence.requests(day)
    )
    (runs,) = _row(roster, "select count(distinct run_id) from ops.syncs")
    return (
        "Yes: one token a district. Clever was asked for the list of them with the application's "
        f"credentials {asked} times in the {runs} syncs of the run."
    )


def _missing(evidence: Evidence, roster: duckdb.DuckDBPyConnection) -> str:
    fields = [field.column for record in _RECORDS for field in record.fields]
    blank = [
        sum(
            _row(roster, f'select count(*) - count("{field.column}") from roster.{record.plural}')[
                0
            ]
            for field in record.fields
        )
        for record in _RECORDS
    ]
    (required,) = _row(
        roster,
        "select count(*) from duckdb_columns() where schema_name = 'roster' "
        "and database_name = current_database() and not is_nullable",
    )
    return (
        f"It is NULL. {required} columns of the roster refuse a missing value; in the run "
        f"{sum(blank):,} values of {len(fields)} fields were missing."
    )


def _schedule(evidence: Evidence, roster: duckdb.DuckDBPyConnection) -> str:
    from orchestration.defs.schedules import nightly

    return (
        f"The schedule `{nightly.name}` runs the job `{nightly.job_name}` at "
        f"`{nightly.cron_schedule}` ({nightly.execution_timezone}), on from the first start. "
        "`rollbook sync` runs the same job at any other time."
    )


def _syncs(evidence: Evidence, roster: duckdb.DuckDBPyConnection) -> str:
    lines, runs, days = _row(
        roster,
        "select count(*), count(distinct run_id), count(distinct observed_at::date) from ops.syncs",
    )
    states = roster.execute(
        "select status || ' ' || count(*) from ops.syncs group by status order by status"
    ).fetchall()
    told = ", ".join(state for (state,) in states)
    return f"The run synced on {days} days, {runs} times, {lines} districts in all: {told}."


def _archived(evidence: Evidence, roster: duckdb.DuckDBPyConnection) -> str:
    parts = []
    for plural in ("students", "teachers", "sections", "terms", "courses", "schools"):
        archived, restored = _row(
            roster,
            f"select count(*) filter (where times_archived > 0), "
            f"count(*) filter (where restored_at is not null) from roster.{plural}",
        )
        parts.append(f"{plural} {archived}, {restored} of them restored")
    (ever,) = _row(roster, "select count(distinct student_id) from roster.student_history")
    (kept,) = _row(roster, "select count(*) from roster.students")
    return (
        f"Archived in the run: {'; '.join(parts)}. Of {ever:,} students ever seen {kept:,} are in "
        "the roster, with their state."
    )


def _student_history(evidence: Evidence, roster: duckdb.DuckDBPyConnection) -> str:
    versions, students, spells = _row(
        roster,
        "select (select count(*) from roster.student_history), "
        "(select count(*) from roster.students), (select count(*) from roster.enrollment_history)",
    )
    return (
        f"{students:,} students have {versions:,} versions and {spells:,} enrollments, all by the "
        "student's Clever ID; any date can be asked with `roster.students_as_of(date)` and "
        "`roster.enrollments_as_of(date)`."
    )


def _associations(evidence: Evidence, roster: duckdb.DuckDBPyConnection) -> str:
    pairs, enrollments, teaching = _row(
        roster,
        "select (select count(*) from roster.student_teachers), "
        "(select count(*) from roster.enrollments), (select count(*) from roster.teaching)",
    )
    return (
        f"Through sections only. The run ended with {pairs:,} student-teacher pairs, made of "
        f"{enrollments:,} enrollments and {teaching:,} assignments of teachers."
    )


def _co_teachers(evidence: Evidence, roster: duckdb.DuckDBPyConnection) -> str:
    most, shared = _row(
        roster,
        "with counts as (select one.section_id, count(distinct other.teacher_id) as teachers "
        "from roster.teaching_history as one join roster.teaching_history as other "
        "on one.section_id = other.section_id and other.valid_from <= one.valid_from "
        "and (other.valid_to is null or one.valid_from < other.valid_to) "
        "group by one.section_id, one.valid_from) "
        "select max(teachers), count(distinct section_id) filter (where teachers > 1) from counts",
    )
    return (
        f"Yes, with one row each. {shared} sections of the run had several teachers at a time, "
        f"{most} at most; nothing in the roster's tables limits their number."
    )


def _user_types(evidence: Evidence, roster: duckdb.DuckDBPyConnection) -> str:
    parts = [
        f"{record.plural.replace('_', ' ')} "
        f"{_row(roster, f'select count(*) from roster.{record.plural}')[0]:,}"
        for item in CLEVER_OBJECTS
        for record in item.roles
    ]
    return f"All of Clever's roles are taken in. Users in the run: {', '.join(parts)}."


def _administrators(evidence: Evidence, roster: duckdb.DuckDBPyConnection) -> str:
    staff, admins, both = _row(
        roster,
        "select (select count(*) from roster.staff), "
        "(select count(*) from roster.district_admins), (select count(*) from roster.users "
        "where list_contains(roles, 'teacher') and len(roles) > 1)",
    )
    return (
        f"Staff of schools ({staff} in the run) and district administrators ({admins}). {both} "
        "people are teachers as well: one user each, with a row in the table of every role."
    )


def _users_and_sections(evidence: Evidence, roster: duckdb.DuckDBPyConnection) -> str:
    without, teachers, most, several = _row(
        roster,
        "select (select count(*) from roster.students anti join roster.enrollment_history "
        "using (student_id)), "
        "(select count(*) from roster.teachers "
        "anti join roster.teaching_history using (teacher_id)), "
        "(select max(n) from (select count(distinct section_id) as n from roster.teaching_history "
        "group by teacher_id)), "
        "(select count(*) from (select user_id from roster.school_memberships "
        "group by user_id having count(distinct school_id) > 1))",
    )
    return (
        f"All are kept. In the run {without} students and {teachers} teachers never had a section, "
        f"a teacher had up to {most}, and {several} users are in several schools."
    )


def _modes(evidence: Evidence, roster: duckdb.DuckDBPyConnection) -> str:
    used = roster.execute("select distinct mode from ops.syncs order by mode").fetchall()
    return f"Used in the run: {', '.join(mode for (mode,) in used)}."


def _on_demand(evidence: Evidence, roster: duckdb.DuckDBPyConnection) -> str:
    asked = "`rollbook sync` and the job `daily` in the Dagster UI run one at any time."
    return f"{asked} {_modes(evidence, roster)}"


def _failures(evidence: Evidence, roster: duckdb.DuckDBPyConnection) -> str:
    statuses = roster.execute(
        "select distinct status from ops.syncs where status <> 'complete' order by status"
    ).fetchall()
    return (
        "`rollbook sync` ends with code 3 and `rollbook status` names the district. Seen in the "
        f"run: {', '.join(status for (status,) in statuses) or 'none'}."
    )


def _freshness(evidence: Evidence, roster: duckdb.DuckDBPyConnection) -> str:
    from orchestration.lib.settings import fresh_hours

    return (
        f"A check of the job `daily` fails when a district's last complete sync is older than "
        f"{fresh_hours():g} hours."
    )


FIGURES: Mapping[str, Figure] = {
    "api_version": _api_version,
    "keys": _keys,
    "top_level": _top_level,
    "tokens": _tokens,
    "missing": _missing,
    "schedule": _schedule,
    "syncs": _syncs,
    "freshness": _freshness,
    "archived": _archived,
    "student_history": _student_history,
    "associations": _associations,
    "co_teachers": _co_teachers,
    "user_types": _user_types,
    "administrators": _administrators,
    "users_and_sections": _users_and_sections,
    "modes": _modes,
    "on_demand": _on_demand,
    "failures": _failures,
    "matched_accounts": matched_accounts,
    "matched_progress": matched_progress,
    "matched_districts": matched_districts,
    "matched_schools": matched_schools,
}

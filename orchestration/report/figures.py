"""What the page shows, from the published file: numbers only, and nobody's name or ID."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from dlt_sources.clever.results import utc_now
from orchestration.lib.matching_counts import Counts, matching_counts
from orchestration.lib.standing import DistrictStatus, standing_in
from orchestration.lib.warned import Warned
from orchestration.report.over_time import Steps

#: The histories that are counted over time, and which of their rows are in force.
HISTORIES: Mapping[str, tuple[str, str]] = {
    "students": ("roster.student_history", "record_status = 'active'"),
    "teachers": ("roster.teacher_history", "record_status = 'active'"),
    "sections": ("roster.section_history", "record_status = 'active'"),
    "enrollments": ("roster.enrollment_history", "true"),
}
#: What a sync can do to records, in the words of the page, and in those of `ops.syncs`.
CHANGES = {"came": "created", "came back": "restored", "changed": "updated", "went": "archived"}
#: So many days with syncs, and weeks with progress, are shown at most.
MOST_DAYS, MOST_WEEKS = 60, 104

#: Many rows share a time: days are looked up once for each of those, not for each row.
_STEPS = """
    with ends as (
        select district_id, valid_from as moment, 1 as step from {history} where {in_force}
        union all
        select district_id, valid_to, -1 from {history} where {in_force} and valid_to is not null
    ),
    moments as (select district_id, moment, sum(step) as step from ends group by all)
    select
        district_id,
        intermediate.local_day(district_id, moment) as day,
        cast(sum(step) as bigint)
    from moments group by all order by all
"""
_LAST_DAYS = """
    select district_id, intermediate.local_day(district_id, last_complete_at)
    from ops.district_status where last_complete_at is not null
"""
#: A district's first sync takes everything over: beside it no other one could be seen.
_CHANGES = f"""
    with complete as (
        select *, row_number() over (partition by district_id order by sync_id) as place
        from ops.syncs where status = 'complete'
    )
    select intermediate.local_day(district_id, observed_at) as day,
        {", ".join(f"cast(coalesce(sum({column}), 0) as bigint)" for column in CHANGES.values())}
    from complete where place > 1 group by day order by day desc limit {MOST_DAYS}
"""
_GRADES = """
    select coalesce(grade, ''), count(*) from roster.students
    where record_status = 'active' group by 1
"""
_SCHOOLS = """
    select schools.school_id, count(students.student_id)
    from roster.schools as schools
    left join roster.students as students
        on students.school_id = schools.school_id and students.record_status = 'active'
    where schools.record_status = 'active' group by schools.school_id
"""
#: Of each table the weeks (from Monday, UTC), and NULL for records without a time.
_WEEKS = """
    select cast(date_trunc('week', occurred_at) as date) as week, count(*)
    from progress.{table} where record_status = 'active' group by week
"""
_KINDS = "select warning, means from ops.warning_kinds"
#: The newest load, when the application was last read, and what of it failed in that load.
_APPLICATION = """
    select max(load_id), max(case when status = 'complete' then observed_at end), (
        select list(table_name order by table_name) from ops.application_loads
        where status = 'failed' and load_id = (select max(load_id) from ops.application_loads)
    ) from ops.application_loads
"""


@dataclass(frozen=True)
class Application:
    """When its data was last read (UTC; None: never), and the tables that failed last time."""

    last_read_at: datetime | None
    failed: Sequence[str]


@dataclass(frozen=True)
class Figures:
    """All the numbers of the page; days are those of the districts' clocks, times are UTC.

    `steps` has for each name of HISTORIES by district how the number in force changed, day by day;
    `last_days` until which day that is known. `weeks` has by Monday the matched and unmatched
    records of progress, None for those without a time. `application` is None if there is none.
    """

    made_at: datetime
    districts: Sequence[DistrictStatus]
    unplaced: Sequence[Warned]
    kinds: Mapping[str, str]
    steps: Mapping[str, Steps]
    last_days: Mapping[str, date]
    changes: Mapping[date, Sequence[int]]
    grades: Mapping[str, int]
    school_sizes: Sequence[int]
    weeks: Mapping[date | None, tuple[int, int]]
    matching: Counts
    application: Application | None


def read_figures(connection: duckdb.DuckDBPyConnection) -> Figures:
    """Everything from one published file that is open."""

    def rows(query: str) -> list[tuple[Any, ...]]:
        return connection.execute(query).fetchall()

    standing = standing_in(connection)
    return Figures(
        made_at=utc_now(),
        districts=standing.districts,
        unplaced=standing.unplaced,
        kinds=dict(rows(_KINDS)),
        steps={name: read_steps(connection, name) for name in HISTORIES},
        last_days=dict(rows(_LAST_DAYS)),
        changes={day: counts for day, *counts in reversed(rows(_CHANGES))},
        grades=dict(rows(_GRADES)),
        school_sizes=[size for _, size in rows(_SCHOOLS)],
        weeks=_weeks(*(dict(rows(_WEEKS.format(table=table))) for table in _PROGRESS)),
        matching=matching_counts(connection),
        application=_application(*rows(_APPLICATION)[0]),
    )


_PROGRESS = ("student_progress", "unmatched_progress")


def read_steps(connection: duckdb.DuckDBPyConnection, name: str) -> Steps:
    """How what is in force of one of HISTORIES changed, by district and local day."""
    history, in_force = HISTORIES[name]
    query = _STEPS.format(history=history, in_force=in_force)
    steps: dict[str, list[tuple[date, int]]] = {}
    for district_id, day, step in connection.execute(query).fetchall():
        steps.setdefault(district_id, []).append((day, step))
    return steps


def _weeks(
    matched: Mapping[date | None, int], unmatched: Mapping[date | None, int]
) -> Mapping[date | None, tuple[int, int]]:
    weeks = {*matched, *unmatched}
    return {week: (matched.get(week, 0), unmatched.get(week, 0)) for week in weeks}


def _application(
    load_id: int | None, last_read_at: datetime | None, failed: Sequence[str] | None
) -> Application | None:
    return None if load_id is None else Application(last_read_at, failed or ())

"""What the pictures of a district's page are made of, from the published file: numbers only.

Each figure is one query, for every district in it alike: its first column is the district's ID, and
no column is a person's. A page's pictures are drawn anew when the rows of one of them are others.
None asks what day it is: a day without news leaves all of them as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

Rows = Sequence[tuple[Any, ...]]

_ACTIVE = "record_status = 'active'"
#: What is counted over time: a history, and which of its rows count.
LINES: Mapping[str, tuple[str, str]] = {
    "students": ("roster.student_history", _ACTIVE),
    "enrollments": ("roster.enrollment_history", "true"),
    "teachers": ("roster.teacher_history", _ACTIVE),
    "sections": ("roster.section_history", _ACTIVE),
}
#: What is missing in records that are active, and what those are.
GAPS: Mapping[str, tuple[str, str]] = {
    "students without a grade": ("roster.student_history", "grade is null"),
    "students without a number (sis_id)": ("roster.student_history", "sis_id is null"),
    "students without an e-mail address": ("roster.student_history", "email is null"),
    "students without a school": ("roster.student_history", "school_id is null"),
    "teachers without an e-mail address": ("roster.teacher_history", "email is null"),
    "sections without a primary teacher": (
        "roster.section_history",
        "primary_teacher_id is null",
    ),
    "sections without a term": ("roster.section_history", "term_id is null"),
}
#: The record types of which is told what came and went, and whether they are people.
TYPES: Mapping[str, bool] = {
    "students": True,
    "teachers": True,
    "staff": True,
    "contacts": True,
    "schools": False,
    "sections": False,
    "courses": False,
    "terms": False,
}
_HISTORY = {"staff": "staff"} | {name: name[:-1] for name in TYPES if name != "staff"}
#: Of so many days with changes it is told what changed.
MOST_DAYS = 60


def steps_of(lines: Mapping[str, tuple[str, str]]) -> str:
    """Asks how numbers changed: `district_id`, `line`, local `day`, `step` (never 0).

    Many rows share a time: each is looked up once.
    """
    counted = " union all ".join(
        f"select '{name}' as line, district_id, moment, sum(step) as step from ("
        f"select district_id, valid_from as moment, 1 as step from {history} where {which} "
        "union all "
        f"select district_id, valid_to, -1 from {history} where {which} and valid_to is not null"
        ") group by all"
        for name, (history, which) in lines.items()
    )
    return f"""
        select district_id, line, intermediate.local_day(district_id, moment) as day,
            cast(sum(step) as bigint) as step
        from ({counted}) group by all having sum(step) <> 0
    """


def _changes() -> str:
    """What came, came back, changed and went, by type and local day; not on the first one."""
    records = [
        f"select '{name}' as object, district_id, valid_from as moment, change_type, "
        f"count(*) as records from roster.{_HISTORY[name]}_history group by all"
        for name in TYPES
    ]
    began_and_ended = [
        f"select 'enrollments', district_id, {moment}, '{change}', count(*) "
        f"from roster.enrollment_history where {moment} is not null group by all"
        for moment, change in (("valid_from", "created"), ("valid_to", "archived"))
    ]
    return f"""
        with changes as ({" union all ".join([*records, *began_and_ended])}),
        taken_over as (
            select district_id, min(observed_at) as first_at from ops.syncs
            where status = 'complete' group by district_id
        ),
        days as (
            select district_id, intermediate.local_day(district_id, moment) as day, object,
                change_type, sum(records) as records
            from changes join taken_over using (district_id)
            where moment > first_at group by all
        ),
        numbered as (
            select *, dense_rank() over (partition by district_id order by day desc) as place
            from days
        )
        select district_id, day, object, change_type, cast(records as bigint) as records
        from numbered where place <= {MOST_DAYS}
    """


_QUERIES: Mapping[str, str] = {
    "lines": steps_of(LINES),
    "gaps": steps_of(
        {name: (history, f"{_ACTIVE} and {gap}") for name, (history, gap) in GAPS.items()}
    ),
    "changes": _changes(),
    "grades": f"""
        select district_id, coalesce(grade, 'no grade told') as grade, count(*) as students
        from roster.students where {_ACTIVE} group by all
    """,
    "school_sizes": f"""
        select s.district_id, s.school_id, count(p.student_id) as students
        from roster.schools as s
        left join roster.students as p
            on p.district_id = s.district_id and p.school_id = s.school_id and p.{_ACTIVE}
        where s.{_ACTIVE} group by all
    """,
    # Whole students: the average of a section moves a little every day.
    "section_sizes": """
        select district_id, reporting_section_id, reporting_term_id, school_year,
            cast(average_size as bigint) as students
        from roster.section_sizes
        qualify school_year = max(school_year) over (partition by district_id)
    """,
    "without_sections": f"""
        select p.district_id, coalesce(s.name, 'no school') as school, p.school_id,
            count(*) as students
        from roster.students as p
        left join roster.schools as s on s.school_id = p.school_id
        where p.{_ACTIVE} and not exists (
            select 1 from roster.enrollments as e
            where e.district_id = p.district_id and e.student_id = p.student_id
        )
        group by all
    """,
    "moves": """
        select m.district_id, b.name as from_name, m.from_id, a.name as to_name, m.to_id,
            count(*) as moves
        from roster.student_moves as m
        left join roster.schools as b on b.school_id = m.from_id
        left join roster.schools as a on a.school_id = m.to_id
        where m.move = 'school' group by all
    """,
    "years": """
        select e.district_id, e.school_year, e.students, e.mobility_base, e.mobile_students,
            cast(sum(g.returned_students) as bigint) as returned_students,
            cast(sum(g.retained_students) as bigint) as retained_students
        from roster.district_enrollment as e
        left join roster.grade_retention as g
            on g.district_id = e.district_id and g.school_year = e.school_year
        group by all
    """,
    "unresolved": """
        select district_id, object, field, count(*) as records
        from ops.unresolved_references group by all
    """,
    "rejected": """
        select district_id, intermediate.local_day(district_id, observed_at) as day,
            sum(rejected) as records
        from ops.syncs where status = 'complete' and rejected > 0 group by all
    """,
    "drift": "select district_id, count(*) as paths from ops.schema_drift group by all",
    "progress": f"""
        select district_id, cast(date_trunc('week', occurred_at) as date) as week,
            count(distinct student_id) as students, count(*) as records
        from progress.student_progress where {_ACTIVE} and occurred_at is not null group by all
    """,
    "coverage": """
        select r.district_id, r.school_year, r.kind, s.name, r.school_id, r.students,
            r.students_with_records
        from progress.rates_by_school as r
        left join roster.schools as s on s.school_id = r.school_id
        qualify r.school_year = max(r.school_year) over (partition by r.district_id)
    """,
}


@dataclass(frozen=True)
class Figures:
    """The rows of every figure of one district, without its ID; days are those of its clocks.

    `last_day` is that of its last complete sync: until then everything is known.
    """

    last_day: date
    rows: Mapping[str, Rows]


def read_figures(
    connection: duckdb.DuckDBPyConnection, last_days: Mapping[str, date]
) -> Mapping[str, Figures]:
    """All figures of some districts, each by its last day: asking for many costs little more."""
    rows: dict[str, dict[str, list[tuple[Any, ...]]]] = {
        id_: {name: [] for name in _QUERIES} for id_ in last_days
    }
    for name, query in _QUERIES.items():
        found = connection.execute(
            f"select district_id, * exclude (district_id) from ({query}) "
            "where district_id in (select unnest(?)) order by all",
            [[*last_days]],
        )
        for district_id, *row in found.fetchall():
            rows[district_id][name].append(tuple(row))
    return {id_: Figures(last_day, rows[id_]) for id_, last_day in last_days.items()}


def marks(connection: duckdb.DuckDBPyConnection) -> Mapping[str, str]:
    """By district a text that is another one when the rows of one of its figures are others."""
    found: dict[str, list[str]] = {}
    for name, query in _QUERIES.items():
        # The order of equal sums does not matter: each row is another one.
        marked = f"""
            select district_id, count(*) || '-' || sum(hash(figure)) || '-' || bit_xor(hash(figure))
            from ({query}) as figure where district_id is not null group by district_id
        """
        for district_id, mark in connection.execute(marked).fetchall():
            found.setdefault(district_id, []).append(f"{name} {mark}")
    return {district_id: "; ".join(each) for district_id, each in found.items()}


def last_days(connection: duckdb.DuckDBPyConnection) -> Mapping[str, date]:
    """By district the local day of its last complete sync; none for one that never had one."""
    return dict(
        connection.execute(
            "select district_id, intermediate.local_day(district_id, last_complete_at) "
            "from ops.district_status where last_complete_at is not null"
        ).fetchall()
    )

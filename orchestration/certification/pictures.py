"""What the pictures show, read from the last roster of the replay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import duckdb

from dlt_sources.certification.ids import clever_id, short_name
from dlt_sources.certification.script import day_of
from expectations.certification.evidence import moment_of
from orchestration.certification.charts import Bar, DayCounts
from orchestration.certification.questions import Story

_SHOWN = ("school", "term", "course", "section", "student", "teacher", "contact")
#: What lasts from one time to another: its history, and what makes it the same one again.
_INTERVALS = {
    "enrollments": ("roster.enrollment_history", "section_id, student_id"),
    "matched accounts": ("matching.account_match_history", "account_id"),
}


def day_counts(roster: duckdb.DuckDBPyConnection, days: Sequence[int]) -> list[DayCounts]:
    """Per kind what was active, archived and restored on each of the days."""
    return [
        *(_counts(roster, singular, days) for singular in _SHOWN),
        *(_interval_counts(roster, name, days) for name in _INTERVALS),
    ]


def _counts(roster: duckdb.DuckDBPyConnection, singular: str, days: Sequence[int]) -> DayCounts:
    rows = [
        roster.execute(
            f"select count(*) filter (where record_status = 'active' and valid_from <= $t "
            "and (valid_to is null or valid_to > $t)), "
            "count(*) filter (where change_type = 'archived' and valid_from::date = $t::date), "
            "count(*) filter (where change_type = 'restored' and valid_from::date = $t::date) "
            f"from roster.{singular}_history",
            {"t": moment_of(day)},
        ).fetchone()
        or (0, 0, 0)
        for day in days
    ]
    return _columns(f"{singular}s", rows)


def _interval_counts(
    roster: duckdb.DuckDBPyConnection, name: str, days: Sequence[int]
) -> DayCounts:
    """Intervals: those that ended as archived; one that begins again as restored."""
    history, key = _INTERVALS[name]
    rows = [
        roster.execute(
            "select count(*) filter (where valid_from <= $t "
            "and (valid_to is null or valid_to > $t)), "
            "count(*) filter (where valid_to::date = $t::date), "
            "count(*) filter (where valid_from::date = $t::date and again > 1) "
            "from (select valid_from, valid_to, row_number() over "
            f"(partition by {key} order by valid_from) as again from {history})",
            {"t": moment_of(day)},
        ).fetchone()
        or (0, 0, 0)
        for day in days
    ]
    return _columns(name, rows)


def _columns(name: str, rows: Sequence[tuple[int, ...]]) -> DayCounts:
    active, archived, restored = zip(*rows, strict=True)
    return DayCounts(name, active, archived, restored)


def story_bars(roster: duckdb.DuckDBPyConnection, told: Story) -> list[Bar]:
    """The stretches of a student's record and grade, schools, sections and primary teachers."""
    student = clever_id(told.student)
    return [*_record(roster, student), *_schools(roster, student), *_sections(roster, student)]


def _record(roster: duckdb.DuckDBPyConnection, student: str) -> Iterator[Bar]:
    rows = roster.execute(
        "select record_status, coalesce(grade, '?'), valid_from, valid_to "
        "from roster.student_history where student_id = ? order by valid_from",
        [student],
    ).fetchall()
    for status, grade, begin, end in rows:
        label = f"grade {grade}" if status == "active" else status
        yield Bar("record", label, _day(begin), _day_or_none(end), status)


def _schools(roster: duckdb.DuckDBPyConnection, student: str) -> Iterator[Bar]:
    rows = roster.execute(
        "select m.school_id, s.name, m.is_primary, m.valid_from, m.valid_to "
        "from roster.school_membership_history as m join roster.schools as s using (school_id) "
        "where user_id = ? order by m.valid_from",
        [student],
    ).fetchall()
    for school, name, primary, begin, end in rows:
        state = "primary" if primary else "second"
        yield Bar(short_name(school), str(name), _day(begin), _day_or_none(end), state)


def _sections(roster: duckdb.DuckDBPyConnection, student: str) -> Iterator[Bar]:
    rows = roster.execute(
        "select e.section_id, t.teacher_id, greatest(e.valid_from, t.valid_from), "
        "least(coalesce(e.valid_to, t.valid_to), coalesce(t.valid_to, e.valid_to)) "
        "from roster.enrollment_history as e "
        "left join roster.teaching_history as t on e.section_id = t.section_id "
        "and t.is_primary and t.valid_from < coalesce(e.valid_to, 'infinity') "
        "and coalesce(t.valid_to, 'infinity') > e.valid_from "
        "where student_id = ? order by all",
        [student],
    ).fetchall()
    for section, teacher, begin, end in rows:
        label = short_name(teacher) if teacher else "no teacher"
        yield Bar(short_name(section), label, _day(begin), _day_or_none(end), "section")


def _day(moment: datetime) -> int:
    day = day_of(moment.date())
    assert day is not None, "the replay syncs on days of the dataset only"
    return day


def _day_or_none(moment: datetime | None) -> int | None:
    return None if moment is None else _day(moment)

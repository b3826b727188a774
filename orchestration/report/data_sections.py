"""The sections of a district's page on its data: how good it is, and what students did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from orchestration.lib.colours import LINES, WENT
from orchestration.lib.terminal import plain
from orchestration.report import pictures
from orchestration.report.discretion import Discretion, sentence
from orchestration.report.figures import GAPS, MOST_DAYS, Figures
from orchestration.report.groups import named_apart
from orchestration.report.over_time import Point, points
from orchestration.report.section import Picture, Section, bars, by_line, picture, teller, word

#: Of so many kinds of progress it is shown how many students have any.
_MOST_KINDS = 4
#: So many of the last weeks are shown: two years.
_MOST_WEEKS = 104


def quality(figures: Figures, discretion: Discretion) -> Section:
    """What is missing, refused or unresolved, and how that went over time."""
    shown = [
        *_gaps(figures, discretion),
        *_unresolved(figures, discretion),
        *_rejected(figures, discretion),
    ]
    drift = sum(count for (count,) in figures.rows["drift"])
    note = "What active records lack, and what Clever sent that could not be kept or followed."
    if drift:
        note += f" In {drift} places Clever sends what Rollbook does not know (`ops.schema_drift`)."
    if not shown:
        note += " Nothing is missing, refused or unresolved."
    return Section("Data quality", note, shown)


def _gaps(figures: Figures, discretion: Discretion) -> Iterator[Picture]:
    found = by_line(figures, "gaps")
    courses = {
        name: [*points(found[name], figures.last_day, teller(discretion, name).number)]
        for name in GAPS
        if name in found
    }
    if not courses:
        return
    colours = dict(zip(courses, LINES, strict=False))
    rows = [
        {"day": str(each.day), "line": name, "count": each.count}
        for name, course in courses.items()
        for each in course
    ]
    table = [
        [name, *(word(discretion, each) for each in _now_and_before(course))]
        for name, course in courses.items()
    ]
    told = "; ".join(f"{name}: {now}" for name, now, *_ in table) + "."
    head = ("missing", "now", "30 days before", "at first")
    yield picture(
        "Missing over time", told, pictures.lines(rows, colours), head, table,
        colours,
    )  # fmt: skip


def _now_and_before(course: Sequence[Point]) -> list[Point]:
    """The last point, what held 30 days before it, and the first."""
    then = course[-1].day - timedelta(days=30)
    before = [each for each in course if each.day <= then]
    return [course[-1], before[-1] if before else course[0], course[0]]


def _unresolved(figures: Figures, discretion: Discretion) -> Iterator[Picture]:
    if rows := figures.rows["unresolved"]:
        table = [
            # Whoever is listed may be a person, and so may be whose field it is.
            [f"{field} of {object_}", discretion.words(records)]
            for object_, field, records in rows
        ]
        told = "References to records that Clever does not show, or not any more."
        head = ("reference", "records")
        yield Picture("Unresolved references", told, head=head, table=table)


def _rejected(figures: Figures, discretion: Discretion) -> Iterator[Picture]:
    if rows := figures.rows["rejected"][-MOST_DAYS:]:
        title = "Rejected records by day"
        table = [[str(day), discretion.words(int(count))] for day, count in rows][::-1]
        told = sentence(f"{table[0][1]} on {table[0][0]}; `ops.rejected_records` says why.")
        counts = [
            {"day": str(day), "kind": "rejected", "count": number}
            for day, count in rows
            if (number := discretion.number(int(count)))
        ]
        if not counts:
            yield Picture(title, told, head=("day", "records"), table=table)
            return
        chart = pictures.columns(counts, {"rejected": WENT})
        yield picture(title, told, chart, ("day", "records"), table)


def progress(figures: Figures, discretion: Discretion) -> Section:
    """How many students have records of progress, by kind, school and week."""
    title = "Progress"
    weeks = figures.rows["progress"]
    if not weeks:
        return Section(title, "There is no record of progress of the district's students.")
    shown = [*_coverage(figures, discretion), *_weeks(weeks, discretion)]
    note = (
        "Of all who were enrolled in the school year, how many have a record on a day that counts "
        "(`progress.rates_by_school`). Weeks begin on Monday (UTC)."
    )
    return Section(title, note, shown)


def _coverage(figures: Figures, discretion: Discretion) -> Iterator[Picture]:
    by_kind: dict[str, list[tuple[Any, ...]]] = {}
    for _, kind, *school in figures.rows["coverage"]:
        by_kind.setdefault(plain(kind or "no kind told"), []).append(tuple(school))
    year = figures.rows["coverage"][0][0] if by_kind else ""
    for kind, schools in [*by_kind.items()][:_MOST_KINDS]:
        called = named_apart({id_: name for name, id_, *_ in schools})
        students, having = (sum(school[place] for school in schools) for place in (2, 3))
        title = f"Students with records of {kind} by school"
        told = sentence(f"{discretion.share(having, students)} students of {year} have one.")
        counts = {called[id_]: have for _, id_, _, have in schools if have}
        if shown := discretion.groups(counts).named("schools"):
            yield bars(title, told, shown, ("school", "students"))
        else:
            yield Picture(title, told)


def _weeks(weeks: Sequence[tuple[Any, ...]], discretion: Discretion) -> Iterator[Picture]:
    recent = weeks[-_MOST_WEEKS:]
    rows = [
        {"day": str(week), "kind": "students", "count": number}
        for week, students, _ in recent
        if (number := discretion.number(students)) is not None
    ]
    if rows:
        words = [[str(week), discretion.words(students)] for week, students, _ in recent][::-1]
        told = f"{words[0][1]} in the week from {words[0][0]}."
        chart = pictures.columns(rows, {"students": LINES[0]})
        head = ("week from", "students")
        yield picture("Students with progress by week", told, chart, head, words)

"""A district's pictures by section: each a chart, a sentence that says it, and its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from markupsafe import Markup

from orchestration.lib.colours import CAME, LINES, WENT
from orchestration.lib.drawing import Chart, legend, svg
from orchestration.report import pictures
from orchestration.report.changes import changed
from orchestration.report.discretion import Discretion, sentence
from orchestration.report.figures import GAPS, MOST_DAYS, Figures
from orchestration.report.groups import by_size, in_school_order, named_apart
from orchestration.report.over_time import Point, Steps, points

Table = Sequence[Sequence[str]]
_CHANGES = ("came", "changed", "went")
_PEOPLE = ("students", "teachers", "enrollments", "contacts", "users", "staff", "district_admins")


@dataclass(frozen=True)
class Picture:
    """A chart, or a table alone: `told` says it in a sentence, `head` and `table` have its numbers.

    A table without a chart is what there is to see; else it says once more what the chart shows.
    """

    title: str
    told: str
    drawn: Markup | None = None
    legend: Markup | None = None
    head: Sequence[str] = ()
    table: Table = ()


@dataclass(frozen=True)
class Section:
    """Pictures under one heading; `note` says what they count."""

    title: str
    note: str
    pictures: Sequence[Picture] = ()


def sections(figures: Figures, discretion: Discretion) -> list[Section]:
    """All sections of a district's page; one that has nothing to show says why."""
    return [
        _over_time(figures, discretion),
        _changes(figures, discretion),
        _movement(figures, discretion),
        _sizes(figures, discretion),
        _without_sections(figures, discretion),
        _quality(figures, discretion),
        _progress(figures, discretion),
    ]


def _picture(
    title: str,
    told: str,
    chart: Chart,
    head: Sequence[str],
    table: Table,
    colours: Mapping[str, str] | None = None,
) -> Picture:
    named = legend(colours) if colours else None
    return Picture(title, told, svg(chart, f"{title}: {told}"), named, head, table)


def _teller(discretion: Discretion, what: str) -> Discretion:
    """Things are told as they are, people with discretion."""
    return discretion if what.split()[0] in _PEOPLE else Discretion(1)


def _over_time(figures: Figures, discretion: Discretion) -> Section:
    steps = _by_line(figures, "lines")
    shown = [
        _line(name, steps[name], figures, _teller(discretion, name))
        for name in ("students", "enrollments", "teachers", "sections")
        if name in steps
    ]
    note = (
        "What was active at the end of each day, by the district's clocks. An enrollment is one "
        "student in one section."
    )
    return Section("Enrolment over time", note if shown else "There was never anything.", shown)


def _by_line(figures: Figures, name: str) -> dict[str, Steps]:
    found: dict[str, list[tuple[object, int]]] = {}
    for line, day, step in figures.rows[name]:
        found.setdefault(line, []).append((day, step))
    return found  # type: ignore[return-value]


def _line(name: str, steps: Steps, figures: Figures, discretion: Discretion) -> Picture:
    course = [*points(steps, figures.last_day, discretion.number)]
    rows = [{"day": str(each.day), "line": name, "count": each.count} for each in course]
    word = partial(_word, discretion)
    then = f"{word(course[0])} on {course[0].day}"
    told = sentence(f"{word(course[-1])} on {course[-1].day}, {then}.")
    table = [[str(each.day), word(each)] for each in course][::-1]
    title = f"Active {name}"
    if all(each.count is None for each in course):
        return Picture(title, told)
    return _picture(title, told, pictures.lines(rows), ["from", name], table)


def _word(discretion: Discretion, point: Point) -> str:
    return discretion.few if point.count is None else f"{point.count:,}"


def _changes(figures: Figures, discretion: Discretion) -> Section:
    title = "What changed"
    days = changed(figures.rows["changes"], discretion)
    if not days:
        return Section(title, "Nothing has changed since the district was first taken over.")
    last, *_ = days
    table = Picture(
        f"On {last.day}",
        "The last day on which anything changed, by type of record.",
        head=("records", *_CHANGES),
        table=[[line.object, *line.words(discretion)] for line in last.lines],
    )
    note = (
        "By the days of the syncs that found it; enrollments came and went as students entered and "
        f"left sections. People who came and who went are told where each are {discretion.limit} "
        "or more."
    )
    shown = [table]
    moved = [(each.day, line) for each in days for line in each.lines if line.object == "students"]
    rows = [
        {"day": str(day), "kind": kind, "count": count}
        for day, line in reversed(moved)
        for kind, count in (("came", line.came), ("went", line.went))
        if count is not None
    ]
    if rows:
        colours = {"came": CAME, "went": WENT}
        numbers = [[str(day), *line.words(discretion)] for day, line in moved]
        told = f"{len(rows) // 2} of the last {len(days)} days with changes had enough to be told."
        head = ("day", *_CHANGES)
        shown.append(
            _picture("Students who came and went", told, pictures.columns(rows, colours), head,
                     numbers, colours)
        )  # fmt: skip
    return Section(title, note, shown)


def _movement(figures: Figures, discretion: Discretion) -> Section:
    title = "Movement between schools"
    rows = figures.rows["moves"]
    if not rows:
        return Section(title, "Nobody moved from one school of the district to another.")
    schools = {id_: name for row in rows for id_, name in ((row[1], row[0]), (row[3], row[2]))}
    called = named_apart(schools)
    counts = {
        f"{called[before]} \N{RIGHTWARDS ARROW} {called[after]}": students
        for _, before, _, after, students in rows
    }
    total = discretion.words(sum(counts.values()))
    note = "Students whose primary school became another one, ever since the first sync."
    told = f"{total} moves between {len(schools)} schools."
    shown = discretion.groups(counts).named("ways")
    if not shown:
        return Section(title, f"{note} {told}")
    return Section(title, note, [_bars("Moves by way", told, shown, ("way", "students"))])


def _bars(title: str, told: str, counts: Mapping[str, int], head: Sequence[str]) -> Picture:
    table = [[name, f"{count:,}"] for name, count in counts.items()]
    return _picture(title, told, pictures.bars(counts), head, table)


def _sizes(figures: Figures, discretion: Discretion) -> Section:
    limit = discretion.limit
    classes = by_size([students for _, students in figures.rows["section_sizes"]], limit)
    schools = by_size([students for _, students in figures.rows["school_sizes"]], limit, big=True)
    grades = discretion.groups(dict(figures.rows["grades"]))
    shown = []
    if classes:
        told = f"{sum(classes.values()):,} active sections, by the students who are in them now."
        shown.append(_bars("Sections by size", told, classes, ("students", "sections")))
    if schools:
        told = f"{sum(schools.values()):,} active schools, by their active students."
        shown.append(_bars("Schools by size", told, schools, ("students", "schools")))
    if ordered := in_school_order(grades.named("grades")):
        told = f"{len(figures.rows['grades'])} grades; small ones stand together."
        shown.append(_bars("Active students by grade", told, ordered, ("grade", "students")))
    note = "As of the last complete sync. A student counts for the primary school."
    return Section("Class sizes, grades and schools", note, shown)


def _without_sections(figures: Figures, discretion: Discretion) -> Section:
    title = "Students without sections"
    rows = figures.rows["without_sections"]
    if not rows:
        return Section(title, "Every active student is in a section.")
    note = f"{discretion.words(sum(row[-1] for row in rows))} active students are in no section."
    called = named_apart({id_: name for name, id_, _ in rows})
    shown = discretion.groups({called[id_]: students for _, id_, students in rows}).named("schools")
    if not shown:
        return Section(title, sentence(note))
    picture = _bars("By primary school", sentence(note), shown, ("school", "students"))
    return Section(title, "Active students who are in no active section.", [picture])


def _quality(figures: Figures, discretion: Discretion) -> Section:
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
    found = _by_line(figures, "gaps")
    courses = {
        name: [*points(found[name], figures.last_day, _teller(discretion, name).number)]
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
        [name, *(_word(discretion, each) for each in _now_and_before(course))]
        for name, course in courses.items()
    ]
    told = "; ".join(f"{name}: {now}" for name, now, *_ in table) + "."
    head = ("missing", "now", "30 days before", "at first")
    yield _picture(
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
        yield _picture(title, told, chart, ("day", "records"), table)


def _progress(figures: Figures, discretion: Discretion) -> Section:
    title = "Progress"
    coverage, weeks = figures.rows["coverage"], figures.rows["progress"]
    if not weeks:
        return Section(title, "There is no record of progress of the district's students.")
    students, covered = (sum(row[place] for row in coverage) for place in (2, 3))
    of = f"{discretion.words(covered)} of {discretion.words(students)} active students"
    told = sentence(f"{of} have a record of progress.")
    called = named_apart({id_: name for name, id_, *_ in coverage})
    by_school = {called[id_]: have for _, id_, _, have in coverage if have}
    shown = []
    if grouped := discretion.groups(by_school).named("schools"):
        shown.append(_bars("Students with progress by school", told, grouped, ("school", "with")))
    shown += _weeks(weeks, discretion)
    return Section(title, f"{told} Weeks begin on Monday (UTC).", shown)


def _weeks(weeks: Sequence[tuple[object, ...]], discretion: Discretion) -> Iterator[Picture]:
    rows = [
        {"day": str(week), "kind": "students", "count": number}
        for week, students, _ in weeks[-104:]
        if (number := discretion.number(int(str(students)))) is not None
    ]
    if rows:
        words = [[str(week), discretion.words(int(str(n)))] for week, n, _ in weeks[-104:]][::-1]
        told = f"{words[0][1]} in the week from {words[0][0]}."
        chart = pictures.columns(rows, {"students": LINES[0]})
        head = ("week from", "students")
        yield _picture("Students with progress by week", told, chart, head, words)

"""The sections of a district's page on its roster; together with all others."""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.lib.colours import CAME, WENT
from orchestration.report import pictures
from orchestration.report.changes import changed
from orchestration.report.data_sections import progress, quality
from orchestration.report.discretion import Discretion, sentence
from orchestration.report.figures import Figures
from orchestration.report.groups import by_size, in_school_order, named_apart
from orchestration.report.over_time import Steps, points
from orchestration.report.section import Picture, Section, bars, by_line, picture, teller, word

_CHANGES = ("came", "changed", "went")


def sections(figures: Figures, discretion: Discretion) -> list[Section]:
    """All sections of a district's page; one that has nothing to show says why."""
    return [
        _over_time(figures, discretion),
        _changes(figures, discretion),
        _movement(figures, discretion),
        _sizes(figures, discretion),
        _without_sections(figures, discretion),
        quality(figures, discretion),
        progress(figures, discretion),
    ]


def _over_time(figures: Figures, discretion: Discretion) -> Section:
    steps = by_line(figures, "lines")
    shown = [
        _line(name, steps[name], figures, teller(discretion, name))
        for name in ("students", "enrollments", "teachers", "sections")
        if name in steps
    ]
    note = (
        "What was active at the end of each day, by the district's clocks. An enrollment is one "
        "student in one section."
    )
    return Section("Enrolment over time", note if shown else "There was never anything.", shown)


def _line(name: str, steps: Steps, figures: Figures, discretion: Discretion) -> Picture:
    course = [*points(steps, figures.last_day, discretion.number)]
    rows = [{"day": str(each.day), "line": name, "count": each.count} for each in course]
    words = [word(discretion, each) for each in course]
    then = f"{words[0]} on {course[0].day}"
    told = sentence(f"{words[-1]} on {course[-1].day}, {then}.")
    table = [[str(each.day), told_] for each, told_ in zip(course, words, strict=True)][::-1]
    title = f"Active {name}"
    if all(each.count is None for each in course):
        return Picture(title, told)
    return picture(title, told, pictures.lines(rows), ["from", name], table)


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
            picture("Students who came and went", told, pictures.columns(rows, colours), head,
                     numbers, colours)
        )  # fmt: skip
    return Section(title, note, shown)


def _movement(figures: Figures, discretion: Discretion) -> Section:
    shown = [*_years(figures, discretion), *_moves(figures, discretion)]
    note = (
        "Mobile is who came to the district or left it within a school year, between its count day "
        "and its last weeks (`roster.district_enrollment` has the formulas)."
    )
    return Section("Movement", note if shown else "No school year counts yet.", shown)


def _years(figures: Figures, discretion: Discretion) -> Iterator[Picture]:
    if rows := figures.rows["years"]:
        table = [
            [year, discretion.words(students), _share(mobile, base, discretion),
             _share(retained, returned, discretion)]
            for year, students, base, mobile, returned, retained in reversed(rows)
        ]  # fmt: skip
        told = f"In {table[0][0]} up to now: {table[0][2]} are mobile."
        head = ("school year", "students", "mobile", "returned to the same grade")
        yield Picture("By school year", told, head=head, table=table)


def _share(part: int | None, people: int | None, discretion: Discretion) -> str:
    if part is None or not people:
        return "not known yet"
    return discretion.share(part, people)


def _moves(figures: Figures, discretion: Discretion) -> Iterator[Picture]:
    title = "Moves between schools"
    rows = figures.rows["moves"]
    if not rows:
        yield Picture(title, "Nobody moved from one school of the district to another.")
        return
    called = named_apart(
        {id_: name for row in rows for id_, name in ((row[1], row[0]), (row[3], row[2]))}
    )
    counts = {
        f"{called[before]} \N{RIGHTWARDS ARROW} {called[after]}": moves
        for _, before, _, after, moves in rows
    }
    told = f"{discretion.words(sum(counts.values()))} moves, in summer too, since the first sync."
    shown = discretion.groups(counts).named("ways")
    yield (
        bars(title, sentence(told), shown, ("way", "moves"))
        if shown
        else Picture(title, sentence(told))
    )


def _sizes(figures: Figures, discretion: Discretion) -> Section:
    limit = discretion.limit
    classes = by_size([row[-1] for row in figures.rows["section_sizes"]], limit)
    schools = by_size([students for _, students in figures.rows["school_sizes"]], limit, big=True)
    grades = discretion.groups(dict(figures.rows["grades"]))
    shown = []
    if classes:
        year = figures.rows["section_sizes"][0][2]
        told = f"{sum(classes.values()):,} sections of {year}, by the students of an average day."
        shown.append(bars("Sections by size", told, classes, ("students", "sections")))
    if schools:
        told = f"{sum(schools.values()):,} active schools, by their active students."
        shown.append(bars("Schools by size", told, schools, ("students", "schools")))
    if ordered := in_school_order(grades.named("grades")):
        told = f"{len(figures.rows['grades'])} grades; small ones stand together."
        shown.append(bars("Active students by grade", told, ordered, ("grade", "students")))
    note = "A student counts for the primary school. `roster.section_sizes` has each section."
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
    picture = bars("By primary school", sentence(note), shown, ("school", "students"))
    return Section(title, "Active students who are in no active section.", [picture])

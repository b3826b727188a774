"""The page's pictures by section: each a chart, a sentence that says it, and its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from orchestration.lib.terminal import moment
from orchestration.report import pictures
from orchestration.report.figures import CHANGES, HISTORIES, MOST_WEEKS, Figures
from orchestration.report.groups import FEWEST, by_grade, by_size
from orchestration.report.over_time import Line, Point, days_shown, lines, points
from orchestration.report.pictures import Spec

Table = Sequence[Sequence[str]]
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Picture:
    """A chart: `told` says it in a sentence, `head` and `table` have its numbers."""

    title: str
    told: str
    spec: Spec
    head: Sequence[str]
    table: Table


@dataclass(frozen=True)
class Section:
    """Pictures under one heading: `note` says what they count, `legend` names their colours."""

    title: str
    note: str
    pictures: Sequence[Picture] = ()
    legend: Sequence[tuple[str, str]] = field(default=())


def sections(figures: Figures, names: Mapping[str, str]) -> list[Section]:
    """All sections of the page; one that has nothing to show says why."""
    return [
        _over_time(figures, names),
        _changes(figures),
        _now(figures),
        _progress(figures),
        _matching(figures),
    ]


def _over_time(figures: Figures, names: Mapping[str, str]) -> Section:
    title = "Active over time"
    if not figures.last_days:
        return Section(title, "Nothing was ever completely synced.")
    largest = sorted(
        (each for each in figures.districts if each.district_id in figures.last_days),
        key=lambda each: (-each.counts["students"], each.district_id),
    )
    drawn = lines([each.district_id for each in largest], figures.last_days)
    days = days_shown(figures.steps.values(), max(figures.last_days.values()))
    own = [line for line in drawn if len(line.districts) == 1]
    # Beside the sum of many districts, no single one of them could be seen.
    charts = [(own, ""), ([line for line in drawn if line not in own], " of the others, together")]
    shown = [
        _lines(name + of_whom, line_of, names)
        for group, of_whom in charts
        if group
        for name in HISTORIES
        for line_of in [{line: [*points(line, figures.steps[name], days)] for line in group}]
    ]
    note = (
        "At the end of each day, by the clocks of the district. A line ends with the district's "
        "last complete sync: nothing is known of it since."
    )
    legend = [*zip((_label(line, names) for line in own), pictures.COLOURS, strict=False)]
    return Section(title, note, shown, legend)


def _label(line: Line, names: Mapping[str, str]) -> str:
    if len(line.districts) == 1:
        return names[line.districts[0]]
    return f"the other {len(line.districts):,} districts together"


def _lines(what: str, drawn: Mapping[Line, Sequence[Point]], names: Mapping[str, str]) -> Picture:
    labels = {line: _label(line, names) for line in drawn}
    rows = [
        {"day": str(point.day), "on": str(point.day), "series": labels[line], "count": point.count}
        for line, course in drawn.items()
        for point in course
    ]
    table = [
        [
            labels[line],
            str(course[0].day),
            *_counts(_first_least_most_last(course)),
            str(course[-1].day),
        ]
        for line, course in drawn.items()
    ]
    last, first = (sum(course[end].count for course in drawn.values()) for end in (-1, 0))
    told = f"{last:,} active at the last complete sync, {first:,} on the first day."
    head = ["district", "from", "then", "least", "most", "last", "until"]
    summed = any(len(line.districts) > 1 for line in drawn)
    colours = pictures.OTHERS if summed else pictures.COLOURS
    spec = pictures.lines(rows, [*labels.values()], colours)
    return Picture(what.capitalize(), told, spec, head, table)


def _first_least_most_last(line: Sequence[Point]) -> list[int]:
    counts = [point.count for point in line]
    return [counts[0], min(counts), max(counts), counts[-1]]


def _counts(numbers: Sequence[int]) -> list[str]:
    return [f"{number:,}" for number in numbers]


def _changes(figures: Figures) -> Section:
    title = "What came, went and changed"
    if not figures.changes:
        return Section(title, "No district was completely synced more than once.")
    kinds = [*CHANGES]
    rows = [
        {"day": str(day), "kind": kind, "place": place, "count": count}
        for day, counts in figures.changes.items()
        for place, (kind, count) in enumerate(zip(kinds, counts, strict=True))
    ]
    *_, (day, last) = figures.changes.items()
    told = f"{day}: " + ", ".join(
        f"{count:,} {kind}" for kind, count in zip(kinds, last, strict=True)
    )
    note = (
        "Records of every type, all districts together, by the day of the complete syncs that "
        "found it. Each district's first sync is left out: it takes everything over."
    )
    table = [[str(day), *_counts(counts)] for day, counts in figures.changes.items()][::-1]
    spec = pictures.stacks(rows, kinds, pictures.CHANGE_COLOURS, "day")
    picture = Picture("Records by day of the sync", f"{told}.", spec, ["day", *kinds], table)
    return Section(title, note, [picture], [*zip(kinds, pictures.CHANGE_COLOURS, strict=True)])


def _now(figures: Figures) -> Section:
    title = "Students and schools now"
    grades, sizes = by_grade(figures.grades), by_size(figures.school_sizes)
    shown = []
    if grades:
        told = f"{sum(grades.values()):,} active students in {len(figures.grades):,} grades."
        shown.append(_bars("Active students by grade", told, grades, ["grade", "students"]))
    if sizes:
        told = f"{sum(sizes.values()):,} active schools, by how many active students have it "
        told += "as their primary one."
        shown.append(_bars("Active schools by size", told, sizes, ["students", "schools"]))
    note = f"Grades of fewer than {FEWEST} students are shown together with others."
    return Section(title, note if shown else "There is no active student and no school.", shown)


def _bars(title: str, told: str, counts: Mapping[str, int], head: Sequence[str]) -> Picture:
    table = [[name, f"{count:,}"] for name, count in counts.items()]
    return Picture(title, told, pictures.bars(counts), head, table)


def _progress(figures: Figures) -> Section:
    title = "Progress"
    if figures.application is None:
        return Section(title, "There is no application: no progress was ever read.")
    weeks = [*_weeks_shown(figures)]
    total, unmatched = _totals(figures)
    if not weeks:
        none = (
            f"None of {total:,} records of progress has a time up to now."
            if total
            else ("There is no record of progress yet.")
        )
        return Section(title, f"{_read(figures)} {none}")
    shown = sum(sum(counts) for _, counts in weeks)
    told = f"{total:,} records of progress, {unmatched:,} of them ({unmatched / total:.1%}) of no "
    told += "known student."
    if shown < total:
        told += f" {total - shown:,} are not shown: of other times than these weeks, or of none."
    kinds = ("matched", "unmatched")
    head = ["week from", *kinds, "unmatched share"]
    table = [
        [str(week), *_counts(counts), f"{share:.1%}" if share is not None else ""]
        for (week, counts), share in zip(weeks, _shares(weeks), strict=True)
    ]
    note = f"{_read(figures)} Weeks begin on Monday (UTC)."
    pictured = [
        Picture("Records by week", told, _stacked(weeks, kinds), head, table[::-1]),
        _share_picture(weeks),
    ]
    return Section(title, note, pictured, [*zip(kinds, pictures.MATCHED_COLOURS, strict=True)])


def _stacked(weeks: Sequence[tuple[date, tuple[int, int]]], kinds: Sequence[str]) -> Spec:
    rows = [
        {"day": str(week), "kind": kind, "place": place, "count": count}
        for week, counts in weeks
        for place, (kind, count) in enumerate(zip(kinds, counts, strict=True))
    ]
    return pictures.stacks(rows, kinds, pictures.MATCHED_COLOURS, "week from")


def _share_picture(weeks: Sequence[tuple[date, tuple[int, int]]]) -> Picture:
    shares = _shares(weeks)
    rows = [
        {"day": str(week), "share": share} for (week, _), share in zip(weeks, shares, strict=True)
    ]
    known = [
        (week, share) for (week, _), share in zip(weeks, shares, strict=True) if share is not None
    ]
    told = f"{known[-1][1]:.1%} of the records of the week from {known[-1][0]} are unmatched."
    return Picture("Share unmatched", told, pictures.shares(rows, "week from"), (), ())


def _totals(figures: Figures) -> tuple[int, int]:
    """All records of progress, and the unmatched ones."""
    counts = figures.weeks.values()
    return sum(map(sum, counts)), sum(unmatched for _, unmatched in counts)


def _shares(weeks: Sequence[tuple[date, tuple[int, int]]]) -> list[float | None]:
    return [
        unmatched / (matched + unmatched) if matched + unmatched else None
        for _, (matched, unmatched) in weeks
    ]


def _weeks_shown(figures: Figures) -> Iterator[tuple[date, tuple[int, int]]]:
    """The last weeks up to the newest that has a record, also those without; none lies ahead."""
    today = figures.made_at.date()
    found = [week for week in figures.weeks if week is not None and week <= today]
    if found:
        last = max(found)
        first = max(min(found), last - (MOST_WEEKS - 1) * _WEEK)
        for number in range((last - first) // _WEEK + 1):
            week = first + number * _WEEK
            yield week, figures.weeks.get(week, (0, 0))


def _read(figures: Figures) -> str:
    application = figures.application
    assert application is not None
    since = moment(application.last_read_at)
    read = (
        f"The application was last read at {since} UTC."
        if since != "never"
        else ("The application was never read.")
    )
    if application.failed:
        read += f" The last time it could not read {', '.join(application.failed)}; "
        read += "`rollbook status` says why."
    return read


def _matching(figures: Figures) -> Section:
    title = "Matching"
    accounts = {
        status: count for status, count in figures.matching["account_status"].items() if count
    }
    if not accounts:
        return Section(title, "There are no accounts to match.")
    matched, total = accounts.get("matched", 0), sum(accounts.values())
    contradicted = figures.matching["match_review"]["matches contradicted"]
    told = f"{matched:,} of {total:,} accounts ({matched / total:.1%}) are matched; something "
    told += f"contradicts {contradicted:,} of the matches."
    picture = _bars("Accounts by how they stand", told, accounts, ["status", "accounts"])
    return Section(
        title, "`rollbook matches` lists what is open, and docs/matching.md says more.", [picture]
    )

"""What a district's page is made of: sections of pictures, each with its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from orchestration.lib.drawing import Chart, legend, svg
from orchestration.report import pictures
from orchestration.report.discretion import Discretion
from orchestration.report.figures import Figures
from orchestration.report.over_time import Point, Steps

Table = Sequence[Sequence[str]]
_PEOPLE = ("students", "teachers", "enrollments")


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


def picture(
    title: str,
    told: str,
    chart: Chart,
    head: Sequence[str],
    table: Table,
    colours: Mapping[str, str] | None = None,
) -> Picture:
    """A chart with its numbers; `colours` are told in a legend."""
    named = legend(colours) if colours else None
    return Picture(title, told, svg(chart, f"{title}: {told}"), named, head, table)


def teller(discretion: Discretion, what: str) -> Discretion:
    """Things are told as they are, people with discretion."""
    return discretion if what.split()[0] in _PEOPLE else Discretion(1)


def by_line(figures: Figures, name: str) -> dict[str, Steps]:
    """The steps of a figure of steps, by line."""
    found: dict[str, list[tuple[date, int]]] = {}
    for line, day, step in figures.rows[name]:
        found.setdefault(line, []).append((day, step))
    return {**found}


def word(discretion: Discretion, point: Point) -> str:
    """What a point of a line tells, for a reader."""
    return discretion.few if point.count is None else f"{point.count:,}"


def bars(title: str, told: str, counts: Mapping[str, int], head: Sequence[str]) -> Picture:
    """A bar for each name, with its numbers."""
    table = [[name, f"{count:,}"] for name, count in counts.items()]
    return picture(title, told, pictures.bars(counts), head, table)

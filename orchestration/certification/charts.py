"""Two pictures, as SVG that stands in the page itself: the roster over the days, and students."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_LEFT, _RIGHT, _TOP, _DAY = 190, 90, 30, 24


@dataclass(frozen=True)
class DayCounts:
    """A kind of record on each day: how many are active, archived that day, restored that day."""

    name: str
    active: Sequence[int]
    archived: Sequence[int]
    restored: Sequence[int]


@dataclass(frozen=True)
class Bar:
    """A stretch of days in a student's story: `end` None is open, `state` a class of the style."""

    row: str
    label: str
    begin: int
    end: int | None
    state: str


def records_over_days(counts: Sequence[DayCounts], days: Sequence[int]) -> str:
    """A band for each kind: the line is what is active, bars below it what came and went."""
    band, height = 74, _TOP + 74 * len(counts) + 24
    parts = [
        _head(days, height, "Active records per type; archived (down) and restored (up) per day")
    ]
    for place, each in enumerate(counts):
        top = _TOP + band * place
        parts += _band(each, days, top, band - 22)
    parts += _axis(days, height - 10)
    return "".join([*parts, "</svg>"])


def _band(each: DayCounts, days: Sequence[int], top: int, height: int) -> list[str]:
    most, least = max(each.active), min(each.active)
    span = max(most - least, 1)
    points = " ".join(
        f"{_x(days, day)},{top + 4 + (most - value) * (height * 0.55) / span:.1f}"
        for day, value in zip(days, each.active, strict=True)
    )
    middle = top + height - 8
    moved = max((*each.archived, *each.restored, 1))
    bars = [
        _stroke(_x(days, day), middle, size * 14 / moved, state)
        for state, sizes in (("archived", each.archived), ("restored", each.restored))
        for day, size in zip(days, sizes, strict=True)
        if size
    ]
    return [
        f'<text x="8" y="{top + 20}" class="name">{escape(each.name)}</text>',
        f'<text x="8" y="{top + 36}" class="small">{least:,} to {most:,} active</text>',
        f'<text x="8" y="{top + 50}" class="small">{sum(each.archived):,} archived, '
        f"{sum(each.restored):,} restored</text>",
        f'<polyline points="{points}" class="line"/>',
        *bars,
    ]


def _stroke(x: float, middle: float, size: float, state: str) -> str:
    """A bar that goes down for what was archived and up for what was restored."""
    top = middle if state == "archived" else middle - max(size, 2)
    return (
        f'<rect x="{x - 4:.0f}" y="{top:.1f}" width="8" height="{max(size, 2):.1f}" '
        f'class="{state}"/>'
    )


def story(title: str, bars: Sequence[Bar], days: Sequence[int]) -> str:
    """One student's days: a row for the record, its school, and each section and its teacher."""
    rows = list(dict.fromkeys(bar.row for bar in bars))
    height = _TOP + 26 * len(rows) + 24
    parts = [_head(days, height, title)]
    for place, row in enumerate(rows):
        y = _TOP + 26 * place
        parts.append(f'<text x="8" y="{y + 15}" class="small">{escape(row)}</text>')
        parts += [_bar(bar, days, y) for bar in bars if bar.row == row]
    parts += _axis(days, height - 10)
    return "".join([*parts, "</svg>"])


def _bar(bar: Bar, days: Sequence[int], y: int) -> str:
    begin = _x(days, bar.begin)
    end = _x(days, days[-1]) + _DAY / 2 if bar.end is None else _x(days, bar.end)
    label = escape(_fit(bar.label, end - begin))
    return (
        f'<rect x="{begin:.0f}" y="{y}" width="{max(end - begin, 2):.0f}" height="20" rx="3" '
        f'class="{bar.state}"><title>{escape(bar.label)}, day {bar.begin} to '
        f"{'now' if bar.end is None else bar.end}</title></rect>"
        f'<text x="{begin + 4:.0f}" y="{y + 14}" class="on">{label}</text>'
    )


def _fit(label: str, width: float) -> str:
    room = int(width / 6.4)
    return label if len(label) <= room else ""


def _head(days: Sequence[int], height: int, title: str) -> str:
    width = _LEFT + _DAY * (days[-1] - days[0]) + _RIGHT
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" xmlns="http://www.w3.org/2000/svg">'
        f'<text x="8" y="16" class="title">{escape(title)}</text>'
    )


def _axis(days: Sequence[int], y: int) -> list[str]:
    return [
        f'<text x="{_x(days, day):.0f}" y="{y}" class="tick">{day}</text>'
        for day in days
        if day % 5 == 0 or day == days[-1]
    ]


def _x(days: Sequence[int], day: int) -> float:
    return _LEFT + _DAY * (day - days[0])

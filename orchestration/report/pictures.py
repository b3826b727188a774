"""The charts of a district's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap

import altair as alt

from orchestration.lib.colours import INK, LINES
from orchestration.lib.drawing import LETTERS, WIDTH, Chart, Row, chart, coloured, dates, numbers

_HEIGHT, _LEAST_BAR, _LINE = 170, 26, 15
#: A name of so many letters has room beside its bar, and one of so many in a line above it.
_SHORT_NAME, _LONG_NAME = 18, 44
#: A line with so many changes has a dot for each; one that never changed would not be seen else.
_FEW_POINTS = 12


def lines(rows: Sequence[Row], colours: Mapping[str, str] | None = None) -> Chart:
    """A line for each `line` of rows with `day` (ISO) and `count` (None: not told).

    A number holds until it changes.
    """
    named = colours or {row["line"]: LINES[0] for row in rows}
    shown = len(rows) <= _FEW_POINTS * len(named)
    dots = alt.OverlayMarkDef(opacity=1 if shown else 0, size=30)
    drawn = chart(rows).mark_line(interpolate="step-after", strokeWidth=2, point=dots)
    placed: alt.Chart = drawn.encode(
        x=dates([row["day"] for row in rows]), y=numbers(), color=coloured("line", named)
    )
    return placed.properties(width=WIDTH, height=_HEIGHT)


def columns(rows: Sequence[Row], colours: Mapping[str, str]) -> Chart:
    """A bar for each day of rows with `day` (ISO), `kind` and `count`; kinds stand side by side."""
    axis = alt.Axis(
        labelOverlap=True,
        labelSeparation=12,
        labelAngle=0,
        labelPadding=6,
        labelExpr="utcFormat(toDate(datum.value), '%d %b')",
        ticks=False,
    )
    order = alt.XOffset("kind:N", sort=[*colours])
    drawn = chart(rows).mark_bar(cornerRadiusEnd=1)
    placed: alt.Chart = drawn.encode(
        x=alt.X("day:O", title=None, sort=None, axis=axis),
        xOffset=order if len(colours) > 1 else alt.Undefined,
        y=numbers(),
        color=coloured("kind", colours),
    )
    return placed.properties(width=WIDTH, height=_HEIGHT)


def bars(counts: Mapping[str, int]) -> Chart:
    """A bar for each name, in the order given, with its number at its end."""
    rows = [
        {"place": place, "name": _lines(name), "count": count}
        for place, (name, count) in enumerate(counts.items())
    ]
    short = max(map(len, counts), default=0) <= _SHORT_NAME
    return _beside(rows) if short else _below(rows)


def _beside(rows: Sequence[Row]) -> Chart:
    """Bars right of their names."""
    # The letters that a reader has may be wider than those that Vega measures.
    room = max(len(row["name"][0]) for row in rows) * LETTERS * 0.66
    axis = alt.Axis(
        labelPadding=6, ticks=False, domain=False, labelColor=INK, minExtent=room, labelLimit=WIDTH
    )
    base = chart(rows).encode(y=alt.Y("name:N", sort=None, title=None, axis=axis), x=_length(rows))
    drawn = base.mark_bar(color=LINES[0], height=14) + _numbers(base)
    placed: Chart = drawn.properties(width=WIDTH, height=_LEAST_BAR * len(rows))
    return placed


def _below(rows: Sequence[Row]) -> Chart:
    """Bars below their names, which may be long."""
    above = _LINE * max(len(row["name"]) for row in rows)
    base = chart(rows).encode(y=alt.Y("place:O", axis=None))
    long = base.encode(x=_length(rows))
    names = base.mark_text(
        align="left", baseline="top", color=INK, fontSize=LETTERS, lineHeight=_LINE,
        dy=-(_LEAST_BAR + above) / 2 + 4,
    )  # fmt: skip
    drawn = alt.layer(
        long.mark_bar(color=LINES[0], height=14, yOffset=above / 2 - 2),
        _numbers(long, dy=above / 2 - 2),
        names.encode(x=alt.value(0), text="name:N"),
    )
    return drawn.properties(width=WIDTH, height=(_LEAST_BAR + above) * len(rows))


def _length(rows: Sequence[Row]) -> alt.X:
    """Room is left for the number of the longest bar."""
    longest = max((row["count"] for row in rows), default=0)
    return alt.X("count:Q", axis=None, scale=alt.Scale(domain=[0, longest * 1.25 or 1]))


def _numbers(bars_: alt.Chart, dy: float = 0) -> alt.Chart:
    text = bars_.mark_text(
        align="left", baseline="middle", dx=5, dy=dy, color=INK, fontSize=LETTERS
    )
    numbered: alt.Chart = text.encode(text=alt.Text("count:Q", format=","))
    return numbered


def _lines(name: str) -> list[str]:
    """A name in as many lines as it needs, two at most: the table beside a chart has all of it."""
    return wrap(name, _LONG_NAME, max_lines=2, placeholder=" \N{HORIZONTAL ELLIPSIS}") or [name]

"""The charts of a district's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt

from orchestration.lib.colours import INK, LINES
from orchestration.lib.drawing import LETTERS, WIDTH, Chart, Row, chart, coloured, dates, numbers

_HEIGHT, _BAR = 170, 44
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
    """A bar for each name, in the order given: the name above it, the number at its end."""
    rows = [
        {"place": place, "name": name, "count": count}
        for place, (name, count) in enumerate(counts.items())
    ]
    # Room at the right for the number of the longest bar.
    scale = alt.Scale(domain=[0, max(counts.values(), default=0) * 1.25 or 1])
    length = alt.X("count:Q", axis=None, scale=scale)
    base = chart(rows).encode(y=alt.Y("place:O", axis=None))
    drawn = base.mark_bar(color=LINES[0], height=14, yOffset=9).encode(x=length)
    told = base.mark_text(align="left", dx=5, dy=9, color=INK, fontSize=LETTERS)
    named = base.mark_text(align="left", dy=-8, color=INK, fontSize=LETTERS, limit=WIDTH - 10)
    layers = alt.layer(
        drawn,
        told.encode(x=length, text=alt.Text("count:Q", format=",")),
        named.encode(x=alt.value(0), text="name:N"),
    )
    return layers.properties(width=WIDTH, height=_BAR * max(1, len(rows)))

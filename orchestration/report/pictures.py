"""The charts of the page, as specifications of Vega-Lite: their colours are the page's own.

Colours are CSS variables, so that one chart is legible in light, in dark and on paper. Charts are
as wide as what holds them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

import altair as alt

Row = Mapping[str, Any]
Spec = dict[str, Any]

INK, SOFT, RULE = "var(--ink)", "var(--soft)", "var(--rule)"
#: One for each line of a chart; the page names them beside what they stand for.
COLOURS = tuple(f"var(--line-{number})" for number in range(1, 8))
#: The line that stands for many districts.
OTHERS = ("var(--others)",)
#: What came, came back, changed and went.
CHANGE_COLOURS = ("var(--came)", "var(--back)", "var(--changed)", "var(--went)")
MATCHED_COLOURS = ("var(--line-1)", "var(--went)")

_HEIGHT, _BAR = 180, 26
#: A line with so many changes has a dot for each; one that never changed would not be seen else.
_FEW_POINTS = 12
#: Up to so many days after the first one each has its mark; a day in milliseconds.
_FEW_DAYS, _DAY = 6, 86_400_000


def lines(rows: Sequence[Row], series: Sequence[str], colours: Sequence[str] = COLOURS) -> Spec:
    """A line for each of `series` from rows of `day` (ISO), `series`, `count`.

    A number holds until it changes.
    """
    axis = _days([row["day"] for row in rows])
    seen = len(rows) <= _FEW_POINTS * len(series)
    shape = _chart(rows).mark_line(
        interpolate="step-after",
        strokeWidth=2,
        # Where they would hide the line they only show what is under the pointer.
        point=alt.OverlayMarkDef(opacity=1 if seen else 0, size=30 if seen else 90),
    )
    return _spec(
        shape.encode(
            x=alt.X(
                "day:T",
                title=None,
                scale=alt.Scale(type="utc"),
                axis=axis,
            ),
            y=alt.Y("count:Q", title=None, axis=_whole_numbers()),
            color=_colours("series", series, colours),
            tooltip=[
                alt.Tooltip("series:N", title="district"),
                alt.Tooltip("on:N", title="since"),
                alt.Tooltip("count:Q", title="active", format=","),
            ],
        ).properties(width="container", height=_HEIGHT)
    )


def stacks(rows: Sequence[Row], kinds: Sequence[str], colours: Sequence[str], what: str) -> Spec:
    """A bar for each day, of rows of `day` (ISO), `kind`, `place` of the kind, `count`."""
    shape = _chart(rows).mark_bar()
    return _spec(
        shape.encode(
            x=alt.X("day:O", title=None, sort=None, axis=_dates()),
            y=alt.Y("count:Q", title=None, axis=_whole_numbers()),
            color=_colours("kind", kinds, colours),
            order=alt.Order("place:Q"),
            tooltip=[
                alt.Tooltip("day:N", title=what),
                alt.Tooltip("kind:N", title="kind"),
                alt.Tooltip("count:Q", title="records", format=","),
            ],
        ).properties(width="container", height=_HEIGHT)
    )


def shares(rows: Sequence[Row], what: str) -> Spec:
    """A line of percentages from rows of `day` (ISO) and `share` (0 to 1, None: a gap)."""
    shape = _chart(rows).mark_line(
        color=MATCHED_COLOURS[1], strokeWidth=2, point=alt.OverlayMarkDef(color=MATCHED_COLOURS[1])
    )
    percent = alt.Axis(format=".1~%", tickCount=4)
    return _spec(
        shape.encode(
            x=alt.X("day:O", title=None, sort=None, axis=_dates()),
            y=alt.Y("share:Q", title=None, axis=percent, scale=alt.Scale(zero=True)),
            tooltip=[
                alt.Tooltip("day:N", title=what),
                alt.Tooltip("share:Q", title="unmatched", format=".1%"),
            ],
        ).properties(width="container", height=110)
    )


def bars(counts: Mapping[str, int]) -> Spec:
    """A bar for each name, in the order given, with its number at its end."""
    rows = [{"name": name, "count": count} for name, count in counts.items()]
    names = alt.Axis(labelLimit=150, labelPadding=6, ticks=False)
    base = _chart(rows).encode(
        y=alt.Y("name:N", title=None, sort=None, axis=names),
        x=alt.X("count:Q", title=None, axis=None),
    )
    drawn = base.mark_bar(color=COLOURS[0], height=14)
    told = base.mark_text(align="left", dx=5, color=INK, fontSize=12).encode(
        text=alt.Text("count:Q", format=",")
    )
    # Room at the right for the number of the longest bar.
    widest = max(counts.values(), default=0) * 1.2 or 1
    drawn = drawn.encode(x=alt.X("count:Q", axis=None, scale=alt.Scale(domain=[0, widest])))
    return _spec((drawn + told).properties(width="container", height=_BAR * max(1, len(rows))))


def _chart(rows: Sequence[Row]) -> alt.Chart:
    return alt.Chart(alt.Data(values=[*rows]))  # type: ignore[no-untyped-call]


def _days(shown: Sequence[str]) -> alt.Axis:
    """Of time; between few days Vega would put several marks into one day."""
    first, last = (date.fromisoformat(end(shown)) for end in (min, max))
    axis = alt.Axis(labelOverlap=True, labelPadding=6, tickCount=4, format="%d %b %y", grid=False)
    if (last - first).days <= _FEW_DAYS:
        axis.values = [
            datetime.combine(first, time(), UTC).timestamp() * 1000 + day * _DAY
            for day in range((last - first).days + 1)
        ]
    return axis


def _dates() -> alt.Axis:
    """Of days that stand side by side as text: month and day are enough below a bar."""
    return alt.Axis(
        labelOverlap=True,
        labelAngle=0,
        labelPadding=6,
        labelExpr="slice(datum.label, 5)",
        ticks=False,
    )


def _whole_numbers() -> alt.Axis:
    return alt.Axis(format=",d", tickMinStep=1, tickCount=4)


def _colours(field: str, domain: Sequence[str], colours: Sequence[str]) -> alt.Color:
    """The page has the legend, where a long name has room."""
    scale = alt.Scale(domain=[*domain], range=[*colours[: len(domain)]])
    return alt.Color(f"{field}:N", scale=scale, legend=None)


def _spec(chart: alt.Chart | alt.LayerChart) -> Spec:
    """As plain data that names no address: the page brings what draws it."""
    quiet = chart.configure(
        background="transparent", font="system-ui, sans-serif", aria=False
    ).configure_axis(
        labelColor=SOFT, labelFontSize=12, gridColor=RULE, domainColor=RULE, tickColor=RULE
    )
    spec: Spec = quiet.configure_view(stroke=None).to_dict()
    del spec["$schema"]
    return spec

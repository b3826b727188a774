"""Two pictures that stand in the page itself: the roster over the days, and students."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
from markupsafe import Markup

from orchestration.lib.colours import CAME, INK, LINES, SOFT, WENT
from orchestration.lib.drawing import LETTERS, chart, coloured, svg

_WIDTH, _BAND, _ROW = 760, 42, 26
#: The colour of a stretch by what it shows; letters on it are white.
STATES = {
    "active": CAME,
    "archived": WENT,
    "primary": LINES[0],
    "second": LINES[6],
    "section": LINES[3],
}
#: A letter on a stretch has so much room.
_LETTER = 7.4


@dataclass(frozen=True)
class DayCounts:
    """A kind of record on each day: how many are active, archived that day, restored that day."""

    name: str
    active: Sequence[int]
    archived: Sequence[int]
    restored: Sequence[int]


@dataclass(frozen=True)
class Bar:
    """A stretch of days in a student's story: `end` None is open, `state` one of STATES."""

    row: str
    label: str
    begin: int
    end: int | None
    state: str


def records_over_days(counts: Sequence[DayCounts], days: Sequence[int]) -> Markup:
    """A band for each kind: the line is what is active, bars below it what came and went."""
    bands = [_band(each, days, last=each is counts[-1]) for each in counts]
    told = "; ".join(f"{each.name}: {_said(each)}" for each in counts)
    return svg(alt.vconcat(*bands, spacing=14), f"Records over the days. {told}.")


def _said(each: DayCounts) -> str:
    return (
        f"{min(each.active):,} to {max(each.active):,} active, {sum(each.archived):,} archived, "
        f"{sum(each.restored):,} restored"
    )


def _band(each: DayCounts, days: Sequence[int], last: bool) -> alt.LayerChart:
    rows = [
        {"day": day, "active": active, "went": -went, "came": came}
        for day, active, went, came in zip(
            days, each.active, each.archived, each.restored, strict=True
        )
    ]
    scale = alt.Scale(domain=[days[0], days[-1]])
    axis = alt.Axis(title=None, grid=False, labels=last, ticks=last, tickMinStep=1)
    base = chart(rows).encode(x=alt.X("day:Q", scale=scale, axis=axis))
    most = max(*each.archived, *each.restored, 1)
    moved = alt.Scale(domain=[-most, 4 * most])
    level = alt.Scale(zero=False, domain=_with_room_below(each.active))
    parts = [
        base.mark_line(color=LINES[0], strokeWidth=2).encode(
            y=alt.Y("active:Q", axis=None, scale=level)
        ),
        *(
            base.mark_bar(color=colour, size=8).encode(y=alt.Y(f"{name}:Q", axis=None, scale=moved))
            for name, colour in (("went", WENT), ("came", CAME))
        ),
    ]
    title = alt.Title(
        text=each.name, subtitle=_said(each), anchor="start", fontSize=LETTERS, color=INK,
        subtitleFontSize=LETTERS - 1, subtitleColor=SOFT,
    )  # fmt: skip
    drawn = alt.layer(*parts).properties(width=_WIDTH, height=_BAND, title=title)
    banded: alt.LayerChart = drawn.resolve_scale(y="independent")
    return banded


def _with_room_below(active: Sequence[int]) -> list[float]:
    """The ends of a line's scale: bars stand in its lower half."""
    least, most = min(active), max(active)
    span = max(most - least, 1)
    return [least - span, most + span / 10]


def story(title: str, bars: Sequence[Bar], days: Sequence[int]) -> Markup:
    """One student's days: a row for the record, its school, and each section and its teacher."""
    end = days[-1] + 0.5
    rows = [
        {
            "row": bar.row,
            "begin": bar.begin,
            "end": min(end, bar.end if bar.end is not None else end),
            "state": bar.state,
            "label": _fitting(bar, end, days),
        }
        for bar in bars
    ]
    names = list(dict.fromkeys(bar.row for bar in bars))
    scale = alt.Scale(domain=[days[0], end])
    axis = alt.Axis(title=None, grid=False, tickMinStep=1)
    base = chart(rows).encode(
        x=alt.X("begin:Q", scale=scale, axis=axis),
        y=alt.Y("row:N", sort=names, title=None, axis=alt.Axis(minExtent=130, labelLimit=180)),
    )
    stretches = base.mark_bar(height=20).encode(x2="end:Q", color=coloured("state", STATES))
    labels = base.mark_text(
        align="left", dx=4, baseline="middle", color="var(--page)", fontSize=LETTERS - 1
    ).encode(text="label:N")
    heading = alt.Title(text=title, anchor="start", fontSize=LETTERS + 1, color=INK)
    drawn = alt.layer(stretches, labels).properties(
        width=_WIDTH, height=_ROW * len(names), title=heading
    )
    told = "; ".join(f"{bar.row}: {bar.label}, {_when(bar)}" for bar in bars)
    return svg(drawn, f"{title}. {told}.")


def _when(bar: Bar) -> str:
    return f"day {bar.begin} to {'now' if bar.end is None else bar.end}"


def _fitting(bar: Bar, end: float, days: Sequence[int]) -> str:
    """The label, if the stretch has room for it."""
    share = ((end if bar.end is None else bar.end) - bar.begin) / (end - days[0])
    return bar.label if len(bar.label) * _LETTER + 8 <= share * (_WIDTH - 140) else ""

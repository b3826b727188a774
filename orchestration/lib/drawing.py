"""Every chart of the project: made with Altair, drawn here as SVG that stands in a page itself.

A drawn chart needs no script and no network, prints, and is a few kilobytes. Its colours are CSS
variables of the page that holds it, so that one chart is legible in light, in dark and on paper.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

import altair as alt
from markupsafe import Markup

from orchestration.lib.colours import COLOURS, INK, RULE, SOFT

Row = Mapping[str, Any]
Chart = alt.Chart | alt.LayerChart | alt.FacetChart | alt.VConcatChart

#: A chart is as wide as a telephone shows without making it smaller; a page may show it larger.
WIDTH, LETTERS = 360, 12

#: Up to so many days after the first one each has its mark; a day in milliseconds.
_FEW_DAYS, _DAY = 6, 86_400_000
_HEAD = re.compile(r'^<svg [^>]*? viewBox="([-\d. ]+)">')
#: What a picture shows is said in words beside it: its parts are nobody's business.
_VARIABLE = re.compile(r"var\(--([a-z0-9-]+)\)")
_TAG = re.compile(r"<[^>]*>")
_DECIMALS = re.compile(r"(\.\d\d)\d+")
_PARTS = re.compile(r' (?:role="graphics-[^"]*"|aria-[a-z]+="[^"]*"|class="[^"]*")')


class DrawingError(Exception):
    """A chart could not be drawn."""


def svg(chart: Chart, told: str) -> Markup:
    """A chart as an image that a page can hold; `told` says in words what it shows.

    Raises DrawingError.
    """
    drawn = _drawn(_quiet(chart))
    head = _HEAD.match(drawn)
    if head is None:
        raise DrawingError("vl-convert draws in another form than is known.")
    begin = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="{}" role="img" aria-label="{}">'
    )
    # Vega has escaped the texts that it drew.
    return begin.format(head[1], told) + Markup(_TAG.sub(_lean, drawn[head.end() :]))  # noqa: S704


def standalone(chart: Chart, told: str) -> str:
    """The same as a file of its own, in colours for a light ground.

    Raises DrawingError.
    """
    drawn = str(svg(chart, told))
    ground = '<rect width="100%" height="100%" fill="var(--page)"/>'
    whole = drawn.replace(">", f">{ground}", 1)
    return _VARIABLE.sub(lambda name: COLOURS[name[1]][0], whole) + "\n"


def _lean(tag: re.Match[str]) -> str:
    """A tag with nothing that nobody sees: hundredths of a point are enough."""
    return _DECIMALS.sub(r"\1", _PARTS.sub("", tag[0]))


def _drawn(spec: Mapping[str, Any]) -> str:
    from vl_convert import vegalite_to_svg

    try:
        return str(vegalite_to_svg(dict(spec)))
    except BaseException as error:
        # A panic of the library, which is written in Rust, is no Exception.
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise DrawingError(f"vl-convert: {type(error).__name__}") from error
        raise


def chart(rows: Sequence[Row]) -> alt.Chart:
    """A chart of rows of plain values."""
    return alt.Chart(alt.Data(values=[*rows]))  # type: ignore[no-untyped-call]


def dates(shown: Sequence[str]) -> alt.X:
    """The days of `day` (ISO) as an axis of time; of few days each has its one mark."""
    first, last = (date.fromisoformat(end(shown)) for end in (min, max))
    axis = alt.Axis(
        labelOverlap=True, labelPadding=6, labelFlush=True, tickCount=4, format="%d %b %y",
        grid=False,
    )  # fmt: skip
    if (last - first).days <= _FEW_DAYS:
        axis.format = "%d %b"
        axis.values = [
            datetime.combine(first, time(), UTC).timestamp() * 1000 + day * _DAY
            for day in range((last - first).days + 1)
        ]
    return alt.X("day:T", title=None, scale=alt.Scale(type="utc"), axis=axis)


def numbers(field: str = "count") -> alt.Y:
    """Whole numbers from zero on."""
    axis = alt.Axis(format=",d", tickMinStep=1, tickCount=4, minExtent=28)
    return alt.Y(f"{field}:Q", title=None, axis=axis, scale=alt.Scale(zero=True))


def coloured(field: str, colours: Mapping[str, str]) -> alt.Color:
    """A colour by name; the page has the legend, where a long name has room."""
    scale = alt.Scale(domain=[*colours], range=[*colours.values()])
    return alt.Color(f"{field}:N", scale=scale, legend=None)


def legend(colours: Mapping[str, str]) -> Markup:
    """What each colour stands for, as a list."""
    item = Markup('<li><i style="background: {}"></i><bdi>{}</bdi></li>')
    items = Markup("").join(item.format(colour, name) for name, colour in colours.items())
    return Markup('<ul class="legend">{}</ul>').format(items)


def _quiet(drawn: Chart) -> dict[str, Any]:
    """The specification in the project's style."""
    quiet = drawn.configure(
        background="transparent",
        font="system-ui, sans-serif",
        padding={"left": 6, "right": 6, "top": 4, "bottom": 2},
        # Vega fits single views only.
        autosize=alt.Undefined
        if isinstance(drawn, alt.VConcatChart)
        else alt.AutoSizeParams(type="fit-x", contains="padding"),
    ).configure_axis(
        labelColor=SOFT, labelFontSize=LETTERS, gridColor=RULE, domainColor=RULE, tickColor=RULE,
        titleColor=SOFT, titleFontSize=LETTERS, titleFontWeight="normal",
    ).configure_legend(labelColor=INK, labelFontSize=LETTERS)  # fmt: skip
    spec: dict[str, Any] = quiet.configure_view(stroke=None).to_dict()
    return spec

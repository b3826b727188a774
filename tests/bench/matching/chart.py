"""Precision and recall over the threshold, as an SVG file that a page of Markdown can show."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from orchestration.lib.colours import LINES
from orchestration.lib.drawing import chart as chart_of
from orchestration.lib.drawing import standalone
from tests.bench.matching.judge import STATED, Score

#: The least that is drawn, of precision and recall: what is below lies on the edge.
_LEAST = 0.9


def chart(curves: Mapping[str, Mapping[float, Score]]) -> str:
    """For each set a line of precision (dashed) and one of recall, over the thresholds."""
    rows = [
        {"set": name, "measure": measure, "threshold": f"{threshold:g}", "share": share or 0}
        for name, scores in curves.items()
        for threshold, score in scores.items()
        for measure, share in (("recall", score.recall), ("precision", score.precision))
    ]
    thresholds = [f"{threshold:g}" for threshold in next(iter(curves.values()))]
    title = "least probability of a suggestion that is taken"
    bold = alt.condition(f"datum.value == '{STATED:g}'", alt.value("bold"), alt.value("normal"))
    x = alt.X(
        "threshold:N",
        sort=thresholds,
        title=title,
        axis=alt.Axis(labelAngle=0, labelFontWeight=bold),
    )
    scale = alt.Scale(domain=[_LEAST, 1], clamp=True)
    y = alt.Y("share:Q", title=None, scale=scale, axis=alt.Axis(format=".0%", tickCount=6))
    colours = alt.Scale(domain=[*curves], range=[*LINES[: len(curves)]])
    below = alt.Legend(title=None, orient="bottom", columnPadding=30)
    dashes = alt.Scale(domain=["recall", "precision"], range=[[1, 0], [5, 4]])
    drawn = chart_of(rows).mark_line(strokeWidth=2)
    heading = "Rules, and the first suggestion from a probability on: precision and recall"
    placed: alt.Chart = drawn.encode(
        x=x,
        y=y,
        color=alt.Color("set:N", scale=colours, legend=below),
        strokeDash=alt.StrokeDash(
            "measure:N", scale=dashes, legend=alt.Legend(title=None, orient="top")
        ),
    )
    return standalone(placed.properties(width=720, height=230, title=heading), heading)

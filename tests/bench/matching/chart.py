"""Precision and recall over the threshold, as an SVG file that a page of Markdown can show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from tests.bench.matching.judge import STATED, Score

_WIDTH, _HEIGHT, _LEFT, _TOP, _PLOT_WIDTH, _PLOT_HEIGHT = 760, 330, 60, 40, 480, 230
_COLOURS = ("#1b6ca8", "#c2571a", "#3c7d3c")
#: The least that is drawn, of precision and recall: what is below lies on the edge.
_LEAST = 0.9


def chart(curves: Mapping[str, Mapping[float, Score]]) -> str:
    """For each set a line of precision (dashed) and one of recall, over the thresholds."""
    thresholds = list(next(iter(curves.values())))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        'font-family="sans-serif" font-size="12" role="img">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        f'<text x="{_LEFT}" y="20" font-size="14">Rules, and the first suggestion from a '
        "probability on: precision (dashed) and recall</text>",
        *_axes(thresholds),
    ]
    for number, (name, scores) in enumerate(curves.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        recall = [scores[threshold].recall for threshold in thresholds]
        precision = [scores[threshold].precision or 0 for threshold in thresholds]
        parts += [_line(recall, colour, ""), _line(precision, colour, ' stroke-dasharray="5 4"')]
        place = _TOP + 20 + 22 * number
        left = _LEFT + _PLOT_WIDTH + 30
        parts += [
            f'<rect x="{left}" y="{place - 10}" width="12" height="12" fill="{colour}"/>',
            f'<text x="{left + 18}" y="{place}">{escape(name)}</text>',
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _axes(thresholds: Sequence[float]) -> list[str]:
    bottom = _TOP + _PLOT_HEIGHT
    parts = []
    for step in range(6):
        value = _LEAST + (1 - _LEAST) * step / 5
        y = _y(value)
        parts += [
            f'<line x1="{_LEFT}" x2="{_LEFT + _PLOT_WIDTH}" y1="{y}" y2="{y}" stroke="#ddd"/>',
            f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{value:.0%}</text>',
        ]
    for place, threshold in enumerate(thresholds):
        x = _x(place, len(thresholds))
        bold = ' font-weight="bold"' if threshold == STATED else ""
        parts.append(
            f'<text x="{x}" y="{bottom + 20}" text-anchor="middle"{bold}>{threshold:g}</text>'
        )
    parts.append(
        f'<text x="{_LEFT + _PLOT_WIDTH / 2}" y="{bottom + 42}" text-anchor="middle">'
        "least probability of a suggestion that is taken</text>"
    )
    return parts


def _line(values: Sequence[float], colour: str, style: str) -> str:
    points = " ".join(
        f"{_x(place, len(values)):.1f},{_y(value):.1f}" for place, value in enumerate(values)
    )
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"{style}/>'


def _x(place: int, places: int) -> float:
    return _LEFT + _PLOT_WIDTH * place / max(places - 1, 1)


def _y(value: float) -> float:
    return _TOP + _PLOT_HEIGHT * (1 - (max(value, _LEAST) - _LEAST) / (1 - _LEAST))

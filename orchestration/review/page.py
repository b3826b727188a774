"""The page for whoever reviews: one HTML file that needs no network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from orchestration.lib.pages import write_whole
from orchestration.review.cases import Case, Review


@dataclass(frozen=True)
class Charts:
    """By account how its candidates' probability came about, as a Vega-Lite specification.

    `scripts` is the HTML of the libraries that draw them.
    """

    specifications: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    scripts: str = ""


_OBJECTS = {"account": "Accounts", "district": "Districts", "school": "Schools"}


def write_page(file: Path, review: Review, *, names: bool, most: int, charts: Charts) -> None:
    """Write the page, with `most` of the cases; only the file's owner may read one with names.

    Raises ConfigurationError when it cannot be written.
    """
    page = _template().render(_told(review, names, most, charts))
    write_whole(file, page, option="--out", private=names)


def _told(review: Review, names: bool, most: int, charts: Charts) -> dict[str, Any]:
    shown = review.cases[:most]
    return {
        "names": names,
        "counts": review.counts,
        "largest": max(1, *review.counts["account_status"].values()),
        "contradicted": [each for each in shown if each.contradicted],
        "open": [each for each in shown if _is_open(each)],
        "alone": [
            (title, [each for each in shown if each.object == kind and not each.candidates])
            for kind, title in _OBJECTS.items()
        ],
        "left": max(0, len(review.cases) - most),
        "problems": review.problems,
        "charts": charts.specifications,
        "scripts": Markup(charts.scripts if charts.specifications else ""),  # noqa: S704
    }


def _is_open(case: Case) -> bool:
    return bool(case.candidates) and not case.contradicted


def _compared(case: Case) -> list[str]:
    """What is compared, in the order in which it is known of the two sides."""
    sides = [case.values, *(each.values for each in case.candidates)]
    return [*dict.fromkeys(name for side in sides for name in side)]


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("orchestration.review"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )
    environment.filters |= {"compared": _compared}
    return environment.get_template("matching.html.j2")

"""The page for whoever reviews: one HTML file without scripts, that needs no network."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import jinja2
from markupsafe import Markup

from dlt_sources.errors import ConfigurationError
from orchestration.review.cases import Candidate, Case, Review

#: Of an account and a user how Splink's probability came about, as SVG.
Charts = Mapping[tuple[str, str], str]

_OBJECTS = {"account": "Accounts", "district": "Districts", "school": "Schools"}


def write_page(
    file: Path, review: Review, *, names: bool, most: int, charts: Charts | None = None
) -> None:
    """Write the page, with `most` of the cases; only the file's owner may read one with names.

    Raises ConfigurationError when it cannot be written.
    """
    page = _template().render(_told(review, names, most, charts or {}))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        _replace(file, page, mode=0o600 if names else 0o644)
    except OSError as error:
        raise ConfigurationError(
            f"{file} cannot be written ({error.strerror}); name another one with --output."
        ) from None


def _replace(file: Path, text: str, mode: int) -> None:
    """As a whole; it is never there with more rights than it ends with."""
    beside = file.with_name(f".{file.name}.{uuid4().hex[:8]}")
    try:
        number = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(number, "w", encoding="utf-8", errors="backslashreplace") as page:
            page.write(text)
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def _told(review: Review, names: bool, most: int, charts: Charts) -> dict[str, Any]:
    shown = review.cases[:most]
    return {
        "names": names,
        "counts": review.counts,
        "largest": max(1, *review.counts["account_status"].values()),
        "contradicted": [_case(each, charts) for each in shown if each.contradicted],
        "open": [_case(each, charts) for each in shown if _is_open(each)],
        "alone": [
            (title, [each for each in shown if each.object == kind and not each.candidates])
            for kind, title in _OBJECTS.items()
        ],
        "left": max(0, len(review.cases) - most),
        "problems": review.problems,
    }


def _is_open(case: Case) -> bool:
    return bool(case.candidates) and not case.contradicted


def _case(case: Case, charts: Charts) -> dict[str, Any]:
    return {
        "case": case,
        "candidates": [(each, _chart(case, each, charts)) for each in case.candidates],
        # What is compared, in the order in which it is known of the two sides.
        "compared": [*dict.fromkeys(name for side in _sides(case) for name in side)],
    }


def _sides(case: Case) -> list[Mapping[str, str]]:
    return [case.values, *(each.values for each in case.candidates)]


def _chart(case: Case, each: Candidate, charts: Charts) -> Markup | None:
    chart = charts.get((case.id, each.clever_id or ""))
    return Markup(chart) if chart else None  # noqa: S704


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("orchestration.review"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )
    return environment.get_template("matching.html.j2")

"""The pages as text: HTML that asks no network, of numbers alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup, escape

from orchestration.lib.colours import variables
from orchestration.lib.standing import DistrictStatus, Standing
from orchestration.lib.terminal import moment
from orchestration.report.application import Application
from orchestration.report.discretion import Discretion
from orchestration.report.wording import (
    kinds_of,
    kinds_of_all,
    line_of,
    told,
    verdict,
    verdict_of_all,
)

if TYPE_CHECKING:
    from orchestration.report.section import Section


@dataclass(frozen=True)
class Setting:
    """What all pages of one renewal share: when (UTC), with what discretion, who is called how.

    `means` says by kind of warning when it stands and what to do, `links` which page is whose.
    """

    made_at: datetime
    discretion: Discretion
    names: Mapping[str | None, str]
    means: Mapping[str, str]
    links: Mapping[str, str]
    index: str


def district_page(district: DistrictStatus, drawn: Markup, setting: Setting) -> str:
    """A district's page: how it stands now, and its pictures, whenever they were drawn."""
    shown = told(district, setting.names[district.district_id], setting.discretion)
    return _template("district.html.j2").render(
        _head(setting),
        name=shown.name,
        district=shown,
        verdict=verdict(shown),
        kinds=kinds_of(district.warnings, setting.means),
        index=setting.index,
        drawn=drawn,
    )


def index_page(standing: Standing, application: Application, setting: Setting) -> str:
    """The page of all districts."""
    discretion = setting.discretion
    unplaced = [line_of(each, discretion) for each in standing.unplaced]
    if application.failed:
        tables = " and ".join(application.failed)
        unplaced.insert(0, f"the application's {tables} could not be read the last time")
    shown = [
        told(each, setting.names[each.district_id], discretion, setting.links.get(each.district_id))
        for each in standing.districts
    ]
    state, line = verdict_of_all(standing.districts, bool(unplaced))
    return _template("index.html.j2").render(
        _head(setting),
        verdict={"state": state, "line": line},
        districts=[each for each in shown if each.notable],
        others=[each for each in shown if not each.notable],
        unplaced=unplaced,
        kinds=[*kinds_of_all(standing.districts, standing.unplaced, setting.means)],
        application=[*application.lines(discretion)],
    )


def drawn_part(sections: Sequence[Section], last_day: date) -> Markup:
    """The part of a district's page that has its pictures, of the roster of a local day."""
    drawn = _template("drawn.html.j2").render(sections=sections, last_day=last_day)
    return Markup(drawn)  # noqa: S704


def _head(setting: Setting) -> dict[str, Any]:
    limit = setting.discretion.limit
    return {
        "light": variables(),
        "dark": variables(dark=True),
        "made_at": f"{moment(setting.made_at)} UTC",
        "made_at_iso": f"{setting.made_at:%Y-%m-%dT%H:%M:%S}Z",
        "discretion": "Numbers only: nobody is named."
        if limit == 1
        else f"Nobody is named: numbers of people are rounded to {limit}, and fewer than {limit} "
        "are not told.",
    }


def _code(text: str) -> Markup:
    """Text with what stands in backticks as code."""
    parts = [escape(part) for part in text.split("`")]
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else part
        for place, part in enumerate(parts)
    )


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("orchestration.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"code": _code}
    return environment


_ENVIRONMENT = _environment()


def _template(name: str) -> jinja2.Template:
    return _ENVIRONMENT.get_template(name)

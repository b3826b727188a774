"""The page: one HTML file that asks no network, of numbers alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import jinja2
from markupsafe import Markup, escape

from orchestration.lib.standing import DistrictStatus, HeldChange
from orchestration.lib.terminal import moment, plain
from orchestration.lib.vega import VEGA, scripts
from orchestration.report.figures import Figures
from orchestration.report.sections import sections


def render(figures: Figures) -> str:
    """The page as text; a name of a district or school is the only text of others in it."""
    names = names_of(figures.districts)
    told = [_district(each, names[each.district_id]) for each in figures.districts]
    return _template().render(
        made_at=f"{moment(figures.made_at)} UTC",
        made_at_iso=f"{figures.made_at:%Y-%m-%dT%H:%M:%S}Z",
        verdict=_verdict(figures),
        districts=[each for each in told if each["notable"]],
        others=[each for each in told if not each["notable"]],
        unplaced=[*_unplaced(figures)],
        kinds=[*_kinds(figures)],
        sections=sections(figures, names),
        scripts=Markup(scripts(VEGA)),  # noqa: S704
    )


def names_of(districts: Sequence[DistrictStatus]) -> dict[str, str]:
    """What each district is called on the page: no two are called the same."""
    ids = {each.district_id: plain(each.district_id) for each in districts}
    names = {
        each.district_id: plain(each.district or "") or ids[each.district_id] for each in districts
    }
    times = Counter(names.values())
    told = {id_: f"{name} ({ids[id_]})" if times[name] > 1 else name for id_, name in names.items()}
    if len({*told.values()}) == len(told):
        return told
    # Somebody is called like another one with its ID.
    return {id_: f"{name} ({ids[id_]})" for id_, name in names.items()}


def _verdict(figures: Figures) -> dict[str, Any]:
    """The answer to the first question: can one trust it today."""
    districts = [each for each in figures.districts if not each.retired_at]
    behind = [each for each in districts if each.needs_attention]
    warned = [each for each in districts if each.warnings and not each.needs_attention]
    total = f"{len(districts):,} district{'' if len(districts) == 1 else 's'}"
    if not districts:
        return {"state": "bad", "line": "There is no roster: no district was ever synced."}
    if behind:
        verb = "is" if len(behind) == 1 else "are"
        line = f"Not all of it: {len(behind):,} of {total} {verb} not completely synced or too old."
        return {"state": "bad", "line": line}
    if warned or figures.unplaced or (figures.application and figures.application.failed):
        careful = f" {len(warned):,} of {total} have" if warned else " There are"
        line = f"Yes, with care: all is complete and fresh.{careful} warnings to read first."
        return {"state": "wait", "line": line}
    return {"state": "good", "line": f"Yes: {total}, complete and fresh, nothing to warn of."}


def _district(district: DistrictStatus, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "id": district.district_id,
        "status": "stale" if _only_old(district) else plain(district.shown_status),
        "state": "bad" if district.needs_attention else "wait" if district.warnings else "good",
        "age": _age(district),
        "last": moment(district.last_complete_at),
        "counts": [district.counts[each] for each in ("students", "teachers", "sections")],
        "warnings": [plain(each.line) for each in district.warnings],
        "held": [_held(each) for each in district.held if each.limit_hit],
        "notable": district.needs_attention or bool(district.warnings),
    }


def _only_old(district: DistrictStatus) -> bool:
    return district.needs_attention and district.status == "complete"


def _age(district: DistrictStatus) -> str:
    hours = district.hours_since_complete
    if hours is None:
        return "never"
    if hours < -0.1:
        return f"{-hours:,.1f} hours ahead of the clock"
    if abs(hours) < 48:
        return f"{abs(hours):,.1f} hours"
    return f"{hours / 24:,.0f} days"


def _held(change: HeldChange) -> str:
    """Of what is held in words; the limit's own words may hold an ID."""
    would = (("go", change.removed), ("change", change.updated), ("come", change.created))
    told = " and ".join(f"{count:,} would {verb}" for verb, count in would if count)
    return f"{plain(change.object)}: of {change.present:,}, {told or 'none would change'}"


def _unplaced(figures: Figures) -> Iterator[str]:
    """What to know first that is of no one district."""
    if figures.application and figures.application.failed:
        tables = " and ".join(figures.application.failed)
        yield f"the application's {tables} could not be read the last time"
    yield from (plain(each.line) for each in figures.unplaced)


def _kinds(figures: Figures) -> Iterator[Mapping[str, Any]]:
    """The warnings that stand, how many districts have each, and what to do."""
    found = Counter(
        kind for each in figures.districts for kind in {warned.warning for warned in each.warnings}
    )
    # They are of no one district.
    found.update({each.warning: 0 for each in figures.unplaced})
    for kind, count in sorted(found.items(), key=lambda each: (-each[1], each[0])):
        yield {
            "kind": kind,
            "districts": f"{count:,}" if count else "\N{EN DASH}",
            "means": figures.kinds.get(kind, ""),
        }


def _code(text: str) -> Markup:
    """Text with what stands in backticks as code."""
    parts = [escape(part) for part in text.split("`")]
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else part
        for place, part in enumerate(parts)
    )


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("orchestration.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"code": _code}
    return environment.get_template("roster.html.j2")

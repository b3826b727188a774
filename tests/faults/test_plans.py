"""The random plans and towns leave nothing out of what is known to go wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

from dlt_sources.sandbox import Fault
from tests.history_oracle.changelog import ChangeLog, Entry
from tests.history_oracle.district import new_district
from tests.history_oracle.limits import rules_of
from tests.history_oracle.oracle import World
from tests.history_oracle.reading import tidy

from .plans import ATTEMPTS, TIMEOUT, draw_plan
from .town import build_town, observed_at

_KNOWN = {
    *(f"status {status}" for status in (429, 500, 502, 503, 504)),
    *(f"status {status}" for status in (401, 403, 404)),
    *("an HTML page for an answer", "an HTML page for an error"),
    *("an empty body", "a cut body", "a truncated body", "a connection reset"),
    *("a slow answer", "an answer too late to be waited for"),
    *("a row on several pages", "a sync in mid-walk", "another day in mid-walk"),
    *("a token revoked in mid-walk", "a page that never comes"),
}


def test_every_known_fault_is_drawn_again_and_again() -> None:
    rng = Random(0)
    world = new_district(1, rng).world
    drawn = [name for _ in range(400) for name in _names(draw_plan(rng, "d", world).faults)]

    rare = {name for name in _KNOWN if drawn.count(name) < 5}
    assert not rare


_ODD = {
    *("a record under another's ID", "a record that names another district"),
    *("roles in an odd form", "a held look", "a rollover", "an emptied list"),
}


def test_every_oddity_of_a_town_is_drawn_again_and_again(tmp_path: Path) -> None:
    drawn: Counter[str] = Counter()
    for seed in range(4):
        town = build_town(tmp_path / str(seed), seed, districts=8, days=5, neighbours=3)
        model = ChangeLog(lambda id_: rules_of(int(id_[2:], 16)))
        for day, shown in enumerate(town.shown, 1):
            before = town.shown[max(day - 2, 0)]
            for entry in model.sync(day, observed_at(day), shown):
                drawn.update(_oddities(entry, before, shown[entry.district_id]))

    rare = {name for name in _ODD if drawn[name] < 3}
    assert not rare, drawn


def _oddities(entry: Entry, before: Mapping[str, World], world: World) -> Iterator[str]:
    for name, id_ in entry.moment.rejected:
        named = tidy(world[name][id_].get("district"))
        own = named in (None, entry.district_id)
        yield "a record under another's ID" if own else "a record that names another district"
    if entry.moment.keeping:
        yield "roles in an odd form"
    if entry.status == "held":
        yield "a held look"
    if entry.moment.rolled_over:
        yield "a rollover"
    if any(records and not world[name] for name, records in before[entry.district_id].items()):
        yield "an emptied list"


def _names(faults: tuple[Fault, ...]) -> Iterator[str]:
    for fault in faults:
        match fault.kind:
            case "status":
                yield f"status {fault.status}"
                if fault.status == 401 and fault.page > 1 and fault.times > ATTEMPTS:
                    yield "a token revoked in mid-walk"
            case "html":
                yield f"an HTML page for an {'answer' if fault.status == 200 else 'error'}"
            case "slow":
                late = fault.delay > TIMEOUT
                yield "an answer too late to be waited for" if late else "a slow answer"
            case "records" if fault.times > 1:
                yield "a row on several pages"
            case kind:
                yield _OTHERS[kind]
        if fault.times > ATTEMPTS:
            yield "a page that never comes"


_OTHERS = {
    "empty": "an empty body",
    "cut": "a cut body",
    "truncated": "a truncated body",
    "reset": "a connection reset",
    "last_sync": "a sync in mid-walk",
    "next_day": "another day in mid-walk",
}

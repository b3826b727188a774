"""The random plans leave nothing out of what is known to go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from dlt_sources.sandbox import Fault
from tests.history_oracle.district import new_district

from .plans import ATTEMPTS, TIMEOUT, draw_plan

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

"""What goes wrong during the walk of a district, drawn at random."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from dlt_sources.sandbox import Fault
from dlt_sources.sandbox.faults import Kind
from tests.history_oracle.oracle import World

#: How often a page is asked for before its district fails.
ATTEMPTS = 4
#: A client that waits no longer than this (seconds) gives a slow answer up.
TIMEOUT = 2.0
#: A walk of a small district with small pages makes about so many requests.
_REQUESTS = 22
#: More requests than any walk makes: what begins in its middle is still so at its end.
_FROM_THEN_ON = 1_000
_PATHS = (*("*",) * 5, "/users", "/sections", "/schools", "/terms", "/courses", "/districts")

_Draw = Callable[[Random], dict[str, Any]]
#: What a client waits out or asks for again.
_PASSING: tuple[_Draw, ...] = (
    lambda rng: {"kind": "status", "status": rng.choice((500, 502, 503, 504))},
    lambda rng: {"kind": "status", "status": 429, "reset_in": rng.choice((-9, 0, 1, 3600))},
    lambda rng: {"kind": "html", "status": rng.choice((200, 500, 502, 504))},
    lambda _: {"kind": "empty"},
    lambda _: {"kind": "cut"},
    lambda _: {"kind": "truncated"},
    lambda _: {"kind": "reset"},
    lambda rng: {"kind": "slow", "delay": rng.choice((0.02, 0.02, 0.02, 60.0))},
)


@dataclass(frozen=True)
class Plan:
    """The faults of one walk. A `harmless` plan must end as if there had been none."""

    faults: tuple[Fault, ...] = ()
    harmless: bool = True


def draw_plan(rng: Random, district_id: str, world: World) -> Plan:
    """The plan for a district that shows `world`: nothing, what passes by, or worse."""
    how = rng.choices((_calm, _passing, _severe), weights=(1, 5, 4))[0]
    return how(rng, district_id, world)


def draw_listing_faults(rng: Random) -> Plan:
    """What goes wrong with the list of tokens, by which districts are found; mostly nothing."""
    times = rng.choice((0,) * 6 + (1, 2, ATTEMPTS))
    faults = [Fault(path="/oauth/tokens", times=times, **_one_of_passing(rng))] if times else []
    return Plan(tuple(faults), times < ATTEMPTS)


def _calm(rng: Random, district_id: str, world: World) -> Plan:
    return Plan()


def _passing(rng: Random, district_id: str, world: World) -> Plan:
    """So few failures that no page can run out of attempts, and at most one sync of Clever's."""
    faults = []
    left = ATTEMPTS - 1
    while left and rng.random() < 0.8:
        times = rng.randint(1, left)
        left -= times
        faults.append(_fault(rng, district_id, times=times, **_one_of_passing(rng)))
    between = rng.choice((_nothing, _synced, _synced, _repeated_row))
    return Plan((*faults, *between(rng, district_id, world)))


def _severe(rng: Random, district_id: str, world: World) -> Plan:
    """What may well fail the district: a page that never comes, a refusal, syncs of Clever's."""
    draws: tuple[Callable[[], dict[str, Any]], ...] = (
        lambda: {"times": ATTEMPTS + 2, **_one_of_passing(rng)},
        lambda: {"kind": "status", "status": rng.choice((401, 403, 404))},
        lambda: {"kind": "status", "status": rng.choice((400, 413, 501))},
    )
    faults = [_fault(rng, district_id, **rng.choice(draws)()) for _ in range(rng.randint(0, 2))]
    synced = [fault for _ in range(3) for fault in _synced(rng, district_id, world)]
    revoked = _revoked(rng, district_id)
    between = rng.choice((synced, revoked, _repeated_row(rng, district_id, world)))
    return Plan((*faults, *between), harmless=False)


def _one_of_passing(rng: Random) -> dict[str, Any]:
    return rng.choice(_PASSING)(rng)


def _fault(rng: Random, district_id: str, **what: Any) -> Fault:
    path = rng.choice(_PATHS)
    page = rng.randint(1, _REQUESTS if path == "*" else 4)
    return Fault(path=path, page=page, district=district_id, **what)


def _revoked(rng: Random, district_id: str) -> Sequence[Fault]:
    """The district takes its token back in mid-walk: from then on it opens nothing."""
    page = rng.randint(2, _REQUESTS)
    return (
        Fault("status", page=page, times=_FROM_THEN_ON, district=district_id, status=401),
    )  # fmt: skip


def _nothing(rng: Random, district_id: str, world: World) -> Sequence[Fault]:
    return ()


def _synced(rng: Random, district_id: str, world: World) -> Sequence[Fault]:
    """Clever syncs the district in mid-walk: nothing changes by it, or it is the next day's."""
    kind: Kind = rng.choice(("last_sync", "next_day", "next_day"))
    return (Fault(kind, page=rng.randint(2, _REQUESTS // 2), district=district_id),)


def _repeated_row(rng: Random, district_id: str, world: World) -> Sequence[Fault]:
    """A record that stands on two more pages, in the same bytes or in others."""
    name = rng.choice(("users", "users", "sections", "schools"))
    if not world[name]:
        return ()
    record = world[name][rng.choice(sorted(world[name]))]
    again = dict(reversed(record.items())) if rng.random() < 0.5 else record
    row = json.dumps(again).encode()
    page = rng.randint(1, 3)
    return (
        Fault("records", path=f"/{name}", page=page, times=2, district=district_id, records=(row,)),
    )

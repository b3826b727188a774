"""What the change log must hold: which looks at a district count, and what each of them adds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from .contract import OBJECTS
from .limits import Look, Rules
from .oracle import Moment, World
from .reading import canonical, tidy, with_last_roles


def committed(
    district_id: str, looks: Iterable[tuple[datetime, World]], rules: Rules | None = None
) -> list[Moment]:
    """The looks at a district that count.

    Other data at a time already committed is refused; what passes the limits of the rules is held.
    """
    kept: list[Moment] = []
    ever: World = {}
    for at, world in looks:
        before = kept[-1] if kept else Moment(at, {})
        moment = _admitted(district_id, Moment(at, world), before.world, ever)
        changed = _changed(before.world, moment.world)
        if kept and before.at == at and changed:
            continue
        if rules:
            look = Look(moment, before.world, ever, changed, world)
            if rules.hold(look):
                continue
            moment = replace(moment, rolled_over=rules.rolled_over(look))
        kept.append(moment)
        for name, records in moment.world.items():
            ever.setdefault(name, {}).update(records)
    return kept


def _admitted(district_id: str, moment: Moment, before: World, ever: World) -> Moment:
    """The moment without records that name another district: they are as they were, if they were.

    Such a record is there, so that it is not archived; what it says is not believed. Of a user who
    was there `ever` before, nor is a loss of roles that is not well told.
    """
    rejected = {
        (name, id_)
        for name in OBJECTS
        for id_, record in moment.world[name].items()
        if tidy(record.get("district")) not in (None, district_id)
    }
    believed = {name: dict(records) for name, records in moment.world.items()}
    for name, id_ in rejected:
        del believed[name][id_]
        if id_ in before.get(name, {}):
            believed[name][id_] = before[name][id_]
    keeping = set()
    for id_, user in believed["users"].items():
        if ("users", id_) not in rejected:
            believed["users"][id_] = with_last_roles(user, ever.get("users", {}).get(id_))
            if believed["users"][id_] is not user:
                keeping.add(id_)
    return Moment(moment.at, believed, frozenset(rejected), frozenset(keeping))


def log(moments: Sequence[Moment]) -> list[list[tuple[str, str, str]]]:
    """What a district's change log gains at each moment: (Clever's list, id, change), sorted."""
    gains = []
    before: World = {}
    known: set[str] = set()
    for moment in moments:
        changed = _changed(before, moment.world)
        gains.append(
            [(name, id_, _change(name, id_, before, moment.world, known)) for name, id_ in changed]
        )
        known |= {id_ for _, id_ in changed}
        before = moment.world
    return gains


def _changed(before: World, after: World) -> list[tuple[str, str]]:
    return [
        (name, id_)
        for name in OBJECTS
        for id_ in sorted({*before.get(name, {}), *after.get(name, {})})
        if _told(name, before, id_) != _told(name, after, id_)
    ]


def _told(name: str, world: World, id_: str) -> str | None:
    record = world.get(name, {}).get(id_)
    return None if record is None else canonical(name, record)


def _change(name: str, id_: str, before: World, after: World, known: set[str]) -> str:
    if id_ not in after.get(name, {}):
        return "removed"
    if id_ in before.get(name, {}):
        return "updated"
    return "restored" if id_ in known else "created"

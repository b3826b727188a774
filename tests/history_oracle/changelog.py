"""What the change log must hold: which looks at a district count, and what each of them adds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from .contract import OBJECTS
from .limits import Look, Rules
from .oracle import Moment, World
from .reading import canonical, tidy, with_last_roles

Status = Literal["complete", "held", "failed"]
#: Clever's list, the record's id, and how it changed.
Gain = tuple[str, str, str]


@dataclass(frozen=True, eq=False)
class Entry:
    """What became of a look at a district: its sync, what it showed and what the log gained."""

    sync: int
    district_id: str
    status: Status
    moment: Moment
    gain: tuple[Gain, ...] = ()


@dataclass(frozen=True)
class Reversal:
    """What a retraction does to one of Clever's lists, in numbers of records it touches."""

    object: str
    forgotten: int
    revived: int
    archived_again: int
    changed_back: int


def _unruled(district_id: str) -> Rules | None:
    return None


@dataclass
class ChangeLog:
    """The log of a home, as its syncs come and are taken back.

    `entries` are all looks that ever were, `retracted` those taken back, whatever became of them;
    `standing` of each district what counts, in its order. `rules` are the limits of a district, if
    it has any.
    """

    rules: Callable[[str], Rules | None] = _unruled
    entries: list[Entry] = field(default_factory=list)
    standing: dict[str, list[Entry]] = field(default_factory=dict)
    retracted: list[Entry] = field(default_factory=list)

    def sync(self, number: int, at: datetime, looks: Mapping[str, World]) -> list[Entry]:
        """Look at some districts at once: what became of each, in the order of their ids.

        A time before a district's last one, or the same with other data, fails; what passes the
        limits is held. What is shown first by two at once is the smaller id's if it is taken over.
        """
        owners = self._owners()
        found = []
        for id_, world in sorted(looks.items()):
            entry = self._look(number, id_, at, world, owners)
            if entry.status == "complete":
                self.standing.setdefault(id_, []).append(entry)
                _own(owners, entry)
            found.append(entry)
        self.entries += found
        return found

    def retract(self, district_id: str, since: int) -> list[Reversal]:
        """Forget a district's syncs from one on; what that does, list by list."""
        entries = self.standing[district_id]
        stay = [entry for entry in entries if entry.sync < since]
        reversals = _reversals(stay, entries[len(stay) :])
        self.standing[district_id] = stay
        self.retracted += [
            entry
            for entry in self.entries
            if entry.district_id == district_id and entry.sync >= since
        ]
        return reversals

    def moments(self) -> dict[str, list[Moment]]:
        """What counts of each district that ever was looked at."""
        seen = {entry.district_id for entry in self.entries}
        return {id_: [entry.moment for entry in self.standing.get(id_, [])] for id_ in sorted(seen)}

    def _look(
        self,
        number: int,
        id_: str,
        at: datetime,
        world: World,
        owners: Mapping[tuple[str, str], str],
    ) -> Entry:
        kept = [entry.moment for entry in self.standing.get(id_, [])]
        before, ever = kept[-1].world if kept else {}, _ever(kept)
        foreign = {
            (name, record)
            for name, records in world.items()
            for record in records
            if owners.get((name, record), id_) != id_
        }
        moment = _admitted(id_, Moment(at, world), before, ever, foreign)
        changed = _changed(before, moment.world)
        if kept and (at < kept[-1].at or (at == kept[-1].at and changed)):
            return Entry(number, id_, "failed", moment)
        if rules := self.rules(id_):
            look = Look(moment, before, ever, changed, world)
            if rules.hold(look):
                return Entry(number, id_, "held", moment)
            moment = replace(moment, rolled_over=rules.rolled_over(look))
        gain = log([*kept, moment])[-1]
        return Entry(number, id_, "complete", moment, tuple(gain))

    def _owners(self) -> dict[tuple[str, str], str]:
        """Whose each record is: the district's that showed it first, of what counts."""
        owners: dict[tuple[str, str], str] = {}
        counted = [entry for entries in self.standing.values() for entry in entries]
        for entry in sorted(counted, key=lambda entry: (entry.sync, entry.district_id)):
            _own(owners, entry)
        return owners


def _own(owners: dict[tuple[str, str], str], entry: Entry) -> None:
    for name, records in entry.moment.world.items():
        for id_ in records:
            owners.setdefault((name, id_), entry.district_id)


def _ever(moments: Iterable[Moment]) -> World:
    """All that was ever there, as last known."""
    ever: World = {}
    for moment in moments:
        for name, records in moment.world.items():
            ever.setdefault(name, {}).update(records)
    return ever


def _reversals(stay: Sequence[Entry], gone: Sequence[Entry]) -> list[Reversal]:
    before = stay[-1].moment.world if stay else {}
    now, ever = gone[-1].moment.world, _ever(entry.moment for entry in stay)
    found = []
    for name in OBJECTS:
        touched = {id_ for entry in gone for in_, id_, _ in entry.gain if in_ == name}
        known = touched & ever.get(name, {}).keys()
        had, has = known & before.get(name, {}).keys(), known & now.get(name, {}).keys()
        changed = [id_ for id_ in had & has if _told(name, before, id_) != _told(name, now, id_)]
        if touched:
            counts = (len(touched - known), len(had - has), len(has - had), len(changed))
            found.append(Reversal(name, *counts))
    return found


def committed(
    district_id: str, looks: Iterable[tuple[datetime, World]], rules: Rules | None = None
) -> list[Moment]:
    """The looks at a district that count if there is no other, and nothing is taken back."""
    home = ChangeLog(lambda _: rules)
    for number, (at, world) in enumerate(looks):
        home.sync(number, at, {district_id: world})
    return home.moments().get(district_id, [])


def _admitted(
    district_id: str, moment: Moment, before: World, ever: World, foreign: set[tuple[str, str]]
) -> Moment:
    """The moment without what is not believed: of each such record it is as it was, if it was.

    A record that names another district is there, so that it is not archived; one that belongs to
    another (`foreign`) never was. Of a user who was there `ever` before, a loss of roles that is
    not well told is not believed.
    """
    rejected = foreign | {
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


def log(moments: Sequence[Moment]) -> list[list[Gain]]:
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

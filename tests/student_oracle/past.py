"""What rosters showed and the application told, and how things stood at a time by that.

Nothing is derived ahead: every question goes through the looks at a district, one after the other.
Slow and obvious on purpose.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from tests.dbt.dbt_warehouse import Record

#: All a district shows: Clever's list, then the ID, then the record.
World = Mapping[str, Mapping[str, Record]]
Row = dict[str, Any]


@dataclass(frozen=True)
class Look:
    """What a district showed at a time."""

    at: datetime
    world: World


@dataclass(frozen=True)
class Telling:
    """How a row of the application was found by a load; with what was last known if it is gone."""

    at: datetime
    row: Mapping[str, Any]
    is_gone: bool = False


@dataclass
class Past:
    """The looks at each district, and the tellings of each row of the application's tables.

    `homes` says in which district's list a record ever stood, `loads` when the application was
    read.
    """

    looks: dict[str, list[Look]] = field(default_factory=dict)
    told: dict[str, dict[str, list[Telling]]] = field(default_factory=dict)
    homes: dict[tuple[str, str], str] = field(default_factory=dict)
    loads: list[datetime] = field(default_factory=list)

    # --- what happened ---------------------------------------------------------------------------

    def look(self, district_id: str, at: datetime, world: World) -> None:
        """A district has been synced."""
        self.looks.setdefault(district_id, []).append(Look(at, world))
        self.homes |= {(name, id_): district_id for name in world for id_ in world[name]}

    def tell(
        self,
        table: str,
        at: datetime,
        rows: Mapping[str, Mapping[str, Any]],
        gone: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    ) -> None:
        """A table of the application has been loaded: who is there, and how others went."""
        self.loads.append(at)
        known = self.told.setdefault(table, {})
        for id_, row in gone.items():
            known.setdefault(id_, []).append(Telling(at, row, is_gone=True))
        for id_, row in rows.items():
            known.setdefault(id_, []).append(Telling(at, row))
        for id_ in known.keys() - rows.keys() - gone.keys():
            last = known[id_][-1]
            known[id_].append(last if last.is_gone else Telling(at, last.row, is_gone=True))

    # --- districts -------------------------------------------------------------------------------

    @property
    def turns(self) -> set[datetime]:
        """All times at which a roster may have changed."""
        return {look.at for looks in self.looks.values() for look in looks}

    @property
    def now(self) -> datetime:
        """The last time at which anything was looked at."""
        return max((*self.turns, *self.loads))

    def first_seen(self, user_id: str) -> datetime | None:
        """When Clever first showed a user."""
        seen = [at for at, user in self.shown("users", user_id) if user is not None]
        return min(seen, default=None)

    def is_clevers(self, user_id: str, at: datetime) -> bool:
        """Whether Clever had shown a user before or at a time."""
        first = self.first_seen(user_id)
        return first is not None and first <= at

    def district_of(self, name: str, id_: str | None) -> str | None:
        """The district in whose list a record ever stood."""
        return self.homes.get((name, id_)) if id_ else None

    def ever(self, name: str) -> set[str]:
        """The IDs that ever stood in a list."""
        return {id_ for list_, id_ in self.homes if list_ == name}

    def shown(self, name: str, id_: str) -> list[tuple[datetime, Record | None]]:
        """A record at each look at its district, None where it was not there."""
        district_id = self.district_of(name, id_)
        looks = self.looks[district_id] if district_id else []
        return [(look.at, look.world[name].get(id_)) for look in looks]

    def held(self, role: str, user_id: str) -> list[tuple[datetime, Record | None]]:
        """A role of a user at each look at the district, None where the user had it not."""
        shown = self.shown("users", user_id)
        return [(at, user["roles"].get(role) if user else None) for at, user in shown]

    # --- at a time -------------------------------------------------------------------------------

    def record(self, name: str, id_: str, at: datetime) -> Record | None:
        """A record as it was active at a time."""
        return _now(self.shown(name, id_), at)

    def role(self, role: str, user_id: str, at: datetime) -> Record | None:
        """What a user's role held at a time, if the user had it."""
        return _now(self.held(role, user_id), at)

    def is_enrolled(self, section_id: str, student_id: str, at: datetime) -> bool:
        """Whether the section was active and listed the student, who was active."""
        section = self.record("sections", section_id, at)
        if section is None or student_id not in section["students"]:
            return False
        return self.role("student", student_id, at) is not None

    def sections_of(self, student_id: str, at: datetime) -> list[str]:
        """The sections a student was in."""
        district_id = self.district_of("users", student_id)
        looks = [look for look in self.looks.get(district_id or "", ()) if look.at <= at]
        listed = looks[-1].world["sections"] if looks else {}
        return [id_ for id_ in listed if self.is_enrolled(id_, student_id, at)]


def last_known(shown: Sequence[tuple[datetime, Record | None]], at: datetime) -> Record | None:
    """A record, or a role, as it was last seen before or at a time."""
    seen = [record for when, record in shown if when <= at and record is not None]
    return seen[-1] if seen else None


def _now(shown: Sequence[tuple[datetime, Record | None]], at: datetime) -> Record | None:
    found = [record for when, record in shown if when <= at]
    return found[-1] if found else None

"""A small district as it truly is, before Clever writes it down in one way or another."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from random import Random
from typing import Any

from .contract import BY_ROLE, BY_SINGULAR, COMMON, OBJECTS
from .oracle import World
from .values import fill, some

#: Fewer records of an object than any safety limit looks at: nothing played here is ever held.
MOST = 9
#: So many ids of each list are shared in a neighbourhood.
_SHARED_IDS = 2
#: Numbers of neighbourhoods from here on are those of districts by themselves.
_ALONE = 0x800000
#: Fields that name another record, and Clever's list it stands in.
REFERENCES = {
    "school": "schools",
    "course": "courses",
    "term_id": "terms",
    "teacher": "users",
}
#: Which roles one person may have, with the combination that Clever rules out seen all the same.
_COMBINATIONS = (
    *[("student",)] * 8,
    *[("teacher",)] * 5,
    *[("contact",)] * 4,
    ("staff",),
    ("district_admin",),
    ("teacher", "staff"),
    ("staff", "teacher", "district_admin"),
    ("student", "contact"),
    (),
)


@dataclass
class District:
    """`world` is what is there, `gone` what was, `past` how everything stood after each round.

    `lost` are roles somebody had: the user's id, the role and what it held. `odd` are users whose
    roles Clever writes in a form of its own, by the form's name. Districts of a `neighbourhood`
    show some records under the same ids.
    """

    number: int
    world: World
    gone: World = field(default_factory=lambda: {name: {} for name in OBJECTS})
    lost: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    odd: dict[str, str] = field(default_factory=dict)
    past: list[World] = field(default_factory=list)
    made: int = 0
    neighbourhood: int = 0

    @property
    def id(self) -> str:
        """The district's Clever ID."""
        return f"5d{self.number:022x}"

    def new_id(self, name: str) -> str:
        """A Clever ID nobody has, larger than those made before."""
        self.made += 1
        return f"6{OBJECTS.index(name)}{self.number:08x}{self.made:014x}"

    def ids(self, name: str, role: str | None = None) -> list[str]:
        """The ids that are there, of those with a role if one is named."""
        records = self.world[name]
        return sorted(i for i in records if role is None or role in records[i].get("roles", {}))

    def shared_ids(self, name: str) -> list[str]:
        """The ids that others of the neighbourhood show too."""
        start = f"6{OBJECTS.index(name)}ed{self.neighbourhood:06x}"
        return [f"{start}{number:014x}" for number in range(1, _SHARED_IDS + 1)]

    def ever(self, name: str) -> list[str]:
        """Every id there is or was, those that are shared, and one nobody has ever seen."""
        others = (*self.shared_ids(name), f"6{OBJECTS.index(name)}" + "f" * 22)
        return sorted({*self.world[name], *self.gone[name], *others})


def new_record(district: District, name: str, rng: Random, id_: str | None = None) -> str | None:
    """Add a record of an object that is no user; its id, or None in a full district."""
    if len(district.world[name]) >= MOST:
        return None
    id_ = id_ or district.new_id(name)
    record: dict[str, Any] = {"id": id_, "district": district.id}
    fill(record, BY_SINGULAR[name.removesuffix("s")].fields, rng.choice((0.3, 0.9)), rng)
    if name == "sections":
        _populate(record, district, rng)
    district.world[name][id_] = record
    return id_


def _populate(section: dict[str, Any], district: District, rng: Random) -> None:
    teachers = some(district.ids("users", "teacher"), rng)
    section["students"] = some(district.ids("users", "student"), rng, at_least=1)
    section["teachers"] = teachers
    section["teacher"] = rng.choice(teachers) if teachers else None
    for path in ("school", "course", "term_id"):
        section[path] = rng.choice(district.ids(REFERENCES[path]) or [None])


def new_user(
    district: District,
    rng: Random,
    roles: tuple[str, ...] | None = None,
    id_: str | None = None,
) -> str | None:
    """Add a user with a random lawful (rarely unlawful) mix of roles."""
    if len(district.world["users"]) >= MOST:
        return None
    id_ = id_ or district.new_id("users")
    user: dict[str, Any] = {"id": id_, "district": district.id, "roles": {}}
    fill(user, tuple(COMMON.split()), 0.8, rng)
    for role in rng.choice(_COMBINATIONS) if roles is None else roles:
        user["roles"][role] = new_role(district, role, rng)
    district.world["users"][id_] = user
    return id_


def new_role(district: District, role: str, rng: Random) -> dict[str, Any]:
    """What a role holds: sometimes nothing at all."""
    held: dict[str, Any] = {}
    if rng.random() < 0.1:
        return held
    fill(held, BY_ROLE[role].fields, rng.choice((0.15, 0.8)), rng)
    schools = some(district.ids("schools"), rng, at_least=1)
    if role in ("student", "teacher", "staff"):
        held["schools"] = schools
    if role in ("student", "teacher"):
        held["school"] = rng.choice(schools) if schools else None
    if role == "student" and schools:
        held["enrollments"] = [{"school": schools[0], "start_date": "2026-08-17"}]
    if role == "contact":
        held["student_relationships"] = [
            relationship(student, rng) for student in some(district.ids("users", "student"), rng, 1)
        ]
    return held


def relationship(student: str, rng: Random) -> dict[str, Any]:
    """How a contact is related to a student."""
    return {
        "student": student,
        "relationship": rng.choice(("Parent", "Grandparent", "Aunt/Uncle", "")),
        "type": rng.choice(("Primary", "Family", None)),
    }


def new_district(number: int, rng: Random, neighbourhood: int | None = None) -> District:
    """A district with a few of everything, now and then with nothing in a list.

    Without a neighbourhood it shares its ids with nobody.
    """
    alone = number + _ALONE
    district = District(
        number,
        {name: {} for name in OBJECTS},
        neighbourhood=alone if neighbourhood is None else neighbourhood,
    )
    itself: dict[str, Any] = {"id": district.id}
    fill(itself, BY_SINGULAR["district"].fields, 0.7, rng)
    district.world["districts"][district.id] = itself
    for name in ("schools", "terms", "courses"):
        for _ in range(rng.choice((0, 1, 2, 2, 2, 3))):
            new_record(district, name, rng)
    for _ in range(rng.choice((0, 6, 7, 8, 8, 8))):
        new_user(district, rng)
    for _ in range(rng.choice((1, 2, 3, 4))):
        new_record(district, "sections", rng)
    return district


def snapshot(world: World) -> World:
    """A copy that later edits do not reach."""
    return copy.deepcopy(world)

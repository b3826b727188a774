"""A district and what the application keeps of its people, as they truly are."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.dbt.dbt_warehouse import Record

from .past import World

#: A district that all others may name by mistake; nothing ever happens in it.
FAR = "far"
LISTS = ("schools", "terms", "courses", "sections", "users")
TABLES = ("progress", "accounts", "manual_edits")
Rows = dict[str, dict[str, Any]]
_FIRST_NAMES = ("Ana", "Ana", "ANA ", "Anna", "Änä", "Benedict", None)
_MIDDLE_NAMES = (None, None, None, "K.", "Kim", "Zoe")
_LAST_NAMES = ("Lee", "Lee", "Ng", "Lee Jr.", "Lee, III", " ", None)
_BIRTHDAYS = ("3/4/2012", "2012-03-04", "3/4/12", "5/6/2013", None, None)
_ADDRESSES = ("ana@elm.org", "Ana@ELM.org ", "lee@elm.org", None)
#: Numbers of which some are the same, some nearly, and most are missing.
_SHORT = ("1", " 1", "2", "01", None, None)
_PHONES = ("1 (212) 555-0101", "212.555.0101", "5550102", None)
NUMBERS = ("student_number", "state_id", "teacher_number", "staff_id")
_HELD: Mapping[str, Mapping[str, Sequence[str | None]]] = {
    "student": {"student_number": _SHORT, "state_id": _SHORT, "dob": _BIRTHDAYS},
    "teacher": {"sis_id": _SHORT, "teacher_number": _SHORT, "state_id": _SHORT},
    "staff": {"staff_id": _SHORT},
    "contact": {"sis_id": _SHORT, "phone": _PHONES},
}


@dataclass(frozen=True)
class Odd:
    """What is no value of its column: `number` says which of many in each kind of database."""

    number: int


@dataclass
class Place:
    """`world` is what Clever shows now, `gone` what it showed; `rows` and `deleted` alike.

    `returning` are students on their way to another ID; `times` are the moments at which something
    may happen; `now` is the one being played.
    """

    id: str
    times: tuple[datetime, ...]
    now: datetime
    world: dict[str, Rows] = field(default_factory=lambda: {name: {} for name in LISTS})
    gone: dict[str, Rows] = field(default_factory=lambda: {name: {} for name in LISTS})
    rows: dict[str, Rows] = field(default_factory=lambda: {name: {} for name in TABLES})
    deleted: dict[str, Rows] = field(default_factory=lambda: {name: {} for name in TABLES})
    made: Counter[str] = field(default_factory=Counter)
    returning: list[Record] = field(default_factory=list)

    def name(self, kind: str, number: int) -> str:
        """The ID of one of a few records of a kind: of the application's own a number or a UUID."""
        match kind:
            case "progress":
                return f"{1000 + int(self.id[1:])}{number:03}"
            case "account" | "edit":
                part = "acc0" if kind == "account" else "ed17"
                return f"{self.id}{number:05}-{part}-4000-8000-00000000abcd"
        return f"{self.id}-{kind}{number}"

    def new_name(self, kind: str) -> str:
        """The ID of the next record of a kind."""
        self.made[kind] += 1
        return self.name(kind, self.made[kind])

    def users(self, role: str) -> list[str]:
        """Who has a role now."""
        return sorted(id_ for id_, user in self.world["users"].items() if role in user["roles"])

    def ever(self, name: str) -> list[str]:
        """All IDs that are or were in a list of Clever's."""
        return sorted({*self.world[name], *self.gone[name]})

    def seen(self) -> World:
        """What a look at the district shows."""
        return copy.deepcopy(self.world)

    def told(self, table: str) -> Rows:
        """What the application shows of a table."""
        return copy.deepcopy(self.rows[table])

    def some_time(self, rng: Random) -> datetime:
        """Exactly when something is seen, or shortly before or after it; also in the future."""
        shift = rng.choice((timedelta(0), timedelta(microseconds=-1), timedelta(hours=1)))
        return rng.choice((*self.times, self.times[0] - timedelta(days=60), self.now)) + shift


def move(id_: str, origin: Rows, target: Rows) -> None:
    """Take a record from where it is to where it will be."""
    target[id_] = origin.pop(id_)


def new_place(id_: str, times: tuple[datetime, ...], rng: Random) -> Place:
    """A small district at its beginning."""
    place = Place(id_, times, times[0])
    for number in (1, 2):
        add(place, "schools", place.new_name("school"))
        add(place, "terms", place.new_name("term"), **term(number))
        add(place, "courses", place.new_name("course"), name=f"Course {number}")
        new_teacher(place, rng)
    for number in (1, 2, 3):
        new_student(place, f"sis {number}", rng)
    for _ in range(2):
        new_contact(place, rng)
    for _ in range(3):
        new_section(place, rng)
    return place


def far_place(at: datetime) -> Place:
    """The district of others: a student, and a section nobody is in."""
    place = Place(FAR, (at,), at)
    add_user(place, place.name("student", 1), "student", {"grade": "7", "school": None})
    add(place, "sections", place.name("section", 1), students=[], teachers=[])
    return place


def add(place: Place, listed: str, id_: str, **about: Any) -> Record:
    """Put a record into a list of Clever's."""
    place.world[listed][id_] = {"id": id_, **about}
    return place.world[listed][id_]


def add_user(place: Place, id_: str, role: str, held: Record) -> None:
    """Put a user with one role into Clever's list."""
    add(place, "users", id_, roles={role: held})


def term(number: int) -> Record:
    """What makes a term: another under the same name may follow it."""
    return {"name": f"Term {number}", "start_date": "2026-08-01", "end_date": "2027-01-31"}


def school(place: Place, rng: Random) -> str:
    """One of the schools."""
    return rng.choice(place.ever("schools"))


def new_student(place: Place, sis_id: str, rng: Random) -> None:
    """A student whose number another may have had before."""
    id_ = place.new_name("student")
    held = {"grade": rng.choice("678"), "school": school(place, rng), "sis_id": sis_id}
    add_user(place, id_, "student", held)
    about_person(place.world["users"][id_], rng)


def new_teacher(place: Place, rng: Random) -> None:
    """A teacher of one of the schools."""
    id_ = place.new_name("teacher")
    add_user(place, id_, "teacher", {"school": school(place, rng)})
    about_person(place.world["users"][id_], rng)


def new_contact(place: Place, rng: Random) -> None:
    """Somebody to reach about one or two students."""
    id_, students = place.new_name("contact"), place.users("student")
    related = rng.sample(students, min(len(students), rng.choice((1, 2))))
    held = {"student_relationships": [{"student": student} for student in related]}
    add_user(place, id_, "contact", held)
    about_person(place.world["users"][id_], rng)


def about_person(user: Record, rng: Random) -> None:
    """Give somebody one of a few names, addresses, numbers and birthdays; any may be unknown."""
    parts = {"first": _FIRST_NAMES, "middle": _MIDDLE_NAMES, "last": _LAST_NAMES}
    user["name"] = {part: rng.choice(names) for part, names in parts.items()}
    user["email"] = rng.choice(_ADDRESSES)
    for role, held in user["roles"].items():
        held |= {name: rng.choice(values) for name, values in _HELD[role].items()}
    if "student" in user["roles"]:
        user["roles"]["student"]["preferred_name"] = rng.choice((None, None, {"first": "Ana"}))


def new_section(place: Place, rng: Random) -> None:
    """A section with some of those who are there."""
    students = place.users("student")
    section = add(place, "sections", place.new_name("section"), school=school(place, rng))
    section["students"] = rng.sample(students, rng.randint(0, len(students)))
    section |= {"name": rng.choice(("A", "A", "a ", "B")), "period": rng.choice(("1", None))}
    about_section(place, section, rng)


def about_section(place: Place, section: Record, rng: Random) -> None:
    """Give a section another course, term or teachers; all of them may be missing or archived."""
    teachers = place.ever("users")
    teachers = [id_ for id_ in teachers if "teacher" in id_]
    section["course"] = rng.choice((*place.ever("courses"), None))
    section["term_id"] = rng.choice((*place.ever("terms"), None))
    section["teachers"] = rng.sample(teachers, rng.randint(0, len(teachers)))
    section["teacher"] = rng.choice((*teachers, None))


Act = Callable[[Place, Random], None]

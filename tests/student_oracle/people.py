"""Whether two lives are those of one person, told as a careful clerk would tell it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from tests.history_oracle.reading import date_of

from .life import Life

#: The numbers that a district gives, of each role: what they are called as evidence, and there.
NUMBERS: Mapping[str, Mapping[str, str]] = {
    "student": {"sis_id": "sis_id", "student_number": "student_number", "state_id": "state_id"},
    "teacher": {"sis_id": "sis_id", "teacher_number": "teacher_number", "state_id": "state_id"},
    "staff": {"staff_sis_id": "staff_id"},
    "contact": {"sis_id": "sis_id"},
}
_SUFFIXES = {"junior": "jr", "senior": "sr"}
_UNSEEN = ("Z", "Cc", "Cf")


@dataclass(frozen=True)
class Claim:
    """How much agrees, by which rule, and what."""

    weight: int
    rule: str
    agreed: tuple[str, ...]


@dataclass(frozen=True)
class Person:
    """What can be compared of somebody; None is not known. `students` are those of a contact."""

    numbers: Mapping[str, str | None]
    birthday: date | None
    email: str | None
    phone: str | None
    first: str | None
    preferred: str | None
    middle: str | None
    last: str | None
    suffix: str | None
    students: Set[str] = frozenset()

    def agreed(self, other: Person) -> Iterator[str]:
        """All that is known of both and equal, with the numbers first."""
        for name, number in self.numbers.items():
            if number is not None and number == other.numbers[name]:
                yield name
        for name, mine, theirs in (
            ("birthday", self.birthday, other.birthday),
            ("email", self.email, other.email),
            ("phone", self.phone, other.phone),
            ("first_name", self.first, other.first),
            ("last_name", self.last, other.last),
        ):
            if mine is not None and mine == theirs:
                yield name
        if self.students & other.students:
            yield "student"

    def is_another(self, other: Person) -> bool:
        """Whether something says that they are two: what is not known says nothing."""
        if self.birthday and other.birthday and self.birthday != other.birthday:
            return True
        if self.suffix and other.suffix and self.suffix != other.suffix:
            return True
        names = [(mine, theirs) for mine in self._names for theirs in other._names]
        are_two = all(mine and theirs and are_unlike(mine, theirs) for mine, theirs in names)
        return are_two and self.has_other_first_name(other)

    def has_other_first_name(self, other: Person) -> bool:
        """Whether the first names are unlike, and neither is the one that the other goes by."""
        goes_by = ((self.first, other.preferred), (self.preferred, other.first))
        is_known = any(one and two and not are_unlike(one, two) for one, two in goes_by)
        return _differ(self.first, other.first) and not is_known

    def has_like_names(self, other: Person) -> bool:
        """Whether both names are alike, also if they are swapped."""
        if None in (*self._names, *other._names):
            return False
        swapped = (other.last, other.first)
        return any(
            all(not are_unlike(str(a), str(b)) for a, b in zip(self._names, names, strict=True))
            for names in (other._names, swapped)
        )

    @property
    def _names(self) -> tuple[str | None, str | None]:
        return (self.first, self.last)


def person(role: str, life: Life, *, at_first: bool, students: Set[str]) -> Person:
    """Somebody as first known, or as last; of a birthday always what was known last."""

    def known(field: str) -> Any:
        return life.at_first(field) if at_first else life.at_last(field)

    last = known("last")
    suffix = re.search(r"[ ,]+(jr|sr|ii|iii|iv|junior|senior)[. ]*$", (last or "").lower())
    told = suffix.group(1) if suffix else None
    without = (last or "").lower()[: suffix.start()] if suffix else last
    return Person(
        {name: _number(known(field)) for name, field in NUMBERS[role].items()},
        _birthday(life) if role == "student" else None,
        None if role == "student" else _address(known("email")),
        _phone(known("phone")) if role == "contact" else None,
        _letters(known("first")),
        _letters(known("preferred")) if role == "student" else None,
        _letters(known("middle")),
        _letters(without),
        _SUFFIXES.get(told or "", told),
        students,
    )


def claim(role: str, mine: Person, theirs: Person) -> Claim | None:
    """By which rule two are one person, None if they are not or nothing tells."""
    agreed = tuple(mine.agreed(theirs))
    if mine.is_another(theirs):
        return None
    for rule in (*NUMBERS[role], *_OTHER_RULES[role]):
        decides = _by_number if rule in NUMBERS[role] else _OTHER_RULES[role][rule]
        if decides(role, mine, theirs, {*agreed}) and (rule in agreed or rule == "name_birthday"):
            return Claim(len(agreed), rule, tuple(sorted(agreed)))
    return None


def _by_number(role: str, mine: Person, theirs: Person, agreed: Set[str]) -> bool:
    """A child's number is enough, unless a twin has it; others need a second thing beside it."""
    if role != "student":
        return bool(agreed - NUMBERS[role].keys() - {"student"})
    are_twins = {"birthday", "last_name"} <= agreed and mine.has_other_first_name(theirs)
    return not are_twins or len({mine.numbers[name] for name in agreed & NUMBERS[role].keys()}) > 1


def _by_birthday(_: str, mine: Person, theirs: Person, agreed: Set[str]) -> bool:
    is_equal = {"birthday", "first_name", "last_name"} <= agreed
    return is_equal and not _differ(mine.middle, theirs.middle)


def _by_address(_: str, mine: Person, theirs: Person, agreed: Set[str]) -> bool:
    return mine.has_like_names(theirs)


def _by_family(_: str, mine: Person, theirs: Person, agreed: Set[str]) -> bool:
    return {"first_name", "last_name", "student"} <= agreed


Rule = Callable[[str, Person, Person, Set[str]], bool]
_OTHER_RULES: Mapping[str, Mapping[str, Rule]] = {
    "student": {"name_birthday": _by_birthday},
    "teacher": {"email": _by_address},
    "staff": {"email": _by_address},
    "contact": {"email": _by_family, "phone": _by_family},
}


def _differ(one: str | None, other: str | None) -> bool:
    return bool(one and other and are_unlike(one, other))


@cache
def are_unlike(one: str, other: str) -> bool:
    """Neither begins like the other, and more than a third of the letters differ."""
    if one.startswith(other) or other.startswith(one):
        return False
    return 3 * _distance(one, other) > max(len(one), len(other))


@cache
def _distance(one: str, other: str) -> int:
    """How many letters have to be put in, left out or changed."""
    if not one or not other:
        return len(one) + len(other)
    if one[0] == other[0]:
        return _distance(one[1:], other[1:])
    ways = ((one[1:], other), (one, other[1:]), (one[1:], other[1:]))
    return 1 + min(_distance(*way) for way in ways)


def _is_unseen(letter: str) -> bool:
    return unicodedata.category(letter).startswith(_UNSEEN)


def _number(text: str | None) -> str | None:
    seen = [place for place, letter in enumerate(text or "") if not _is_unseen(letter)]
    return (text or "")[seen[0] : seen[-1] + 1] if seen else None


def _address(text: str | None) -> str | None:
    return "".join(letter for letter in text or "" if not _is_unseen(letter)).lower() or None


def _phone(text: str | None) -> str | None:
    digits = "".join(letter for letter in text or "" if letter in "0123456789")
    return digits.removeprefix("1" if len(digits) == 11 else "") or None


def _letters(text: str | None) -> str | None:
    plain = unicodedata.normalize("NFD", text or "").lower()
    return "".join(letter for letter in plain if letter.isalnum())[:60] or None


def _birthday(life: Life) -> date | None:
    """A birthday that cannot be read is none."""
    read = [date_of(about.get("dob")) for about in life.shown]
    return next((born for born in reversed(read) if born), None)

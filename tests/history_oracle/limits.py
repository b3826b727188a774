"""Which looks at a district are held: how much may go, change or be unreadable at once.

Written from the rules, with numbers of its own that fit districts of nine records.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .contract import KINDS, OBJECTS
from .oracle import Moment, World, active
from .reading import Record, date_of, listed, tidy

REMOVED, UPDATED, REJECTED, AT_LEAST = 0.4, 0.9, 0.3, 2
ENDED, ENDED_AT_LEAST = 0.5, 3
_FREE = {"removed": 1, "updated": 1, "rejected": 1, "objects": {"enrollments": {"removed": 1}}}
_STRICT = {
    "removed": REMOVED,
    "updated": UPDATED,
    "rejected": REJECTED,
    "at_least": AT_LEAST,
    "objects": {"enrollments": {"removed": ENDED, "at_least": ENDED_AT_LEAST}},
}
_ROLLING = ("sections", "terms", "courses", "enrollments")
_NEVER_ALL = ("schools", "students", "teachers", "sections")


@dataclass(frozen=True)
class Look:
    """A look at a district, beside how it stood `before` and all it `ever` showed, as last known.

    `changed` are (list, id) of what differs; `shown` is the look as Clever wrote it.
    """

    moment: Moment
    before: World
    ever: World
    changed: Sequence[tuple[str, str]]
    shown: World

    @property
    def day(self) -> date:
        """The day on which it was taken (UTC)."""
        return self.moment.at.date()


@dataclass(frozen=True)
class Rules:
    """A district's own windows: days of every year, both included, and days around a term's end."""

    windows: tuple[str, ...] = ()
    around: int = 0
    at_least: int = AT_LEAST

    def hold(self, look: Look) -> bool:
        """Whether nothing of the look may be taken over."""
        return any(
            _too_many_rejected(name, look)
            or (self._passes(name, look) and not self._rolls_over(name, look))
            for name in _NAMES
        )

    def rolled_over(self, look: Look) -> frozenset[str]:
        """What passes its limit in a look that is not held: a window lets it."""
        return frozenset(name for name in _NAMES if self._passes(name, look))

    def _passes(self, name: str, look: Look) -> bool:
        had, has = _members(name, look.before), _members(name, look.moment.world)
        updated = _updated(name, look) & had & has
        return self._too_many(name, len(had), len(had - has), len(has - had), len(updated))

    def _rolls_over(self, name: str, look: Look) -> bool:
        had, has = _members(name, look.before), _members(name, look.moment.world)
        if name not in _ROLLING or not self._is_open(look):
            return False
        return self._let_go(name, look, had, had - has, has - had)

    def _too_many(self, name: str, had: int, gone: int, came: int, updated: int) -> bool:
        if _all_gone(name, had, gone, came) or self._many_gone(name, had, gone):
            return True
        return name != "enrollments" and updated >= self.at_least and updated > UPDATED * had

    def _many_gone(self, name: str, had: int, gone: int) -> bool:
        if name == "enrollments":
            return gone >= ENDED_AT_LEAST and gone > ENDED * had
        return gone >= self.at_least and gone > REMOVED * had

    def _let_go(
        self, name: str, look: Look, had: set[object], gone: set[object], came: set[object]
    ) -> bool:
        """Whether a window lets go what goes: it is over, was replaced, or the rest is little."""
        over = {one for one in gone if _is_over(name, one, look)}
        rest = len(gone) - len(over)
        if rest == 0:
            return True
        if _all_gone(name, len(had), len(gone), len(came)):
            return False
        return len(came) >= 0.75 * rest or not self._many_gone(name, len(had) - len(over), rest)

    def _is_open(self, look: Look) -> bool:
        day = f"{look.day:%m-%d}"
        in_window = any(
            first <= day <= last for first, last in (w.split("/") for w in self.windows)
        )
        around = timedelta(days=self.around)
        return in_window or any(abs(look.day - end) <= around for end in _ends(look).values())


def rules_of(number: int) -> Rules | None:
    """The rules of a story's district: half of them have limits, half of these no long window."""
    if number % 2:
        return None
    return Rules(("01-01/12-31",)) if number % 4 else Rules(("08-18/08-18",), 3)


def settings(numbers: Sequence[int]) -> dict[str, str]:
    """The same rules as the settings of districts by their number."""
    ruled = {f"5d{number:022x}": rules for number in numbers if (rules := rules_of(number))}
    rollover = {
        id_: {"windows": rules.windows, "days_around_term_end": rules.around}
        for id_, rules in ruled.items()
    }
    limits = {**_FREE, "districts": dict.fromkeys(ruled, _STRICT)}
    return {
        "SOURCES__CLEVER__LIMITS": json.dumps(limits),
        "SOURCES__CLEVER__ROLLOVER": json.dumps({"districts": rollover}),
    }


_ROLES = tuple(kind.plural for kind in KINDS if kind.role)
_NAMES = (*OBJECTS, *_ROLES, "enrollments")
_SINGULARS = {kind.plural: kind.singular for kind in KINDS if kind.role}


def _members(name: str, world: World) -> set[object]:
    """What there is of a type: ids, or (section, student)."""
    if name == "users":
        return set()
    if name == "enrollments":
        return {
            (id_, student)
            for id_, section in world.get("sections", {}).items()
            for student in listed(section, "students")
        }
    if name in _SINGULARS:
        return set(active(world, _SINGULARS[name]))
    return set(world.get(name, {}))


def _updated(name: str, look: Look) -> set[object]:
    list_ = "users" if name in _SINGULARS else name
    return {id_ for in_, id_ in look.changed if in_ == list_}


def _too_many_rejected(name: str, look: Look) -> bool:
    rejected = sum(in_ == name for in_, _ in look.moment.rejected)
    return rejected >= AT_LEAST and rejected > REJECTED * len(look.shown.get(name, {}))


def _all_gone(name: str, had: int, gone: int, came: int) -> bool:
    return name in _NEVER_ALL and had >= 3 and gone == had and came <= gone / 10


def _is_over(name: str, one: object, look: Look) -> bool:
    ended = {term for term, end in _ends(look).items() if end < look.day}
    if name == "terms":
        return one in ended
    if name == "enrollments":
        assert isinstance(one, tuple)
        return _term(look.before["sections"][one[0]]) in ended
    if name == "sections":
        return _term(look.before["sections"][str(one)]) in ended
    users = {
        id_: section
        for id_, section in look.ever.get("sections", {}).items()
        if tidy(section.get("course")) == one
    }
    here = look.before.get("sections", {})
    return bool(users) and all(
        id_ not in here or _term(section) in ended for id_, section in users.items()
    )


def _term(section: Record) -> object:
    return tidy(section.get("term_id"))


def _ends(look: Look) -> dict[str, date]:
    """The last day of every term ever shown, as last known, if it is a day."""
    said = {id_: term.get("end_date") for id_, term in look.ever.get("terms", {}).items()}
    days = {id_: date_of(text) for id_, text in said.items() if isinstance(text, str)}
    return {id_: day for id_, day in days.items() if day}

"""Safety limits: how much of a district one sync may take away or change before a person looks.

The defaults are those at which Clever itself holds a district's data back. They are settings: for
everything, for a district, for an object type, and per school, where a large district needs it.
In a rollover window sections, terms, courses and enrollments may turn over without a hold: what has
ended may go, and whatever else goes must be replaced by about as many.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Literal, TypeVar, get_args

import msgspec

from dlt_sources.errors import ConfigurationError, clause

#: What limits are about: the lists of Clever's, users by role, and the students in sections.
#: `users` is the list as such: a record that cannot be read tells no role.
ObjectType = Literal[
    "districts", "schools", "terms", "courses", "sections", "enrollments",
    "students", "teachers", "staff", "district_admins", "contacts", "users",
]  # fmt: skip
OBJECT_TYPES: tuple[str, ...] = get_args(ObjectType)
#: Of these no single record can be rejected: users are, before their roles are known.
_NEVER_REJECTED = frozenset(
    {"enrollments", "students", "teachers", "staff", "district_admins", "contacts"}
)

#: What a new semester or school year replaces.
_ROLLS_OVER = frozenset({"sections", "terms", "courses", "enrollments"})

#: What no district is without: all of them gone at once is a mistake, however few there were.
_NEVER_ALL = frozenset({"schools", "students", "teachers", "sections"})
_FEWEST = 3
#: "Nothing in their place" is at most one that comes for so many that go.
_GONE_FOR_ONE = 10
#: "About as many" come as go: this share of them.
_ABOUT_AS_MANY = 0.75

_Share = Annotated[float, msgspec.Meta(ge=0)]
_Count = Annotated[int, msgspec.Meta(ge=0)]


@dataclass(frozen=True)
class Turnover:
    """How many records of a kind were present before, and how many came, changed and went.

    Of the `shown` ones so many were `rejected`; both count only where records are read, in a list.
    """

    present: int
    created: int
    updated: int
    removed: int
    rejected: int = 0
    shown: int = 0

    @property
    def emptied(self) -> bool:
        """Whether all of three or more are gone, with nothing in their place."""
        gone = self.present >= _FEWEST and self.removed >= self.present
        return gone and self.created * _GONE_FOR_ONE <= self.removed

    def replaced_but_for(self, ended: int) -> bool:
        """Whether about as many came as went, without those that had ended."""
        return self.created >= _ABOUT_AS_MANY * (self.removed - ended)

    def without_ended(self, ended: int) -> Turnover:
        """What was removed as if those that had ended had not been there."""
        return Turnover(self.present - ended, self.created, 0, self.removed - ended)


@dataclass(frozen=True)
class Hit:
    """A part of a limit that is passed, and how to say so to a person."""

    part: Literal["removed", "updated", "rejected"]
    text: str


class Limit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Some of a limit's numbers; those that are not given are taken from where it is less special.

    `removed` and `updated` are shares of the records that were present, `rejected` of those shown
    (1 is all of them, so that 1 or more never holds); `at_least` is the number of records below
    which nothing is held.
    """

    removed: _Share | None = None
    updated: _Share | None = None
    at_least: _Count | None = None
    rejected: _Share | None = None

    def or_else(self, general: Limit) -> Limit:
        """This limit, completed by a more general one."""
        own, other = msgspec.structs.asdict(self), msgspec.structs.asdict(general)
        return Limit(**{name: other[name] if own[name] is None else own[name] for name in _NUMBERS})

    def hits(self, turnover: Turnover) -> list[Hit]:
        """The parts of the limit that are passed."""
        parts: tuple[tuple[Literal["removed", "updated", "rejected"], int, int], ...] = (
            ("removed", turnover.removed, turnover.present),
            ("updated", turnover.updated, turnover.present),
            ("rejected", turnover.rejected, turnover.shown),
        )
        found = []
        for part, number, whole in parts:
            share: float | None = getattr(self, part)
            enough = number >= max(1, self.at_least or 0)
            if enough and share is not None and number > share * whole:
                found.append(Hit(part, f"more than {share * 100:g} % {part}"))
        return found

    def hits_of(self, name: str, turnover: Turnover) -> list[Hit]:
        """The same of an object type, of which perhaps not all may be gone."""
        hits = self.hits(turnover)
        if not self.is_emptied(name, turnover):
            return hits
        gone = Hit("removed", f"all {turnover.present:,} gone with nothing in their place")
        return [gone, *(hit for hit in hits if hit.part != "removed")]

    def is_emptied(self, name: str, turnover: Turnover) -> bool:
        """Whether a type is gone that no district is without; `removed` of 1 lets it go."""
        never = self.removed is None or self.removed >= 1
        return name in _NEVER_ALL and turnover.emptied and not never

    def lets_roll_over(self, name: str, turnover: Turnover, ended: int) -> bool:
        """Whether in a rollover window what goes may go, `ended` of it because it has ended.

        The rest must be replaced by about as many, or be within this limit as on any other day.
        """
        if ended >= turnover.removed:
            return True
        if self.is_emptied(name, turnover):
            return False
        return turnover.replaced_but_for(ended) or not self.hits(turnover.without_ended(ended))


_NUMBERS = ("removed", "updated", "at_least", "rejected")
_RECORDS = Limit(removed=0.10, updated=0.75, at_least=10, rejected=0.10)
_ENROLLMENTS = Limit(removed=0.50, at_least=50)


class DistrictLimits(Limit, frozen=True, forbid_unknown_fields=True):
    """A district's limits: for all types of records, for single ones, and for each school's share.

    Enrollments have numbers of their own, which only `objects` changes. Of `users` as such only
    rejected records are counted, everything else by role.
    """

    objects: dict[ObjectType, Limit] = {}
    schools: Limit | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for a number that would never be looked at."""
        for name, limit in self.objects.items():
            if limit.rejected is not None and name in _NEVER_REJECTED:
                raise ValueError(
                    f"of {name} none is rejected; give `rejected` of users or sections"
                )
            if name == "users" and (limit.removed, limit.updated) != (None, None):
                raise ValueError("users are removed and updated by role: name students, teachers")

    def _of(self, name: str) -> Limit:
        own: Limit = self.objects.get(name, Limit())  # type: ignore[call-overload]
        return own if name == "enrollments" else own.or_else(self)


class Limits(DistrictLimits, frozen=True, forbid_unknown_fields=True):
    """The limits of every district; a district's own go before those for all."""

    districts: dict[str, DistrictLimits] = {}

    def of(self, district_id: str, name: str) -> Limit:
        """The limit of an object type in a district."""
        default = _ENROLLMENTS if name == "enrollments" else _RECORDS
        own = self.districts.get(district_id, DistrictLimits())
        limit = own._of(name).or_else(self._of(name)).or_else(default)
        if name == "users":
            return Limit(at_least=limit.at_least, rejected=limit.rejected)
        return limit

    def of_schools(self, district_id: str) -> Limit | None:
        """The limit of each single school of a district; None, the default, for no such limit."""
        own = self.districts.get(district_id, DistrictLimits()).schools
        if own is None:
            return self.schools
        return own.or_else(self.schools or Limit())


class DistrictRollover(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a district's sections, terms, courses and enrollments turn over.

    `windows` are spans of days, both included: every year's, `06-01/09-30`, or of one,
    `2027-01-11/2027-01-29`. Around the end of each of the district's terms there is a window too,
    of so many days before and after it.
    """

    windows: list[str] | None = None
    days_around_term_end: _Count | None = None


class Rollover(DistrictRollover, frozen=True, forbid_unknown_fields=True):
    """The windows of every district; what a district says itself goes before what is for all."""

    districts: dict[str, DistrictRollover] = {}

    def __post_init__(self) -> None:
        """Raise ValueError for a window that is none."""
        for text in (
            window for each in (self, *self.districts.values()) for window in each.windows or ()
        ):
            _contains(text, date(2024, 1, 1))

    def allows(self, district_id: str, name: str, day: date, term_ends: Iterable[date]) -> bool:
        """Whether an object type may turn over in a district on a day."""
        if name not in _ROLLS_OVER:
            return False
        own = self.districts.get(district_id, DistrictRollover())
        windows = _first(own.windows, self.windows, ["06-01/09-30"])
        around = timedelta(days=_first(own.days_around_term_end, self.days_around_term_end, 14))
        return any(_contains(window, day) for window in windows) or any(
            abs(day - end) <= around for end in term_ends
        )


_Value = TypeVar("_Value")


def _first(*values: _Value | None) -> _Value:
    return next(value for value in values if value is not None)


def _contains(window: str, day: date) -> bool:
    """Whether a day lies in a window; raises ValueError for a window that is none."""
    try:
        first, last = window.split("/")
        if len(first) == len(last) == len("06-01"):
            # In a leap year every day of any year exists.
            start, end = (date.fromisoformat(f"2024-{text}") for text in (first, last))
            today = day.replace(year=2024)
            return start <= today <= end if start <= end else today >= start or today <= end
        return date.fromisoformat(first) <= day <= date.fromisoformat(last)
    except ValueError:
        raise ValueError(
            f"{window!r} is no window of days; write 06-01/09-30 or 2027-01-11/2027-01-29"
        ) from None


_Setting = TypeVar("_Setting", Limits, Rollover)


def read_setting(name: str, value: Mapping[str, Any], kind: type[_Setting]) -> _Setting:
    """A setting as dlt resolves it; raises ConfigurationError that says where it is wrong."""
    try:
        # By way of JSON, which turns what a configuration file is made of into plain values.
        return msgspec.json.decode(json.dumps(value), type=kind)
    except (msgspec.ValidationError, TypeError) as error:
        raise ConfigurationError(
            f"SOURCES__CLEVER__{name.upper()}: {clause(error)}; docs/operations.md shows how it "
            "is written."
        ) from None

"""Safety limits: how much of a district one sync may take away or change before a person looks.

The defaults are those at which Clever itself holds a district's data back. They are settings: for
everything, for a district, for an object type, and per school, where a large district needs it.
In a rollover window sections, terms, courses and enrollments may turn over without a hold.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Literal, TypeVar, get_args

import msgspec

from dlt_sources.errors import ConfigurationError

#: What limits are about: the lists of Clever's, users by role, and the students in sections.
ObjectType = Literal[
    "districts", "schools", "terms", "courses", "sections", "enrollments",
    "students", "teachers", "staff", "district_admins", "contacts",
]  # fmt: skip
OBJECT_TYPES: tuple[str, ...] = get_args(ObjectType)

#: What a new semester or school year replaces.
_ROLLS_OVER = frozenset({"sections", "terms", "courses", "enrollments"})

_Share = Annotated[float, msgspec.Meta(ge=0)]
_Count = Annotated[int, msgspec.Meta(ge=0)]


@dataclass(frozen=True)
class Turnover:
    """How many records of a kind were present before, and how many came, changed and went."""

    present: int
    created: int
    updated: int
    removed: int


class Limit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Some of a limit's numbers; those that are not given are taken from where it is less special.

    `removed` and `updated` are shares of the records that were present (1 is all of them, so that
    1 or more never holds); `at_least` is the number of records below which nothing is held.
    """

    removed: _Share | None = None
    updated: _Share | None = None
    at_least: _Count | None = None

    def or_else(self, general: Limit) -> Limit:
        """This limit, completed by a more general one."""
        own, other = msgspec.structs.asdict(self), msgspec.structs.asdict(general)
        return Limit(**{name: other[name] if own[name] is None else own[name] for name in _NUMBERS})

    def hit_by(self, turnover: Turnover) -> str | None:
        """Which part of the limit is passed, for a person; None if none is."""
        for number, share, done in (
            (turnover.removed, self.removed, "removed"),
            (turnover.updated, self.updated, "updated"),
        ):
            enough = number >= max(1, self.at_least or 0)
            if enough and share is not None and number > share * turnover.present:
                return f"more than {share * 100:g} % {done}"
        return None


_NUMBERS = ("removed", "updated", "at_least")
_RECORDS = Limit(removed=0.10, updated=0.75, at_least=10)
_ENROLLMENTS = Limit(removed=0.50, at_least=50)


class DistrictLimits(Limit, frozen=True, forbid_unknown_fields=True):
    """A district's limits: for all types of records, for single ones, and for each school's share.

    Enrollments have numbers of their own, which only `objects` changes.
    """

    objects: dict[ObjectType, Limit] = {}
    schools: Limit | None = None

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
        return own._of(name).or_else(self._of(name)).or_else(default)

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
            f"SOURCES__CLEVER__{name.upper()}: {error}; docs/operations.md shows how it is written."
        ) from None

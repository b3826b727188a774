"""What came, changed and went on a day, by type of record; of people only what may be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from orchestration.report.discretion import Discretion
from orchestration.report.figures import TYPES, Rows

#: In the order in which they are shown.
_OBJECTS = ("students", "enrollments", *(name for name in TYPES if name != "students"))
_PEOPLE = {"enrollments", *(name for name, people in TYPES.items() if people)}


@dataclass(frozen=True)
class Line:
    """Of one type how many came (or came back), changed and went; None is not told."""

    object: str
    came: int | None
    changed: int | None
    went: int | None

    def words(self, discretion: Discretion) -> list[str]:
        """The three numbers for a reader."""
        numbers = (self.came, self.changed, self.went)
        return [discretion.few if each is None else f"{each:,}" for each in numbers]


@dataclass(frozen=True)
class Day:
    """A day on which something changed; at least one line."""

    day: date
    lines: Sequence[Line]


def changed(rows: Rows, discretion: Discretion) -> list[Day]:
    """The days of rows of day, type, `change_type` and records, the newest first."""
    found: dict[date, dict[str, dict[str, int]]] = {}
    for day, object_, change, records in rows:
        found.setdefault(day, {}).setdefault(object_, {})[change] = records
    return [
        Day(day, [_line(each, of_day[each], discretion) for each in _OBJECTS if each in of_day])
        for day, of_day in sorted(found.items(), reverse=True)
    ]


def _line(object_: str, counts: dict[str, int], discretion: Discretion) -> Line:
    came = counts.get("created", 0) + counts.get("restored", 0)
    went, updated = counts.get("archived", 0), counts.get("updated", 0)
    if object_ not in _PEOPLE:
        return Line(object_, came, updated, went)
    told_came, told_went = discretion.both(came, went)
    return Line(object_, told_came, discretion.number(updated), told_went)

"""How far a table has been read: the value of its cursor, and from which one to read on.

A cursor is kept as text with its kind. Times and days are UTC; a cursor beyond the time of the load
says nothing about how far the table has been read, so the last one up to that time counts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from dlt_sources.application.mapping import TableMapping
from dlt_sources.errors import ConfigurationError

#: A time or a day before it is no cursor that was written on purpose; such rows are always read.
EARLIEST = datetime(1000, 1, 1)
#: Clocks and zones differ: a cursor may be so far ahead of a load before it is called odd.
LENIENCE = timedelta(days=1)
_DEFAULT_OVERLAP = 3600.0


@dataclass(frozen=True)
class Cursor:
    """A cursor's value; `kind` is `time`, `date`, `number` or `text`."""

    kind: str
    value: str

    def written(self) -> str:
        """As the line of a load keeps it."""
        return json.dumps({"kind": self.kind, "value": self.value})

    def is_before(self, other: Cursor) -> bool:
        """Whether it is less than another of its kind."""
        mine, others = self._sortable(), other._sortable()
        return bool(mine < others)

    def _sortable(self) -> Any:
        match self.kind:
            case "time" | "date":
                return moment_of(self.value) or datetime.min
            case "number":
                return Decimal(self.value)
        return self.value


def cursor_of(kind: str, value: str | None) -> Cursor | None:
    """A cursor, or None where the value is none that can be read on from."""
    if value is None:
        return None
    if kind in ("time", "date") and moment_of(value) is None:
        return None
    if kind == "number" and not _is_finite(value):
        return None
    return Cursor(kind, value)


def known_cursor(written: str | None) -> Cursor | None:
    """The cursor that the line of a load keeps; None for one of an older version."""
    kept = json.loads(written) if written else None
    if isinstance(kept, dict) and {"kind", "value"} <= kept.keys():
        return cursor_of(kept["kind"], kept["value"])
    return None


def read_from(mapping: TableMapping, last: Cursor) -> Any:
    """The value from which on rows are read again: the last cursor, less the overlap.

    A datetime, a date, a Decimal or a text, by the kind; of times the seconds are whole.
    """
    match last.kind:
        case "number":
            return Decimal(last.value) - Decimal(str(mapping.overlap or 0))
        case "time" | "date":
            since = _earlier(moment_of(last.value) or EARLIEST, mapping)
            return since.date() if last.kind == "date" else since
    return last.value


def _earlier(moment: datetime, mapping: TableMapping) -> datetime:
    """At least a second: where times are compared as texts, some end with the seconds."""
    seconds = mapping.overlap_seconds
    seconds = max(_DEFAULT_OVERLAP if seconds is None else seconds, 1)
    if (moment - EARLIEST).total_seconds() <= seconds:
        return EARLIEST
    return (moment - timedelta(seconds=seconds)).replace(microsecond=0)


def check_overlap(mapping: TableMapping, kind: str) -> None:
    """Raises ConfigurationError where an overlap is set that means nothing for a kind of cursor."""
    of_times = mapping.overlap_seconds is not None and kind not in ("time", "date")
    of_numbers = mapping.overlap is not None and kind != "number"
    if not of_times and not of_numbers:
        return
    setting = "overlap_seconds" if of_times else "overlap"
    rule = {
        "number": "a cursor of numbers takes `overlap`, in the cursor's own unit, instead",
        "text": "a cursor of texts has no overlap; take the setting out",
    }.get(kind, "a cursor of times takes `overlap_seconds` instead")
    raise ConfigurationError(
        f"The mapping sets {setting} for {mapping.name}, but the cursor {mapping.cursor} of the "
        f"table {mapping.table} is a {kind}: {rule}."
    )


def moment_of(text: str) -> datetime | None:
    """A time or a day as UTC without zone; None for what is neither."""
    try:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo:
            offset = moment.utcoffset() or timedelta()
            moment = moment.replace(tzinfo=None) - offset
    except (ValueError, OverflowError):
        return None
    return moment


def as_text(since: Any) -> str:
    """A bound for a time as text that is not above any way to write a later time."""
    if isinstance(since, datetime):
        return since.isoformat(sep=" ")
    return since.isoformat() if isinstance(since, date) else str(since)


def _is_finite(value: str) -> bool:
    try:
        return Decimal(value).is_finite()
    except InvalidOperation:
        return False

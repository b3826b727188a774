"""How far a table has been read: the value of its cursor, and from which one to read on.

A cursor is kept as text with its kind. Times and days are UTC; a cursor beyond the time of the load
says nothing about how far the table has been read, so the last one up to that time counts. Of a
number nobody knows whether it is ahead: so it is read on from the `mark`, below which all rows but
the `NEWEST` lie. As many odd ones hide nothing.
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
#: So many rows with the greatest cursors are read at every load.
NEWEST = 100


@dataclass(frozen=True)
class Cursor:
    """A table's last cursor; `kind` is `time`, `date`, `number` or `text`.

    `mark` is what it is read on from: the cursor of the row that is `NEWEST`th from the end. With
    fewer rows there is none, and all of them are read.
    """

    kind: str
    value: str
    mark: str | None = None

    def written(self) -> str:
        """As the line of a load keeps it."""
        return json.dumps({"kind": self.kind, "value": self.value, "mark": self.mark})

    def is_before(self, other: Cursor) -> bool:
        """Whether it, or its mark, is less than that of another of its kind."""
        pairs = ((self.value, other.value), (self.mark, other.mark))
        return any(
            bool(_sortable(self.kind, mine) < _sortable(self.kind, others))
            for mine, others in pairs
            if mine is not None and others is not None
        )


def _sortable(kind: str, value: str) -> Any:
    match kind:
        case "time" | "date":
            return moment_of(value) or datetime.min
        case "number":
            return Decimal(value)
    return value


def cursor_of(kind: str, value: str | None, mark: str | None = None) -> Cursor | None:
    """A cursor, or None where the value is none that can be read on from."""
    if value is None or not _is_one(kind, value):
        return None
    return Cursor(kind, value, mark if mark is not None and _is_one(kind, mark) else None)


def _is_one(kind: str, value: str) -> bool:
    if kind in ("time", "date"):
        return moment_of(value) is not None
    return kind != "number" or _is_finite(value)


def known_cursor(written: str | None) -> Cursor | None:
    """The cursor that the line of a load keeps; None for one of an older version."""
    kept = json.loads(written) if written else None
    if isinstance(kept, dict) and {"kind", "value"} <= kept.keys():
        return cursor_of(kept["kind"], kept["value"], kept.get("mark"))
    return None


def read_from(mapping: TableMapping, last: Cursor) -> Any:
    """The value from which on rows are read again: the mark, less the overlap; None for all rows.

    A datetime, a date, a Decimal or a text, by the kind; of times the seconds are whole.
    """
    if last.mark is None:
        return None
    match last.kind:
        case "number":
            return Decimal(last.mark) - Decimal(str(mapping.overlap or 0))
        case "time" | "date":
            since = _earlier(moment_of(last.mark) or EARLIEST, mapping)
            return since.date() if last.kind == "date" else since
    return last.mark


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

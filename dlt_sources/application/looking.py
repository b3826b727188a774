"""A look at a table's cursor: of which kind it is, how far it is, and which rows are after a value.

It costs no more than a look into the cursor's index, if it has one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dlt_sources.application import cursors
from dlt_sources.application.cursors import (
    EARLIEST,
    LENIENCE,
    Cursor,
    as_text,
    check_overlap,
    cursor_of,
    moment_of,
)
from dlt_sources.application.dialects import is_number
from dlt_sources.application.reading import TableReader
from dlt_sources.application.texts import text_of
from dlt_sources.errors import ConfigurationError


@dataclass(frozen=True)
class Look:
    """What a table's cursor shows: its kind, its last value, and how many rows are far ahead."""

    kind: str | None = None
    last: Cursor | None = None
    ahead: int = 0


def look(reader: TableReader, at: datetime) -> Look:
    """Where a table's cursor is, up to a time (UTC) if it is one of times.

    Raises ConfigurationError for a column that cannot be a cursor, or an overlap it cannot have.
    """
    if not reader.mapping.cursor:
        return Look()
    kind = _kind(reader)
    last, mark = _at_end(reader, kind, at, 1), _at_end(reader, kind, at, cursors.NEWEST)
    if last is not None:  # Of an empty table the kind may be a guess.
        check_overlap(reader.mapping, kind)
    return Look(kind, cursor_of(kind, last, mark), rows_ahead(reader, kind, at))


def changed_since(reader: TableReader, kind: str, since: Any) -> Any:
    """The condition that a row's cursor is not before a value, or tells nothing."""
    cursor = _cursor(reader)
    told = cursor >= _bound(reader, kind, since)
    return told | tells_nothing(reader, kind)


def tells_nothing(reader: TableReader, kind: str) -> Any:
    """The condition that a row's cursor is NULL, or no time that anybody wrote on purpose."""
    cursor = _cursor(reader)
    if kind in ("time", "date"):
        return cursor.is_(None) | (cursor < _bound(reader, kind, EARLIEST))
    return cursor.is_(None) | (cursor == "") if kind == "text" else cursor.is_(None)


def rows_ahead(reader: TableReader, kind: str, at: datetime) -> int:
    """How many rows have a cursor far beyond a time."""
    from sqlalchemy import func, select

    if kind not in ("time", "date"):
        return 0
    bound = _bound(reader, kind, at + LENIENCE if at.year < 9999 else at)
    query = select(func.count()).select_from(reader.table).where(_cursor(reader) > bound)
    return int(reader.connection.execute(query).scalar_one())


def rows_without_cursor(reader: TableReader, kind: str) -> int:
    """How many rows have a cursor that tells nothing."""
    from sqlalchemy import func, select

    query = select(func.count()).select_from(reader.table).where(tells_nothing(reader, kind))
    return int(reader.connection.execute(query).scalar_one())


def _kind(reader: TableReader) -> str:
    """By its type; of texts, which may be times, by what the column holds."""
    from sqlalchemy import Date, DateTime, Enum, String

    if reader.is_sqlite:
        return _sqlite_kind(reader)
    kind = reader.table.c[reader.mapping.cursor].type
    if isinstance(kind, DateTime):
        return "time"
    if isinstance(kind, Date):
        return "date"
    if is_number(reader.table.c[reader.mapping.cursor]):
        return "number"
    if isinstance(kind, String) and not isinstance(kind, Enum):
        return "time" if _is_a_time(_highest(reader)) else "text"
    mapping = reader.mapping
    raise ConfigurationError(
        f"The cursor {mapping.cursor} of the application's table {mapping.table} is of the type "
        f"{type(kind).__name__}, of which no value is later than another; name a column of times, "
        f"numbers or texts as cursor of {mapping.name}, or leave it out."
    )


def _sqlite_kind(reader: TableReader) -> str:
    from sqlalchemy import Date, DateTime

    declared = reader.table.c[reader.mapping.cursor].type
    highest = _highest(reader)
    if isinstance(highest, int | float):
        return "number"
    if isinstance(declared, Date | DateTime) or _is_a_time(highest):
        return "time"
    return "text"


def _highest(reader: TableReader) -> Any:
    from sqlalchemy import func, select

    return reader.connection.execute(select(func.max(_cursor(reader)))).scalar()


def _is_a_time(value: Any) -> bool:
    return isinstance(value, str) and value[4:5] == "-" and moment_of(value) is not None


def _at_end(reader: TableReader, kind: str, at: datetime, place: int) -> str | None:
    """The cursor at a place from the end, among those that tell something."""
    from sqlalchemy import not_, select

    cursor = _cursor(reader)
    query = select(reader.as_text(cursor)).select_from(reader.table)
    query = query.where(not_(tells_nothing(reader, kind)))
    if kind in ("time", "date"):
        query = query.where(cursor <= _bound(reader, kind, at))
    query = query.order_by(cursor.desc()).offset(place - 1).limit(1)
    value = reader.connection.execute(query).scalar()
    return None if value is None else text_of(value)


def _cursor(reader: TableReader) -> Any:
    """The column, in SQLite without its type: its times are what somebody wrote."""
    from sqlalchemy import type_coerce
    from sqlalchemy.types import NullType

    column = reader.table.c[reader.mapping.cursor]
    return type_coerce(column, NullType()) if reader.is_sqlite else column


def _bound(reader: TableReader, kind: str, value: Any) -> Any:
    """A value to compare the cursor with, in the cursor's own type, so that an index helps."""
    if kind in ("time", "date"):
        return _bound_of_times(reader, kind, value)
    from sqlalchemy import Integer, Text, literal

    if kind == "text":
        return literal(value, Text)
    whole = value == value.to_integral_value()
    if whole or isinstance(reader.table.c[reader.mapping.cursor].type, Integer):
        return literal(int(value.to_integral_value(rounding="ROUND_FLOOR")))
    return literal(float(value) if reader.is_sqlite else value)


def _bound_of_times(reader: TableReader, kind: str, value: Any) -> Any:
    from sqlalchemy import Date, Text, cast, literal

    if kind == "date" and isinstance(value, datetime):
        value = value.date()
    bound = literal(as_text(value), Text)
    if reader.connection.dialect.name == "postgresql":
        return cast(bound, reader.table.c[reader.mapping.cursor].type)
    if reader.dialect.text or reader.is_sqlite:
        return bound
    return literal(value, Date() if kind == "date" else None)

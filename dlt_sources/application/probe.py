"""A glance at the application's tables: how many rows, and how far their cursors are.

It tells whether there is anything to read at all; on most days one query a table is all it takes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from dlt_sources.application.mapping import TableMapping
from dlt_sources.errors import ConfigurationError


@dataclass(frozen=True)
class Glance:
    """What a table shows: its rows that are not marked as deleted, and its cursor's bounds."""

    rows: int
    first: Any
    last: Any


@dataclass(frozen=True)
class Wanted:
    """What to read of a table: from the cursor `since` up to what a glance saw, or all of it.

    `ids_only` asks for the ids and cursors of all rows instead, to find out which are gone.
    """

    mapping: TableMapping
    glance: Glance
    since: Any = None
    ids_only: bool = False

    @property
    def name(self) -> str:
        """Our name of the table."""
        return self.mapping.target.name


def glance(connection: Any, mapping: TableMapping) -> Glance:
    """Count the rows and find the cursor's bounds. Raises ConfigurationError for unknown names."""
    from sqlalchemy import func, select

    table = _reflected(connection, mapping)
    present: Any = func.count()
    if mapping.deleted_at:
        present = present.filter(table.c[mapping.deleted_at].is_(None))
    if not mapping.cursor:
        rows = connection.execute(select(present).select_from(table)).scalar_one()
        return Glance(rows, None, None)
    cursor = table.c[mapping.cursor]
    bounds = select(present, func.min(cursor), func.max(cursor)).select_from(table)
    return Glance(*connection.execute(bounds).one())


def _reflected(connection: Any, mapping: TableMapping) -> Any:
    from sqlalchemy import MetaData, Table
    from sqlalchemy.exc import NoSuchTableError

    try:
        table = Table(mapping.table, MetaData(), schema=mapping.schema, autoload_with=connection)
    except NoSuchTableError:
        raise ConfigurationError(
            f"The application's database has no table {mapping.table}, which the mapping names "
            f"for {mapping.target.name}."
        ) from None
    missing = [name for name in mapping.read_columns if name not in table.c]
    if missing:
        raise ConfigurationError(
            f"The application's table {mapping.table} has no column {', '.join(missing)}, which "
            f"the mapping names for {mapping.target.name}."
        )
    return table


def with_overlap(mapping: TableMapping, cursor: Any) -> Any:
    """A little before a cursor: a transaction may be committed after one with a later time.

    At least a second, as SQLite compares times as texts, of which some end with the seconds.
    """
    if hasattr(cursor, "isoformat"):
        return cursor - timedelta(seconds=max(mapping.overlap_seconds, 1))
    return cursor


def written(cursor: Any) -> str | None:
    """A cursor's value as text that `cursor_value` understands."""
    if cursor is None:
        return None
    if isinstance(cursor, datetime):
        return json.dumps({"time": cursor.isoformat()})
    if isinstance(cursor, date):
        return json.dumps({"date": cursor.isoformat()})
    if isinstance(cursor, Decimal):
        return json.dumps({"decimal": str(cursor)})
    return json.dumps(cursor)


def cursor_value(text: str | None) -> Any:
    """A cursor's value again."""
    value = json.loads(text) if text else None
    match value:
        case {"time": time}:
            return datetime.fromisoformat(time)
        case {"date": day}:
            return date.fromisoformat(day)
        case {"decimal": decimal}:
            return Decimal(decimal)
    return value

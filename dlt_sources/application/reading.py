"""Reading a table of the application: how far its cursor is, rows as text, and sums over them.

The tables are read by SQLAlchemy in large parts that become Arrow tables of texts; what they are to
be is decided in DuckDB (`values.py`).
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from dlt_sources.application.cursors import (
    EARLIEST,
    LENIENCE,
    Cursor,
    as_text,
    check_overlap,
    cursor_of,
)
from dlt_sources.application.dialects import Dialect, dialect_of, is_number
from dlt_sources.application.mapping import TableMapping
from dlt_sources.application.values import UNREADABLE
from dlt_sources.errors import ConfigurationError

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlalchemy import Connection, Engine

_PART = 20_000
#: Beside our columns a part has these: the mark of deletion and, where the database can, hashes.
MARK, BUCKET, MARK_HASH, ROW_HASH = "deletion_mark", "bucket", "mark_hash", "row_hash"
HASHES = (BUCKET, MARK_HASH, ROW_HASH)


@dataclass(frozen=True)
class Look:
    """What a table's cursor shows: its kind, its last value, and how many rows are far ahead."""

    kind: str | None = None
    last: Cursor | None = None
    ahead: int = 0


@dataclass(frozen=True)
class Sum:
    """Of the rows of a bucket: how many there are, and sums of their hashes."""

    rows: int
    marks: int
    contents: int = 0


@dataclass(frozen=True)
class TableReader:
    """One table of the application over an open connection."""

    connection: Connection
    mapping: TableMapping
    dialect: Dialect
    table: Any = field(repr=False)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Our names of the columns that are numbers in the database."""
        columns = self.mapping.columns.items()
        return frozenset(ours for ours, theirs in columns if is_number(self.table.c[theirs]))

    @cached_property
    def fingerprint(self) -> Mapping[str, str]:
        """What decides on how the table is read, in short hashes that give nothing away."""
        mapping, url = self.mapping, self.connection.engine.url
        types = {name: repr(self.table.c[name].type) for name in mapping.read_columns}
        return {
            "database": _short(url.get_backend_name(), url.host, url.port, url.database),
            "table": _short(mapping.schema, mapping.table),
            "columns": _short(sorted(mapping.columns.items()), mapping.deleted_at),
            "types": _short(types),
            "cursor": _short(mapping.cursor),
        }

    def look(self, at: datetime) -> Look:
        """Where the cursor is, up to a time (UTC) if it is one of times.

        Raises ConfigurationError for a column that cannot be a cursor.
        """
        if not self.mapping.cursor:
            return Look()
        kind = self._cursor_kind()
        check_overlap(self.mapping, kind)
        last = cursor_of(kind, self._last(kind, at))
        ahead = self._ahead(kind, at) if kind in ("time", "date") else 0
        return Look(kind, last, ahead)

    def changed_since(self, kind: str, since: Any) -> Any:
        """The condition that a row's cursor is not before a value, or tells nothing."""
        cursor = self._cursor
        told = cursor >= self._bound(kind, since)
        nothing = cursor.is_(None)
        if kind in ("time", "date"):
            nothing = nothing | (cursor < self._bound(kind, EARLIEST))
        return told | nothing

    def in_buckets(self, buckets: Sequence[int]) -> Any:
        """The condition that a row's id falls into one of these."""
        return self._hash_columns[0].in_(buckets)

    def rows(self, condition: Any = None) -> Iterator[pa.Table]:
        """Rows in parts: each column of ours that is mapped, the mark of deletion, and hashes."""
        columns = [self._text(theirs).label(ours) for ours, theirs in self.mapping.columns.items()]
        hashes = zip(HASHES, self._hash_columns, strict=False)
        return self._parts(
            [*columns, self._mark.label(MARK), *(each.label(name) for name, each in hashes)],
            condition,
        )

    def ids(self) -> Iterator[pa.Table]:
        """The id and the mark of deletion of every row, in parts."""
        id_text = self._text(self.mapping.columns["id"])
        return self._parts([id_text.label("id"), self._mark.label(MARK)], None)

    def sums(self, *, contents: bool) -> dict[int, Sum]:
        """A sum for each bucket that has rows; over what they hold, too, if that is asked for."""
        from sqlalchemy import func, select

        bucket, mark, content = self._hash_columns
        shown = [bucket, func.count(), func.sum(mark)]
        if contents:
            shown.append(func.sum(content))
        query = select(*shown).select_from(self.table).group_by(bucket)
        return {
            int(found): Sum(*(int(number) for number in numbers))
            for found, *numbers in self.connection.execute(query)
        }

    def failing_columns(self) -> list[str]:
        """The columns that cannot be read by themselves; each is asked for one value."""
        from sqlalchemy import select
        from sqlalchemy.exc import SQLAlchemyError

        failing = []
        for name in self.mapping.read_columns:
            try:
                with self.connection.engine.connect() as connection:
                    connection.execute(select(self._text(name)).limit(1)).all()
            except SQLAlchemyError:
                failing.append(name)
        return failing

    # --- the parts ------------------------------------------------------------------------------

    def _parts(self, columns: Sequence[Any], condition: Any) -> Iterator[pa.Table]:
        from sqlalchemy import select

        query = select(*columns).select_from(self.table)
        if condition is not None:
            query = query.where(condition)
        result = self.connection.execution_options(yield_per=_PART).execute(query)
        try:
            names = [column.name for column in columns]
            for part in result.partitions():
                yield _arrow(names, part)
        finally:
            result.close()

    def _text(self, theirs: str) -> Any:
        from sqlalchemy import type_coerce
        from sqlalchemy.types import NullType

        column = self.table.c[theirs]
        if self.dialect.text:
            return self.dialect.text(column)
        return type_coerce(column, NullType())

    @property
    def _mark(self) -> Any:
        from sqlalchemy import Text, cast, null

        gone = self.mapping.deleted_at
        return self._text(gone) if gone else cast(null(), Text)

    @cached_property
    def _hash_columns(self) -> tuple[Any, ...]:
        """The bucket, the hash of id and mark, and that of all that is mapped; or nothing."""
        if not self.dialect.hashes:
            return ()
        hashes, mapping = self.dialect.hashes, self.mapping
        id_text = self._text(mapping.columns["id"])
        marks = [self._text(mapping.deleted_at)] if mapping.deleted_at else []
        everything = [self._text(theirs) for theirs in dict.fromkeys(mapping.columns.values())]
        return (
            hashes.bucket(id_text),
            hashes.hashed([id_text, *marks]),
            hashes.hashed([*everything, *marks]),
        )

    # --- the cursor -----------------------------------------------------------------------------

    @property
    def _cursor(self) -> Any:
        column = self.table.c[self.mapping.cursor]
        if self._is_sqlite:
            from sqlalchemy import type_coerce
            from sqlalchemy.types import NullType

            return type_coerce(column, NullType())
        return column

    @property
    def _is_sqlite(self) -> bool:
        return self.connection.dialect.name == "sqlite"

    def _cursor_kind(self) -> str:
        """By its type; in SQLite, which has none for times, by what its column holds."""
        from sqlalchemy import Date, DateTime, Enum, String

        if self._is_sqlite:
            return self._sqlite_kind()
        kind = self.table.c[self.mapping.cursor].type
        if isinstance(kind, DateTime):
            return "time"
        if isinstance(kind, Date):
            return "date"
        if is_number(self.table.c[self.mapping.cursor]):
            return "number"
        if isinstance(kind, String) and not isinstance(kind, Enum):
            return "text"
        raise ConfigurationError(
            f"The cursor {self.mapping.cursor} of the application's table {self.mapping.table} is "
            f"of the type {kind!r}, of which none is later than another; name a column of times, "
            f"numbers or texts as cursor of {self.mapping.name}, or leave it out."
        )

    def _sqlite_kind(self) -> str:
        from sqlalchemy import Date, DateTime, func, select

        declared = self.table.c[self.mapping.cursor].type
        highest = self.connection.execute(select(func.max(self._cursor))).scalar()
        if isinstance(highest, int | float):
            return "number"
        is_time = highest is not None and moment_like(highest)
        if is_time or isinstance(declared, Date | DateTime):
            return "time"
        return "text" if isinstance(highest, str) else "number"

    def _last(self, kind: str, at: datetime) -> str | None:
        from sqlalchemy import func, select

        cursor = self._cursor
        query = select(func.max(cursor))
        if kind in ("time", "date"):
            query = query.where(
                cursor >= self._bound(kind, EARLIEST), cursor <= self._bound(kind, at)
            )
        if self.dialect.text:
            from sqlalchemy import Text, cast
            from sqlalchemy.types import CHAR

            text = CHAR if self.connection.dialect.name in ("mysql", "mariadb") else Text
            query = query.with_only_columns(cast(func.max(cursor), text))
        value = self.connection.execute(query).scalar()
        return None if value is None else text_of(value)

    def _ahead(self, kind: str, at: datetime) -> int:
        """How many rows have a cursor far beyond a time."""
        from sqlalchemy import func, select

        bound = self._bound(kind, at + LENIENCE if at.year < 9999 else at)
        query = select(func.count()).select_from(self.table).where(self._cursor > bound)
        return int(self.connection.execute(query).scalar_one())

    def _bound(self, kind: str, value: Any) -> Any:
        """A value to compare the cursor with, in the cursor's own type, so that an index helps."""
        from sqlalchemy import Date, Integer, Text, cast, literal

        if kind in ("time", "date"):
            value = value.date() if kind == "date" and isinstance(value, datetime) else value
            bound = literal(as_text(value), Text)
            if self.connection.dialect.name == "postgresql":
                return cast(bound, self.table.c[self.mapping.cursor].type)
            if self.dialect.text or self._is_sqlite:
                return bound
            return literal(value, Date() if kind == "date" else None)
        if kind == "number":
            whole = value == value.to_integral_value()
            if isinstance(self.table.c[self.mapping.cursor].type, Integer) or whole:
                return literal(int(value.to_integral_value(rounding="ROUND_FLOOR")))
            return literal(float(value) if self._is_sqlite else value)
        return literal(value, Text)


def moment_like(value: Any) -> bool:
    """Whether a value of SQLite's begins as a day does."""
    return isinstance(value, str) and value[4:5] == "-" and value[:4].isdigit()


@contextmanager
def table_reader(engine: Engine, mapping: TableMapping) -> Iterator[TableReader]:
    """A reader of one table, on a connection of its own: all it reads is of one moment if it can be.

    Raises ConfigurationError for a table or a column that is not there.
    """
    dialect = dialect_of(engine.dialect.name)
    with engine.connect() as connection:
        connection = connection.execution_options(**dialect.options)
        for statement in dialect.session:
            connection.exec_driver_sql(statement)
        yield TableReader(connection, mapping, dialect, _reflected(connection, mapping))


def _reflected(connection: Connection, mapping: TableMapping) -> Any:
    from sqlalchemy import MetaData, Table
    from sqlalchemy.exc import NoSuchTableError

    named = f"{mapping.schema}.{mapping.table}" if mapping.schema else mapping.table
    try:
        with warnings.catch_warnings():
            # Of a type it does not know SQLAlchemy says so; text can be made of every type.
            warnings.simplefilter("ignore")
            table = Table(
                mapping.table, MetaData(), schema=mapping.schema, autoload_with=connection
            )
    except NoSuchTableError:
        raise ConfigurationError(
            f"The application's database has no table {named}, which the mapping names for "
            f"{mapping.name}; correct `table` or `schema` in [{mapping.name}], or grant this user "
            "the right to see it."
        ) from None
    missing = [name for name in mapping.read_columns if name not in table.c]
    if missing:
        raise ConfigurationError(
            f"The application's table {named} has no column {', '.join(missing)}, which the "
            f"mapping names for {mapping.name}; correct it in [{mapping.name}] or "
            f"[{mapping.name}.columns]."
        )
    return table


# --- texts --------------------------------------------------------------------------------------


def _arrow(names: Sequence[str], rows: Sequence[Any]) -> pa.Table:
    import pyarrow as pa

    columns = zip(*rows, strict=True)
    return pa.table(
        {
            name: _whole_numbers(column) if name in HASHES else _texts(column)
            for name, column in zip(names, columns, strict=True)
        }
    )


def _whole_numbers(column: Sequence[Any]) -> pa.Array:
    import pyarrow as pa

    return pa.array(column, pa.int64())


def _texts(column: Sequence[Any]) -> pa.Array:
    import pyarrow as pa

    kinds = set(map(type, column))
    if kinds <= {str, type(None)}:
        return pa.array(column, pa.string())
    return pa.array(_written(column), pa.string())


def _written(column: Iterable[Any]) -> list[str | None]:
    return [None if value is None else text_of(value) for value in column]


def text_of(value: Any) -> str:
    """What a driver gives for a value, as text that says the same."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case bytes():
            return value.hex()
        case float():
            return str(int(value)) if value.is_integer() else repr(value)
        case Decimal():
            return format(value, "f")
        case datetime():
            return value.isoformat(sep=" ")
        case date():
            return value.isoformat()
        case dict() | list():
            return json.dumps(value, default=str)
    return str(value)


def utf8(raw: bytes) -> str:
    """A text of SQLite's, which may hold anything."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return UNREADABLE


def _short(*parts: Any) -> str:
    return sha256(json.dumps(parts, default=str, sort_keys=True).encode()).hexdigest()[:16]

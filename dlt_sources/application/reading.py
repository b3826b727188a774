"""Reading a table of the application: rows as text, and sums over them.

The tables are read by SQLAlchemy in large parts that become Arrow tables of texts; what they are to
be is decided in DuckDB (`values.py`).
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from dlt_sources.application.dialects import Dialect, dialect_of, is_number, is_single
from dlt_sources.application.identity import identity, may_hide_rows, writes
from dlt_sources.application.mapping import TableMapping
from dlt_sources.application.texts import arrow, singles
from dlt_sources.application.values import RULES
from dlt_sources.errors import ConfigurationError

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlalchemy import Connection, Engine

_PART = 20_000
#: Beside our columns a part has these: the mark of deletion and, where the database can, hashes.
MARK, BUCKET, MARK_HASH, ROW_HASH = "deletion_mark", "bucket", "mark_hash", "row_hash"
HASHES = (BUCKET, MARK_HASH, ROW_HASH)


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

    @property
    def is_sqlite(self) -> bool:
        """Whether each value has a type of its own, whatever its column's type is called."""
        return self.connection.dialect.name == "sqlite"

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Our names of the columns that are numbers in the database."""
        columns = self.mapping.columns.items()
        return frozenset(ours for ours, theirs in columns if is_number(self.table.c[theirs]))

    @cached_property
    def _singles(self) -> frozenset[str]:
        columns = self.mapping.columns.items()
        return frozenset(ours for ours, theirs in columns if is_single(self.table.c[theirs]))

    @cached_property
    def fingerprint(self) -> Mapping[str, str]:
        """What decides on how the table is read, in short hashes that give nothing away."""
        mapping, url = self.mapping, self.connection.engine.url
        cursor = mapping.cursor
        read = (*mapping.columns.values(), mapping.deleted_at)
        types = {name: repr(self.table.c[name].type) for name in read if name}
        return {
            "database": _short(url.get_backend_name(), url.host, url.port, url.database),
            "table": _short(mapping.schema, mapping.table),
            "identity": _short(identity(self.connection, mapping)),
            "columns": _short(sorted(mapping.columns.items()), mapping.deleted_at),
            "types": _short(types),
            "cursor": _short(mapping.cursor),
            "rules": RULES,
            "cursor_type": _short(cursor and repr(self.table.c[cursor].type)),
            "writes": str(writes(self.connection)),
        }

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
        rows: Any = self.connection.execute(query)
        return {int(found): Sum(*(int(number) for number in numbers)) for found, *numbers in rows}

    def count(self) -> int:
        """How many rows there are."""
        from sqlalchemy import func, select

        query = select(func.count()).select_from(self.table)
        return int(self.connection.execute(query).scalar_one())

    def limited(self, rows: int) -> TableReader:
        """A reader of so many of the rows."""
        from sqlalchemy import select

        columns = [self.table.c[name] for name in self.mapping.read_columns]
        return replace(self, table=select(*columns).limit(rows).subquery())

    def is_indexed(self, column: str) -> bool:
        """Whether an index or a key of the table begins with a column."""
        from sqlalchemy import inspect

        inspector: Any = inspect(self.connection)
        place = (self.mapping.table, self.mapping.schema)
        key = inspector.get_pk_constraint(*place)["constrained_columns"]
        indexes = [each["column_names"] for each in inspector.get_indexes(*place)]
        return any(names[:1] == [column] for names in (key, *indexes))

    def as_text(self, column: Any) -> Any:
        """A column as its database writes it, or as the driver gives it."""
        from sqlalchemy import type_coerce
        from sqlalchemy.types import NullType

        return self.dialect.text(column) if self.dialect.text else type_coerce(column, NullType())

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
                rows = arrow(names, part, HASHES)
                yield singles(rows, self._singles.intersection(names))
        finally:
            result.close()

    def _text(self, theirs: str) -> Any:
        return self.as_text(self.table.c[theirs])

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


@contextmanager
def table_reader(engine: Engine, mapping: TableMapping) -> Iterator[TableReader]:
    """A reader of one table on a connection of its own; what it reads is of one moment if it can.

    Raises ConfigurationError for a table or a column that is not there, or rows that are hidden.
    """
    dialect = dialect_of(engine.dialect.name)
    with engine.connect() as connection:
        connection = connection.execution_options(**dialect.options)
        for statement in dialect.session:
            connection.exec_driver_sql(statement)
        table = _reflected(connection, mapping)
        if may_hide_rows(connection, mapping):
            raise ConfigurationError(
                f"Row-level security of the application's table {mapping.table} applies to this "
                "user: rows that a policy hides would count as deleted. Give the user the right to "
                f"see all (ALTER ROLE ... BYPASSRLS), or name in [{mapping.name}] a view whose "
                "owner may."
            )
        yield TableReader(connection, mapping, dialect, table)


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


def _short(*parts: Any) -> str:
    return sha256(json.dumps(parts, default=str, sort_keys=True).encode()).hexdigest()[:16]

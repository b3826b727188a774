"""How each database writes its values as text and hashes its rows.

Values leave the database as text, so that no driver and no file format between it and us has to
understand them: a number of 65 digits, `infinity`, an interval, a date of all zeros.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Expression = Any

#: Rows fall into so many buckets by their id; a sum over each tells whether anything differs in it.
BUCKETS = 65_536


@dataclass(frozen=True)
class Hashes:
    """Expressions in a database's SQL: the bucket of an id, and a signed 64-bit hash of texts."""

    bucket: Callable[[Expression], Expression]
    hashed: Callable[[Sequence[Expression]], Expression]


@dataclass(frozen=True)
class Dialect:
    """A kind of database.

    `text` makes text of a column in the database itself; without it values come as the driver gives
    them. `session` are statements that settle how text is written, and that all of it is. `options`
    of the connection give all reading of a table one moment where the database can. Without
    `hashes` all rows are read to compare them.
    """

    text: Callable[[Expression], Expression] | None = None
    session: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    hashes: Hashes | None = None


def dialect_of(name: str) -> Dialect:
    """The dialect by SQLAlchemy's name of it; a plain one for those without an entry."""
    return {"postgresql": _POSTGRESQL, "mysql": _MYSQL, "mariadb": _MYSQL}.get(name, Dialect())


def is_number(column: Expression) -> bool:
    """Whether a column's type is one of numbers."""
    from sqlalchemy import Float, Integer, Numeric

    return isinstance(column.type, Float | Integer | Numeric)


def is_single(column: Expression) -> bool:
    """Whether a column's numbers are of single precision and its text says more than they hold."""
    from sqlalchemy.dialects.mysql import FLOAT

    return isinstance(column.type, FLOAT)


# --- PostgreSQL ---------------------------------------------------------------------------------


def _postgresql_text(column: Expression) -> Expression:
    from sqlalchemy import BigInteger, Numeric, Text, cast
    from sqlalchemy.dialects.postgresql import BIT, MONEY

    if isinstance(column.type, BIT) and (column.type.length or 1) <= 63 and not column.type.varying:
        return cast(cast(column, BigInteger()), Text)
    if isinstance(column.type, MONEY):
        return cast(cast(column, Numeric()), Text)
    return cast(column, Text)


def _postgresql_hash(texts: Sequence[Expression]) -> Expression:
    """A row as text quotes its parts, so two rows are never written the same."""
    from sqlalchemy import BigInteger, Text, cast, func

    return func.hashtextextended(
        cast(func.row(*texts), Text).collate("C"), cast(0, BigInteger), type_=BigInteger
    )


def _postgresql_bucket(id_text: Expression) -> Expression:
    from sqlalchemy import BigInteger, cast

    return _postgresql_hash([id_text]).bitwise_and(cast(BUCKETS - 1, BigInteger))


_POSTGRESQL = Dialect(
    _postgresql_text,
    (
        "set TimeZone = 'UTC'",
        "set DateStyle = 'ISO, YMD'",
        "set IntervalStyle = 'postgres'",
        "set bytea_output = 'hex'",
        # 1 and more: as many digits as it takes to tell a number from its neighbours.
        "set extra_float_digits = 3",
        "set client_encoding = 'UTF8'",
    ),
    {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
    Hashes(_postgresql_bucket, _postgresql_hash),
)


# --- MySQL and MariaDB --------------------------------------------------------------------------


def _mysql_text(column: Expression) -> Expression:
    from sqlalchemy import LargeBinary, cast, func, literal_column
    from sqlalchemy.dialects.mysql import BIT, FLOAT
    from sqlalchemy.types import BINARY, CHAR, VARBINARY, NullType

    if isinstance(column.type, LargeBinary | BINARY | VARBINARY | NullType):
        return func.concat("\\x", func.lower(func.hex(column)))
    if isinstance(column.type, BIT):
        return cast(column.op("+")(literal_column("0")), CHAR)
    if isinstance(column.type, FLOAT):
        # Written by itself a single float has six digits only. This has all that it holds, and a
        # double's digits behind (0.10000000149011612 for 0.1), which `texts.singles` takes away.
        return cast(column.op("+")(literal_column("0e0")), CHAR)
    if getattr(column.type, "zerofill", False):
        # The zeros are how the column is shown, and no part of the number.
        return cast(column.op("+")(literal_column("0")), CHAR)
    return cast(column, CHAR)


def _mysql_hash(texts: Sequence[Expression]) -> Expression:
    """Each text with its length before it, so two rows are never written the same."""
    from sqlalchemy import BigInteger, func, literal_column

    parts = [
        func.coalesce(func.concat(func.char_length(text), ":", text), literal_column("'~'"))
        for text in texts
    ]
    digits = func.left(func.md5(func.concat(*parts)), 15)
    return _signed(func.conv(digits, 16, 10), BigInteger)


def _mysql_bucket(id_text: Expression) -> Expression:
    from sqlalchemy import BigInteger, func, literal_column

    known = func.coalesce(id_text, "")
    return func.crc32(known, type_=BigInteger).op("%")(literal_column(str(BUCKETS)))


def _signed(expression: Expression, kind: Any) -> Expression:
    from sqlalchemy import cast

    return cast(expression, kind)


_MYSQL = Dialect(
    _mysql_text,
    (
        "set time_zone = '+00:00'",
        # Of char(n) the padding is none.
        "set sql_mode = replace(@@sql_mode, 'PAD_CHAR_TO_FULL_LENGTH', '')",
        # A limit that an administrator has set for people would cut off rows without a word.
        "set sql_select_limit = 18446744073709551615",
    ),
    {"isolation_level": "REPEATABLE READ"},
    Hashes(_mysql_bucket, _mysql_hash),
)

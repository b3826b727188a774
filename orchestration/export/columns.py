"""What a column holds, as far as other kinds of files must know."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

import duckdb


class Kind(Enum):
    """LIST is whatever holds several values; WHOLE a number without fraction; MOMENT is UTC."""

    TEXT = auto()
    LIST = auto()
    BOOLEAN = auto()
    WHOLE = auto()
    NUMBER = auto()
    DAY = auto()
    MOMENT = auto()


_KINDS = {
    "BOOLEAN": Kind.BOOLEAN,
    "DATE": Kind.DAY,
    "TIMESTAMP": Kind.MOMENT,
    "TIMESTAMP WITH TIME ZONE": Kind.MOMENT,
    "FLOAT": Kind.NUMBER,
    "DOUBLE": Kind.NUMBER,
    **{
        sign + whole: Kind.WHOLE
        for sign in ("", "U")
        for whole in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
    },
}
_LISTS = ("STRUCT(", "MAP(")


@dataclass(frozen=True)
class Column:
    """A column of a query's result."""

    name: str
    kind: Kind

    @property
    def quoted(self) -> str:
        """Its name in SQL."""
        return f'"{self.name}"'


def columns_of(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Column, ...]:
    """The columns of a query's result, in order."""
    described = connection.execute(f"describe {query}").fetchall()
    return tuple(Column(name, _kind(type_)) for name, type_, *_ in described)


def _kind(type_: str) -> Kind:
    if type_.endswith("]") or type_.startswith(_LISTS):
        return Kind.LIST
    if type_.startswith("DECIMAL("):
        return Kind.NUMBER
    return _KINDS.get(type_, Kind.TEXT)

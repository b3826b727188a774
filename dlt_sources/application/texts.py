"""What drivers give for values, as text: rows become Arrow tables of texts."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dlt_sources.application.values import UNREADABLE

if TYPE_CHECKING:
    import pyarrow as pa


def arrow(names: Sequence[str], rows: Sequence[Any], numbers: Collection[str]) -> pa.Table:
    """Rows as columns of texts; those that are named as numbers stay whole numbers."""
    import pyarrow as pa

    columns = zip(*rows, strict=True)
    return pa.table(
        {
            name: _whole_numbers(column) if name in numbers else _texts(column)
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
    if kinds <= {int, type(None)} and all(_is_small(value) for value in column):
        return pa.array(column, pa.int64()).cast(pa.string())
    return pa.array(_written(column), pa.string())


def _is_small(value: int | None) -> bool:
    return value is None or -(2**63) <= value < 2**63


def _written(column: Iterable[Any]) -> list[str | None]:
    return [None if value is None else text_of(value) for value in column]


def text_of(value: Any) -> str:
    """What a driver gives for a value, as text that says the same."""
    if isinstance(value, str):
        return value
    written = _WRITTEN.get(type(value), str)
    return str(written(value))


def _float(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)


_WRITTEN: Mapping[type, Callable[[Any], str]] = {
    bool: lambda value: "true" if value else "false",
    # As PostgreSQL writes bytes: never to be taken for a number.
    bytes: lambda value: f"\\x{value.hex()}",
    memoryview: lambda value: f"\\x{value.hex()}",
    float: _float,
    Decimal: lambda value: format(value, "f"),
    datetime: lambda value: value.isoformat(sep=" "),
    dict: lambda value: json.dumps(value, default=str),
    list: lambda value: json.dumps(value, default=str),
}


def singles(rows: pa.Table, names: Collection[str]) -> pa.Table:
    """Numbers of single precision in the fewest digits that tell them from their neighbours."""
    import pyarrow as pa

    for name in names:
        place = rows.column_names.index(name)
        shortest = rows[name].cast(pa.float32()).cast(pa.string())
        rows = rows.set_column(place, name, shortest)
    return rows


def utf8(raw: bytes) -> str:
    """A text of SQLite's, which may hold anything."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return UNREADABLE

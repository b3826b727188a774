"""A relation as Parquet: every type as it is, and times marked as UTC."""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.export.choosing import Source
from orchestration.export.columns import Column, Kind
from orchestration.export.copying import copy
from orchestration.export.watching import Tell


def write_parquet(
    connection: duckdb.DuckDBPyConnection, source: Source, file: Path, tell: Tell
) -> int:
    """Write the rows in the order in which they are stored, compressed; how many they are."""
    values = map(_value, source.columns)
    return copy(connection, source, values, file, "format parquet, compression zstd", tell)


def _value(column: Column) -> str:
    """A time without a zone would be taken for local time; the session's zone is UTC."""
    if column.kind is Kind.MOMENT:
        return f"cast({column.quoted} as timestamp with time zone) as {column.quoted}"
    return column.quoted

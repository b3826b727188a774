"""Rows that DuckDB writes into a file by itself."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from dlt_sources.sql import literal
from orchestration.export.choosing import Source
from orchestration.export.watching import Tell, watched


def copy(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    values: Iterable[str],
    file: Path,
    options: str,
    tell: Tell,
) -> int:
    """Write values of the rows, in the order in which they are stored; how many rows they are.

    `values` are SQL expressions, one for each column of the file, and `options` those of COPY.
    """
    selected = f"select {', '.join(values)} from ({source.query})"
    with watched(connection, tell):
        [(rows,)] = connection.execute(
            f"copy ({selected}) to {literal(file)} ({options})"
        ).fetchall()
    return int(rows)

"""Build a home that was written by hand, and read what came out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.lib.dbt_runner import NodeResult, build
from orchestration.lib.home import Home
from tests.dbt.dbt_warehouse import Warehouse

Row = Mapping[str, Any]


@contextmanager
def opened(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Both files of a home under the names dbt gave them, as its views need."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{home / 'warehouse.duckdb'}' as warehouse")
        connection.execute(f"attach '{home / 'build.duckdb'}' as build")
        yield connection


def built(warehouse: Warehouse, *arguments: str) -> list[NodeResult]:
    """What became of each node of a dbt build in the warehouse's home."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROLLBOOK_HOME", str(warehouse.home))
        home = Home(warehouse.home)
        home.prepare()
        return build(home, arguments)


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    """The rows of a query, by column."""
    found = connection.execute(query)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

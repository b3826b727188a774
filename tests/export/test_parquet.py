"""Parquet: every value as it is in the file, times marked as UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.parquet as pq

from orchestration.export.choosing import Source
from orchestration.export.columns import columns_of
from orchestration.export.parquet_file import write_parquet

_QUERY = (
    "select '0012' as id, ['a', null] as list, '{\"a\": 1}'::json as json, 5::bigint as whole, "
    "0.1::double as fraction, true as yes, date '0044-03-15' as day, "
    "timestamp '2026-08-17 02:00:00.123456' as moment, null::timestamp as never, '' as empty"
)


def _write(connection: duckdb.DuckDBPyConnection, query: str, folder: Path) -> Path:
    source = Source("roster.x", query, columns_of(connection, query))
    write_parquet(connection, source, folder / "x.parquet", lambda _: None)
    return folder / "x.parquet"


def test_values_are_what_they_were(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    file = _write(connection, _QUERY, tmp_path)

    casts = "moment::timestamp as moment, never::timestamp as never"
    read = f"select * replace ({casts}) from '{file}'"
    assert connection.execute(read).fetchall() == connection.execute(_QUERY).fetchall()


def test_a_time_is_that_instant_in_every_zone(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    file = _write(connection, _QUERY, tmp_path)

    instant = datetime(2026, 8, 17, 2, 0, 0, 123456, UTC)
    assert pd.read_parquet(file)["moment"][0] == instant
    connection.execute("set timezone = 'America/Chicago'")
    found = connection.execute(f"select moment from '{file}'").fetchone()
    assert found == (instant,)


def test_rows_are_in_the_order_in_which_they_are_stored_and_compressed(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    connection.execute("create table x as select (i * 7919) % 300007 as n from range(300000) r(i)")

    file = _write(connection, "from x", tmp_path)

    expected = [n for (n,) in connection.execute("from x").fetchall()]
    assert pd.read_parquet(file)["n"].tolist() == expected
    assert pq.ParquetFile(file).metadata.row_group(0).column(0).compression == "ZSTD"

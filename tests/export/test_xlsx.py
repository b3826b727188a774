"""Workbooks: every cell is what the table holds, or the export is refused."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

import duckdb
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from dlt_sources.errors import ConfigurationError
from orchestration.export.choosing import Source
from orchestration.export.columns import columns_of
from orchestration.export.xlsx_file import expect_sheet, write_xlsx
from tests.export.conftest import Published

_TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.sampled_from(["0012", "1E5", "=1+1", "@x", "TRUE", "2026-08-17", "#N/A", " x ", "http://x"]),
)


def _source(connection: duckdb.DuckDBPyConnection, query: str, name: str = "roster.x") -> Source:
    return Source(name, query, columns_of(connection, query))


def _write(connection: duckdb.DuckDBPyConnection, query: str, folder: Path) -> Path:
    source = _source(connection, query)
    rows = expect_sheet(connection, source)
    assert write_xlsx(connection, source, folder / "x.xlsx", lambda _: None, rows) == rows
    return folder / "x.xlsx"


def _cells(file: Path) -> list[list[Any]]:
    """The cells of the only sheet, header first."""
    [sheet] = openpyxl.load_workbook(file).worksheets
    return [list(row) for row in sheet.iter_rows()]


@given(st.lists(_TEXTS, min_size=1, max_size=4))
@example(["<r><t>bold</t></r>", "<r>&</r>", "_x0041_", "\x00", "\ufffe", "\r\n", "a\nb", "\x1b[0m"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_texts_are_what_they_were(connection: duckdb.DuckDBPyConnection, texts: list[str]) -> None:
    connection.execute("create or replace table x (t varchar)")
    connection.executemany("insert into x values (?)", [[text] for text in texts])
    with TemporaryDirectory() as folder:
        cells = _cells(_write(connection, "from x", Path(folder)))[1:]

    assert [unescape(cell.value or "") for [cell] in cells] == texts
    assert {cell.data_type for [cell] in cells if cell.value} <= {"s", "inlineStr"}
    assert {cell.number_format for [cell] in cells} == {"@"}


def test_numbers_days_and_times_are_those_of_excel(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    file = _write(
        connection,
        "select -5::bigint as whole, 0.25::double as fraction, 12.50::decimal(9, 2) as money, "
        "false as no, date '2012-02-29' as day, timestamp '2026-08-17 02:00:00.25' as moment, "
        "timestamptz '2026-08-17 02:00:00+02' as zoned, null::date as nothing, ['0012'] as list",
        tmp_path,
    )

    header, [*cells] = _cells(file)
    read = {name.value: cell for name, cell in zip(header, cells, strict=True)}
    assert {name: cell.value for name, cell in read.items()} == {
        "whole": -5,
        "fraction": 0.25,
        "money": 12.5,
        "no": False,
        "day": datetime(2012, 2, 29),
        "moment": datetime(2026, 8, 17, 2, 0, 0, 250_000),
        "zoned": datetime(2026, 8, 17, 0, 0),
        "nothing": None,
        "list": '["0012"]',
    }
    assert read["day"].number_format == "yyyy-mm-dd"
    assert read["moment"].number_format == "yyyy-mm-dd hh:mm:ss"


def test_what_excel_cannot_count_with_is_text(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    values = {
        "date '1899-12-31'": "1899-12-31",
        "date '1900-02-28'": "1900-02-28",
        "date '12026-01-01'": "12026-01-01",
        "date '0044-03-15 (BC)'": "0044-03-15 (BC)",
        "'infinity'::date": "infinity",
        "timestamp '1899-12-31 23:59:59'": "1899-12-31 23:59:59",
        "1234567890123456": "1234567890123456",
        "170141183460469231731687303715884105727::hugeint": (
            "170141183460469231731687303715884105727"
        ),
        "1234567890.12345678::decimal(38, 8)": "1234567890.12345678",
        "'nan'::double": "nan",
        "'-inf'::double": "-inf",
    }
    listed = ", ".join(f"{value} as c{place}" for place, value in enumerate(values))

    _, cells = _cells(_write(connection, f"select {listed}", tmp_path))

    assert [cell.value for cell in cells] == [*values.values()]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}


def test_what_it_can_count_with_is_a_number(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    query = (
        "select 123456789012345 as whole, 1000000000000000000 as round, "
        "date '1900-03-01' as day, 123456.789012345::decimal(38, 20) as money"
    )
    _, cells = _cells(_write(connection, query, tmp_path))

    assert [cell.value for cell in cells] == [
        123456789012345,
        10**18,
        datetime(1900, 3, 1),
        123456.789012345,
    ]


@pytest.mark.parametrize(
    ("text", "fits"),
    [("x" * 32_767, True), ("x" * 32_768, False), ("😀" * 16_383, True), ("😀" * 16_384, False)],
    ids=["longest", "too long", "longest of two units", "too long of two units"],
)
def test_a_text_no_cell_holds_is_refused_not_cut(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, text: str, fits: bool
) -> None:
    connection.execute("create table x as select 'id' as id, $1 as name", [text])
    if fits:
        assert _cells(_write(connection, "from x", tmp_path))[1][1].value == text
        return

    with pytest.raises(ConfigurationError) as refused:
        _write(connection, "from x", tmp_path)
    assert "roster.x, column name: a text has more than 32,767" in str(refused.value)
    assert "xxx" not in str(refused.value)


def test_more_rows_than_a_sheet_has_are_refused(connection: duckdb.DuckDBPyConnection) -> None:
    fits = _source(connection, "from range(1048575)")
    assert expect_sheet(connection, fits) == 1_048_575

    with pytest.raises(ConfigurationError, match=r"roster.x has 1,048,576 rows.*--district"):
        expect_sheet(connection, _source(connection, "from range(1048576)"))


def test_more_columns_than_a_sheet_has_are_refused(connection: duckdb.DuckDBPyConnection) -> None:
    wide = ", ".join(f"{place} as c{place}" for place in range(16_385))

    with pytest.raises(ConfigurationError, match="16,385 columns"):
        expect_sheet(connection, _source(connection, f"select {wide}"))


def test_a_sheet_is_called_after_its_table_and_keeps_its_header_in_sight(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    name = "roster.a_table_with_a_name_of_more_than_31_characters"
    source = _source(connection, "select 1 as n", name)
    write_xlsx(connection, source, tmp_path / "x.xlsx", lambda _: None, 1)

    [sheet] = openpyxl.load_workbook(tmp_path / "x.xlsx").worksheets
    assert sheet.title == "a_table_with_a_name_of_more_tha"
    assert sheet.freeze_panes == "A2"


def test_every_table_has_a_sheet_of_its_own_name(published: Published) -> None:
    names = published.ask("select table_name from roster.guide where kind <> 'macro'")

    assert [name for (name,) in names if len(name.split(".")[1]) > 31] == []


def test_pandas_reads_ids_as_text(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    file = _write(connection, "from (values ('0012'), ('1E5')) as x(id)", tmp_path)

    assert pd.read_excel(file, dtype=object)["id"].tolist() == ["0012", "1E5"]


def test_nothing_is_a_formula_or_a_link(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    query = "from (values ('=1+1'), ('{=1}'), ('http://evil.example'), ('mailto:x')) as x(name)"
    file = _write(connection, query, tmp_path)

    with ZipFile(file) as book:
        names, sheet = book.namelist(), book.read("xl/worksheets/sheet1.xml").decode()
    assert not re.search("<f[ >]|hyperlink", sheet)
    assert not [name for name in names if "rels" in name and "sheet" in name]
    assert not [*tmp_path.glob("tmp*")]

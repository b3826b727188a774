"""CSV: what Excel shows is what was there, and so is what programs read."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from orchestration.export.choosing import Source
from orchestration.export.columns import columns_of
from orchestration.export.csv_file import marked, write_csv

#: Texts that Excel takes for something else: what it would make of them.
CONVERTED = {
    # executed
    "=1+1": "2",
    '=HYPERLINK("http://evil.example","click")': "a link",
    "+1+cmd|' /C calc'!A0": "a program",
    "-2+3": "1",
    "@SUM(1,2)": "3",
    "\t=1": "2",
    "\r=1": "2",
    "\n=1": "2",
    " =1": "2 in some",
    "\u00a0=1": "2 in some",
    "\u200b=1": "2 in some",
    "\ufeff=1": "2 in some",
    "＝1+1": "2 in East Asia",  # noqa: RUF001
    "－1": "-1 in East Asia",  # noqa: RUF001
    # numbers
    "0012": "12",
    "00": "0",
    "02134": "2134",
    "123456789012": "1.23457E+11",
    "12345678901234567890": "1.23457E+19",
    "581234567890123456789e12": "5.81235E+32",
    "1E5": "100000",
    "1.50": "1.5",
    ".5": "0.5",
    "1,234": "1234",
    "1 234": "1234 in France",
    "$5": "5",
    "5 €": "5",
    "50%": "0.5",
    "(5)": "-5",
    "5-": "-5",
    "1/2": "2 January",
    "1 1/2": "1.5",
    # days and times
    "1-2": "2 January",
    "8/17/2012": "a day",
    "2012-08-17": "a day",
    "3.4.2012": "a day in Germany",
    "Sep 1": "1 September",
    "1-sep": "1 September",
    "MARCH 2012": "1 March",
    "MAR1": "1 March",
    "May 5, 2012": "a day",
    "9:30": "a time",
    "9:30 pm": "a time",
    "9:30:15 AM": "a time",
    "9 am": "a time",
    "9 p": "a time",
    "1月2日": "a day in Japan",
    # others
    "true": "TRUE",
    "FALSE": "FALSE",
    "#N/A": "an error",
    "#REF!": "an error",
    # the mark itself, so that taking one away gives back what was there
    "'": "",
    "'Fay": "",
}
LEFT_ALONE = [
    "", "Ana", "O'Brien", "Zoë", "7", "0", "12", "100023", "99999999999", "9A", "10B", "K",
    "66a0c000a157d00000000001", "Algebra 1", "Period 3", "Room 12", "May", "June", "marigold 3",
    "a=b", "a@example.org", "Smith-Jones", "n/a", "None", "null", "NA", "Infinity", "nan",
    '{"a": 1}', '["x"]', "[]", "x;y", "1st", "3rd grade", "12 Main St", "e5", "T1", "truest",
]  # fmt: skip
_PLAIN = re.compile("0|[1-9][0-9]{0,10}")

#: Texts as people write them, and as attackers and exporters of other systems do.
_TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.text(st.sampled_from(" '\"=+-@\t\r\n,;.:/%$0123456789eEaApPmMxé\u00a0＝"), max_size=12),  # noqa: RUF001
    st.from_regex(r"[-+]?[0-9]{0,25}(\.[0-9]*)?([eE][-+]?[0-9]{1,3})?", fullmatch=True),
    st.sampled_from([*CONVERTED, *LEFT_ALONE]),
)


def _in_csv(connection: duckdb.DuckDBPyConnection, text: str) -> str:
    [(found,)] = connection.execute(f"select {marked('$1')}", [text]).fetchall()
    assert isinstance(found, str)
    return found


def _write(connection: duckdb.DuckDBPyConnection, query: str, folder: Path) -> Path:
    source = Source("roster.x", query, columns_of(connection, query))
    write_csv(connection, source, folder / "x.csv", lambda _: None)
    return folder / "x.csv"


@pytest.mark.parametrize("text", CONVERTED)
def test_what_excel_would_convert_has_an_apostrophe(
    connection: duckdb.DuckDBPyConnection, text: str
) -> None:
    assert _in_csv(connection, text) == f"'{text}"


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_excel_leaves_alone_is_left_alone(
    connection: duckdb.DuckDBPyConnection, text: str
) -> None:
    assert _in_csv(connection, text) == text


@given(_TEXTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_is_a_formula_or_another_number_and_all_come_back(
    connection: duckdb.DuckDBPyConnection, text: str
) -> None:
    cell = _in_csv(connection, text)

    assert cell.removeprefix("'") == text
    assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))  # noqa: RUF001
    if not cell.startswith("'"):
        assert _PLAIN.fullmatch(cell) or not _is_number(cell)


def _is_number(text: str) -> bool:
    """Whether a spreadsheet may take it for one; words are none to it."""
    try:
        float(text.replace(",", "").replace("_", "x"))
    except ValueError:
        return False
    return any(character.isdigit() and character.isascii() for character in text)


@given(st.lists(st.tuples(_TEXTS, st.none() | _TEXTS), min_size=1, max_size=5))
@example([("\r\n", None), ("\n", ""), ('"', '""'), (",", "\r")])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_programs_read_what_was_there(
    connection: duckdb.DuckDBPyConnection, rows: list[tuple[str, str | None]]
) -> None:
    # The C library behind pandas and DuckDB's reader end a text at NUL.
    rows = [
        (first.replace("\0", ""), second and second.replace("\0", "")) for first, second in rows
    ]
    connection.execute("create or replace table x (first varchar, second varchar)")
    connection.executemany("insert into x values (?, ?)", rows)
    with TemporaryDirectory() as folder:
        file = _write(connection, "from x", Path(folder))

        read = pd.read_csv(file, dtype=str, keep_default_na=False)
        with file.open(encoding="utf-8-sig", newline="") as lines:
            [header, *cells] = csv.reader(lines)
        by_duckdb = connection.execute(
            f"select columns(*) from read_csv('{file}', all_varchar = true, header = true, "
            "delim = ',', quote = '\"', escape = '\"', new_line = '\\r\\n', nullstr = '\\N')"
        ).fetchall()

    expected = [tuple(each or "" for each in row) for row in rows]
    assert header == ["first", "second"] == list(read.columns)
    assert [tuple(each.removeprefix("'") for each in row) for row in cells] == expected
    unmarked = read.apply(lambda column: column.str.removeprefix("'"))
    assert [*unmarked.itertuples(index=False, name=None)] == expected
    assert [tuple((each or "").removeprefix("'") for each in row) for row in by_duckdb] == expected


def test_excel_sees_utf_8_and_its_own_line_ends(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    file = _write(connection, "select 'Zoë' as name, null as none, '' as empty", tmp_path)

    assert file.read_bytes() == '\ufeffname,none,empty\r\nZoë,,""\r\n'.encode()


def test_numbers_days_and_lists_are_plain(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    file = _write(
        connection,
        "select -5 as whole, 99999999999 as large, 100000000000 as larger, "
        "170141183460469231731687303715884105727::hugeint as huge, -0.25::double as fraction, "
        "'-inf'::double as none, 'nan'::double as nan, 12.50::decimal(9, 2) as money, true as yes, "
        "date '1899-12-31' as day, '-infinity'::date as never, "
        "timestamp '2026-08-17 02:00:00' as moment, "
        "timestamptz '2026-08-17 02:00:00.5+02' as zoned, "
        "['0012', 'a'] as list, '{\"a\": \"=1\"}'::json as json, {'a': 1} as struct",
        tmp_path,
    )

    with file.open(encoding="utf-8-sig", newline="") as lines:
        [read] = csv.DictReader(lines)
    assert read == {
        "whole": "-5",
        "large": "99999999999",
        "larger": "'100000000000",
        "huge": "'170141183460469231731687303715884105727",
        "fraction": "-0.25",
        "none": "'-inf",
        "nan": "'nan",
        "money": "12.50",
        "yes": "true",
        "day": "1899-12-31",
        "never": "'-infinity",
        "moment": "2026-08-17 02:00:00",
        "zoned": "2026-08-17 00:00:00.5",
        "list": '["0012","a"]',
        "json": '{"a": "=1"}',
        "struct": '{"a":1}',
    }


def test_rows_are_in_the_order_in_which_they_are_stored(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    connection.execute("create table x as select (i * 7919) % 300007 as n from range(300000) r(i)")

    file = _write(connection, "from x", tmp_path)

    expected = [n for (n,) in connection.execute("from x").fetchall()]
    assert pd.read_csv(file)["n"].tolist() == expected

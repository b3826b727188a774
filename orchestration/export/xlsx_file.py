"""A relation as a workbook for Excel: texts stay texts, days days, and nothing is cut off.

Excel's sheets have limits. What they cannot hold is refused before or while it is written; what
they can hold as text only (days before March 1900, on which spreadsheets disagree, and numbers with
more digits than a spreadsheet counts with) is there as text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Any

import duckdb
from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError

from dlt_sources.errors import ConfigurationError
from orchestration.export.choosing import Source
from orchestration.export.columns import Column, Kind
from orchestration.export.watching import Tell, interruptible

#: Rows of a sheet below its header, columns, characters (UTF-16 units) of a cell and of a name.
MOST_ROWS = 1_048_575
_MOST_COLUMNS = 16_384
_MOST_CHARACTERS = 32_767
_LONGEST_NAME = 31
#: Lotus had a 29 February 1900: Excel's count of days is like that of others from then on only.
_FIRST_DAY = date(1900, 3, 1)
#: Digits that Excel counts with.
_DIGITS = 15
_AT_ONCE = 5_000

_FORMATS = {
    Kind.TEXT: "@",
    Kind.LIST: "@",
    Kind.WHOLE: "0",
    Kind.DAY: "yyyy-mm-dd",
    Kind.MOMENT: "yyyy-mm-dd hh:mm:ss",
}
_WIDTHS = {Kind.TEXT: 26, Kind.LIST: 26, Kind.DAY: 11, Kind.MOMENT: 19}
_OTHER_WIDTH = 12


def expect_sheet(connection: duckdb.DuckDBPyConnection, source: Source) -> int:
    """How many rows there are; raises ConfigurationError if no sheet holds so many, or so wide."""
    [(rows,)] = connection.execute(f"select count(*) from ({source.query})").fetchall()
    if rows > MOST_ROWS or len(source.columns) > _MOST_COLUMNS:
        raise ConfigurationError(
            f"{source.name} has {rows:,} rows and {len(source.columns):,} columns; a sheet of "
            f"Excel holds {MOST_ROWS:,} and {_MOST_COLUMNS:,}. Narrow it with --district or --on, "
            "or export it as parquet or csv. Nothing was exported."
        )
    return int(rows)


def write_xlsx(
    connection: duckdb.DuckDBPyConnection, source: Source, file: Path, tell: Tell, expected: int
) -> int:
    """Write the rows, in the order in which they are stored, into the only sheet; how many.

    As many are `expected` as `expect_sheet` counted. What is not in memory meanwhile is in files
    beside `file`. Times are UTC and lists are JSON. Raises ConfigurationError for a text that no
    cell holds.
    """
    options = {"constant_memory": True, "tmpdir": str(file.parent), "use_zip64": True}
    book = Workbook(str(file), options)
    sheet = _Sheet(book, source)
    number = 0
    for number, row in enumerate(_rows(connection, source), start=1):
        sheet.write(number, row)
        if number % _AT_ONCE == 0:
            tell(min(1.0, number / expected))
    try:
        book.close()
    except FileCreateError as error:
        # The library's own error hides which one the operating system gave.
        raise (error.__context__ or error) from None
    return number


class _Sheet:
    """The sheet of a workbook, with a header that stays in sight; row 0 is the header."""

    def __init__(self, book: Workbook, source: Source) -> None:
        self._source = source
        self._sheet = book.add_worksheet(source.name.split(".")[1][:_LONGEST_NAME])
        self._sheet.freeze_panes(1, 0)
        self._sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MOST_ROWS + 1}"})
        self._formats = {
            kind: book.add_format({"num_format": _FORMATS[kind]} if kind in _FORMATS else {})
            for kind in Kind
        }
        writers: dict[Kind, Callable[[int, int, Any], None]] = {
            **dict.fromkeys((Kind.TEXT, Kind.LIST), self._write_text),
            **dict.fromkeys((Kind.WHOLE, Kind.NUMBER), self._write_number),
            **dict.fromkeys((Kind.DAY, Kind.MOMENT), self._write_time),
            Kind.BOOLEAN: self._write_boolean,
        }
        self._writers = [writers[column.kind] for column in source.columns]
        header = book.add_format({"bold": True})
        for place, column in enumerate(source.columns):
            # A cell that somebody edits stays text only if its format says so.
            width = _WIDTHS.get(column.kind, _OTHER_WIDTH)
            self._sheet.set_column(place, place, width, self._formats[column.kind])
            self._sheet.write_string(0, place, column.name, header)

    def write(self, row: int, values: Sequence[Any]) -> None:
        """Write a row; raises ConfigurationError for a text that is too long."""
        for place, value in enumerate(values):
            if value is not None:
                self._writers[place](row, place, value)

    def _write_text(self, row: int, place: int, value: str) -> None:
        if 2 * len(value) > _MOST_CHARACTERS and _units(value) > _MOST_CHARACTERS:
            raise ConfigurationError(
                f"{self._source.name}, column {self._source.columns[place].name}: a text has more "
                f"than {_MOST_CHARACTERS:,} characters, which no cell of Excel holds; export this "
                "table as parquet or csv. Nothing was exported."
            )
        text = self._formats[Kind.TEXT]
        if value.startswith("<r>") and value.endswith("</r>"):
            # XlsxWriter would take it for XML of its own, and write it as that.
            self._sheet.write_rich_string(row, place, value[0], text, value[1:], text)
        else:
            self._sheet.write_string(row, place, value, text)

    def _write_boolean(self, row: int, place: int, value: bool) -> None:
        self._sheet.write_boolean(row, place, value)

    def _write_number(self, row: int, place: int, value: float | Decimal) -> None:
        if _is_counted_with(value):
            kind = self._source.columns[place].kind
            self._sheet.write_number(row, place, value, self._formats[kind])
        else:
            self._write_text(row, place, str(value))

    def _write_time(self, row: int, place: int, value: str) -> None:
        if time := _read_time(value):
            kind = self._source.columns[place].kind
            self._sheet.write_datetime(row, place, time, self._formats[kind])
        else:
            self._write_text(row, place, value)


def _rows(connection: duckdb.DuckDBPyConnection, source: Source) -> Iterator[tuple[Any, ...]]:
    values = ", ".join(map(_value, source.columns))
    with interruptible():
        found = connection.execute(f"select {values} from ({source.query})")
        while rows := found.fetchmany(_AT_ONCE):
            yield from rows


def _value(column: Column) -> str:
    """Days and times come as text: Python's own end at year 9999 and have no infinity."""
    match column.kind:
        case Kind.BOOLEAN | Kind.WHOLE | Kind.NUMBER:
            return column.quoted
        case Kind.LIST:
            return f"cast(to_json({column.quoted}) as varchar)"
        case Kind.MOMENT:
            return f"cast(cast({column.quoted} as timestamp) as varchar)"
        case Kind.TEXT | Kind.DAY:
            return f"cast({column.quoted} as varchar)"


def _units(value: str) -> int:
    return len(value.encode("utf-16-le")) // 2


def _is_counted_with(value: float | Decimal) -> bool:
    """Whether Excel has the number as it is; fractions of computing have it with 15 digits."""
    if isinstance(value, float):
        return isfinite(value)
    return len(Decimal(value).normalize().as_tuple().digits) <= _DIGITS


def _read_time(value: str) -> date | None:
    """The day or time that Excel counts as one; None for what it would not."""
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        return None
    return read if read.date() >= _FIRST_DAY else None

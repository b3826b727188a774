r"""A relation as CSV that Excel opens without doing anything to it.

Excel takes the text of a cell for what it looks like, quoted or not: it executes what begins like a
formula, and makes of `0012` 12, of a long number 1E+17, of `1-2` a day. So a text that it would
take for something else gets an apostrophe in front. Whether it does depends on the text alone: the
same ID looks the same in every file. Taking one leading apostrophe away from every text gives back
exactly what was there, as a text that begins with one gets another.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from dlt_sources.sql import literal
from orchestration.export.choosing import Source
from orchestration.export.columns import Column, Kind
from orchestration.export.copying import copy
from orchestration.export.watching import Tell

#: Without it Excel reads UTF-8 as the code page of the machine.
_BYTE_ORDER_MARK = "\ufeff"
_MARK = "'"

#: Letters of the alphabet that Excel's numbers, days and times are written with; a class of all
#: letters there are would take DuckDB tens of milliseconds for each column.
_NO_LETTERS = "[^a-z]*"
_DIGIT = "[0-9０-９]"  # noqa: RUF001
_UNSEEN = (
    r"[\x00-\x20\x7f-\xa0\xad\x{1680}\x{2000}-\x{200f}\x{2028}-\x{202f}\x{205f}-\x{206f}"
    r"\x{3000}\x{feff}]*"
)
_MONTH = (
    "(jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|"
    "nov(ember)?|dec(ember)?)"
)
#: What Excel does not leave as it is: formulas, also behind what nobody sees, and with the wide
#: signs of East Asia; what begins with a control character; what begins with the mark itself.
_FORMULA = (
    f"^{_UNSEEN}[-=+@＝＋－＠]",  # noqa: RUF001
    r"^[\x00-\x1f]",
    f"^{_MARK}",
)
#: Numbers, percentages, fractions, amounts, days and times in whatever order and with whatever
#: signs a country writes them; 5e7; 9:30 pm; 1-Sep; TRUE; #N/A.
_OTHER = (
    f"^{_NO_LETTERS}{_DIGIT}{_NO_LETTERS}$",
    f"^{_NO_LETTERS}{_DIGIT}{_NO_LETTERS}e{_NO_LETTERS}{_DIGIT}{_NO_LETTERS}$",
    rf"^{_NO_LETTERS}{_DIGIT}([\s\xa0\x{{202f}}]+|:{_NO_LETTERS})[ap]m?\s*$",
    f"^{_NO_LETTERS}{_DIGIT}{_NO_LETTERS}{_MONTH}{_NO_LETTERS}$",
    f"^{_NO_LETTERS}{_MONTH}{_NO_LETTERS}{_DIGIT}{_NO_LETTERS}$",
    r"^\s*(true|false)\s*$",
    r"^\s*#(n/a|ref!|value!|div/0!|num!|name\?|null!|getting_data|spill!|calc!)\s*$",
)
_TAKEN_FOR_SOMETHING_ELSE = literal("|".join((*_FORMULA, *_OTHER)))
#: What Excel shows in full, with the same digits.
_PLAIN_NUMBER = literal("^(0|[1-9][0-9]{0,10})$")
_LARGEST_PLAIN = 99_999_999_999


def write_csv(connection: duckdb.DuckDBPyConnection, source: Source, file: Path, tell: Tell) -> int:
    """Write the rows in the order in which they are stored; how many they are.

    UTF-8 with a byte order mark, commas, double quotes where need be, lines ending as RFC 4180 has
    them. NULL is nothing, an empty text two quotes. Times are UTC, lists are JSON.
    """
    first, *others = source.columns
    values = [f'{_value(first)} as "{_BYTE_ORDER_MARK}{first.name}"']
    values += [f"{_value(column)} as {column.quoted}" for column in others]
    options = "format csv, header, new_line '\\r\\n'"
    return copy(connection, source, values, file, options, tell)


def marked(text: str) -> str:
    """SQL for a text with the apostrophe, where it needs one."""
    return (
        f"case when regexp_matches({text}, {_TAKEN_FOR_SOMETHING_ELSE}, 'i') "
        f"and not regexp_matches({text}, {_PLAIN_NUMBER}) "
        f"then {literal(_MARK)} || {text} else {text} end"
    )


def _value(column: Column) -> str:
    value = column.quoted
    match column.kind:
        case Kind.TEXT:
            return marked(f"cast({value} as varchar)")
        case Kind.LIST:
            return marked(f"cast(to_json({value}) as varchar)")
        case Kind.WHOLE:
            return _unless(f"abs({value}) > {_LARGEST_PLAIN}", value)
        case Kind.NUMBER:
            return _unless(f"not isfinite(cast({value} as double))", value)
        case Kind.DAY:
            return _unless(f"not isfinite({value})", value)
        case Kind.MOMENT:
            return _unless(f"not isfinite({value})", f"cast({value} as timestamp)")
        case Kind.BOOLEAN:
            return value


def _unless(odd: str, value: str) -> str:
    """A value as it is, but marked where it is odd: `-inf` looks like a formula, too."""
    text = f"cast({value} as varchar)"
    return f"case when {odd} then {literal(_MARK)} || {text} else {text} end"

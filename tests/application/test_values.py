"""Values are right, or NULL and counted; none of them ends a load."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dlt_sources.application.texts import text_of
from dlt_sources.application.values import canonical_id, converted, is_gone, is_unreadable
from tests.application.conftest import NOON, Application

A, B = (f"00000000-0000-0000-0000-00000000000{number}" for number in (1, 2))


def _read(application: Application, ours: str, kind: str, value: str) -> tuple[Any, int]:
    """What comes of a value, SQL of a column of this type; and how many were unreadable."""
    application.add(A)
    application.run(f"alter table activity add column odd {kind}")
    application.run(f"update activity set odd = {value}")
    application.mapping = application.mapping.replace(
        {"score": '"points"', "occurred_at": '"done_at"', "payload": '"details"'}[ours], '"odd"'
    )
    line = application.load()
    assert line.status == "complete", line.error
    [(_, found)] = application.log(ours)
    return found, line.unreadable


@pytest.mark.parametrize(
    ("kind", "value", "score"),
    [
        ("numeric(65, 30)", "0.5", 0.5),
        ("numeric", "2.0 / 3", 2 / 3),
        ("numeric", "'NaN'", None),
        ("numeric", "'Infinity'", None),
        ("double precision", "'NaN'", None),
        ("double precision", "'-Infinity'", None),
        ("double precision", "0.1", 0.1),
        ("double precision", "1e-300", 1e-300),
        ("real", "0.1", 0.1),
        ("bigint", "9007199254740993", 9007199254740992.0),
        ("boolean", "true", 1.0),
        ("bit(3)", "b'101'", 5.0),
        ("money", "12.5", 12.5),
        ("interval", "'1 hour 30 minutes'", None),
        ("inet", "'10.0.0.1'", None),
        ("text", "''", None),
        ("text", "'n/a'", None),
        ("text", "'1:30'", None),
        ("text", "'1e400'", None),
        ("text", "' 12.5 '", 12.5),
        ("numeric[]", "array[1, 2]", None),
        ("bytea", "'\\x01'", None),
        ("int4range", "'[1,5)'", None),
        ("point", "'(1,2)'", None),
    ],
)
def test_numbers_of_postgresql(
    postgres: Application, kind: str, value: str, score: float | None
) -> None:
    assert _read(postgres, "score", kind, value) == (score, int(score is None))


@pytest.mark.parametrize(
    ("kind", "value", "time"),
    [
        ("timestamp", "'infinity'", None),
        ("timestamp", "'-infinity'", None),
        ("timestamp", "'10000-01-01'", None),
        ("timestamp", "'0044-03-15 BC'", None),
        ("timestamptz", "'9999-12-31 23:59:59-05'", None),
        ("timestamptz", "'2026-08-17 14:00:00+02'", NOON),
        ("timestamptz", "'2026-08-17 12:00:00.25+00'", NOON + timedelta(seconds=0.25)),
        ("date", "'infinity'", None),
        ("date", "'2026-08-17'", datetime(2026, 8, 17)),
        ("text", "'infinity'", None),
        ("text", "'today'", None),
        ("text", "'2026-08-17T12:00:00Z'", NOON),
        ("text", "'2026-08-17T14:00:00 +02:00'", NOON),
        ("text", "'0000-00-00 00:00:00'", None),
        ("time", "'12:00'", None),
        ("bigint", "1755432000", None),
    ],
)
def test_times_of_postgresql(
    postgres: Application, kind: str, value: str, time: datetime | None
) -> None:
    assert _read(postgres, "occurred_at", kind, value) == (time, int(time is None))


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("interval", "'90 minutes'", "01:30:00"),
        ("inet", "'10.0.0.1'", "10.0.0.1/32"),
        ("text[]", "array['a', 'b c']", '{a,"b c"}'),
        ("bytea", "'\\x0aff'", "\\x0aff"),
        ("json", "'{\"a\":  1}'", '{"a":  1}'),
        ("boolean", "false", "false"),
        ("numeric(20, 4)", "42", "42"),
        ("double precision", "1e17", "100000000000000000"),
    ],
)
def test_texts_of_postgresql(postgres: Application, kind: str, value: str, text: str) -> None:
    assert _read(postgres, "payload", kind, value) == (text, 0)


@pytest.mark.parametrize(
    ("ours", "value", "found"),
    [
        ("score", "''", None),
        ("score", "'n/a'", None),
        ("score", "'1:30'", None),
        ("score", "9e999", None),
        ("score", "0.1", 0.1),
        ("score", "x'01'", None),
        ("score", "9223372036854775807", 9223372036854775807.0),
        ("occurred_at", "''", None),
        ("occurred_at", "1755432000", None),
        ("occurred_at", "'0000-00-00 00:00:00'", None),
        ("occurred_at", "'2026-02-30 00:00:00'", None),
        ("occurred_at", "'2026-08-17 12:00'", NOON),
        ("occurred_at", "'2026-08-17'", datetime(2026, 8, 17)),
        ("payload", "cast(x'ff' as text)", None),
        ("payload", "x'ff'", "\\xff"),
    ],
)
def test_values_of_sqlite(sqlite: Application, ours: str, value: str, found: Any) -> None:
    kind = {"score": "numeric", "occurred_at": "datetime", "payload": "text"}[ours]

    assert _read(sqlite, ours, kind, value) == (found, int(found is None))


@pytest.mark.parametrize(
    ("ours", "kind", "value", "found"),
    [
        ("score", "decimal(65, 30)", "0.5", 0.5),
        ("score", "float", "16777215", 16777215.0),
        ("score", "float", "0.1", 0.1),
        ("score", "float(7, 4)", "0.1", 0.1),
        ("score", "float", "3.4e38", 3.4e38),
        ("score", "float", "1e-30", 1e-30),
        ("score", "float unsigned zerofill", "0.1", 0.1),
        ("score", "double unsigned zerofill", "0.1", 0.1),
        ("score", "decimal(8, 2) unsigned zerofill", "0.1", 0.1),
        ("payload", "float", "0.1", "0.1"),
        ("payload", "float", "16777215", "16777215"),
        ("payload", "int(8) zerofill", "42", "42"),
        ("payload", "decimal(8, 2) zerofill", "42", "42"),
        ("payload", "bigint unsigned zerofill", "18446744073709551615", "18446744073709551615"),
        ("score", "double", "0.1", 0.1),
        ("score", "double", "1e-300", 1e-300),
        ("score", "double", "1.7976931348623157e308", 1.7976931348623157e308),
        ("score", "bit(1)", "b'1'", 1.0),
        ("score", "boolean", "true", 1.0),
        ("score", "time", "'01:30:00'", None),
        ("score", "varchar(20)", "'n/a'", None),
        ("occurred_at", "datetime", "'0000-00-00 00:00:00'", None),
        ("occurred_at", "date", "'2026-08-17'", datetime(2026, 8, 17)),
        ("occurred_at", "timestamp null", "'2026-08-17 12:00:00'", None),
        ("occurred_at", "year", "2026", None),
        ("payload", "varbinary(4)", "x'0aff'", "\\x0aff"),
        ("payload", "enum('a', 'b')", "'b'", "b"),
        ("payload", "decimal(20, 4)", "42", "42"),
        ("payload", "text character set latin1", "'\u00e9'", "\u00e9"),
    ],
)
def test_values_of_mariadb(
    mariadb: Application, ours: str, kind: str, value: str, found: Any
) -> None:
    if kind.startswith("timestamp"):
        # A moment: it is the same for us whatever the zone of the session that wrote it.
        value, found = "from_unixtime(1786968000)", datetime(2026, 8, 17, 12)

    assert _read(mariadb, ours, kind, value) == (found, int(found is None))


@pytest.mark.parametrize(
    ("kind", "there", "gone"),
    [
        ("boolean", "false", "true"),
        ("integer", "0", "1755432000"),
        ("timestamp", "null", "'2026-08-17 12:00:00'"),
        ("timestamp", "'1970-01-01 00:00:00'", "'2026-08-17 12:00:00'"),
        ("varchar(30)", "''", "'yes'"),
        ("varchar(30)", "'0000-00-00 00:00:00'", "'2026-08-17'"),
    ],
)
def test_what_says_that_a_row_is_deleted(
    application: Application, kind: str, there: str, gone: str
) -> None:
    application.add(A)
    application.add(B)
    if kind == "timestamp" and application.engine.dialect.name == "mysql":
        kind = "datetime"
    application.run(f"alter table activity add column dropped {kind} null")
    application.more += '\ndeleted_at = "dropped"'
    application.run(f"update activity set dropped = {there}")
    assert application.load().present == 2

    application.run(f"update activity set dropped = {gone} where id = :id", id=A)
    line = application.load()
    assert (line.withdrawn, line.present) == (1, 1)

    application.run(f"update activity set dropped = {there} where id = :id", id=A)
    line = application.load()
    assert (line.restored, line.present) == (1, 2)


# --- any value ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def duck() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    return connection


def _converted(
    duck: duckdb.DuckDBPyConnection, text: str | None, kind: str, is_number: bool = False
) -> Any:
    expression = converted("text", "payload", kind, is_number)
    [(found,)] = duck.execute(
        f"select {expression} from (select cast(? as varchar) as text)", [text]
    ).fetchall()
    return found


@given(st.floats())
@example(-0.0)
@example(5e-324)
def test_any_float_of_a_driver_is_that_number_or_null(
    duck: duckdb.DuckDBPyConnection, number: float
) -> None:
    found = _converted(duck, text_of(number), "DOUBLE", is_number=True)

    assert found == (number if math.isfinite(number) else None)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=30))
def test_any_decimal_is_the_nearest_number(
    duck: duckdb.DuckDBPyConnection, number: Decimal
) -> None:
    assert _converted(duck, text_of(number), "DOUBLE", is_number=True) == float(number)


@given(st.datetimes(), st.integers(-14 * 60, 14 * 60))
@example(datetime.max, 0)
@example(datetime(9999, 12, 31), 0)
@example(datetime(9998, 12, 31, 23, 59, 59, 999999), 0)
@example(datetime.min, 0)
def test_any_time_is_that_time_in_utc_or_null(
    duck: duckdb.DuckDBPyConnection, time: datetime, minutes: int
) -> None:
    zoned = time.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    try:
        in_utc = zoned.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        in_utc = None

    assert _converted(duck, text_of(zoned), "TIMESTAMP") == _that_was(in_utc)
    assert _converted(duck, text_of(time), "TIMESTAMP") == _that_was(time)


def _that_was(time: datetime | None) -> datetime | None:
    """The year 9999 stands for never."""
    return None if time is None or time.year == 9999 else time


@given(st.text())
def test_any_text_stays_as_it_is_and_makes_no_error_elsewhere(
    duck: duckdb.DuckDBPyConnection, text: str
) -> None:
    assert _converted(duck, text, "VARCHAR") == (None if text == "\ufffd" else text)
    number = _converted(duck, text, "DOUBLE")
    assert number is None or math.isfinite(number)
    time = _converted(duck, text, "TIMESTAMP")
    assert time is None or 1 <= time.year <= 9998


def _spelt(duck: duckdb.DuckDBPyConnection, text: str) -> str:
    [(found,)] = duck.execute(
        f"select {canonical_id('text')} from (select cast(? as varchar) as text)", [text]
    ).fetchall()
    return str(found or "")


@given(st.integers(), st.integers(0, 30))
def test_a_whole_number_never_carries_a_point(
    duck: duckdb.DuckDBPyConnection, number: int, zeros: int
) -> None:
    assert _spelt(duck, f"{number}.{'0' * zeros}") == _spelt(duck, str(number)) == str(number)


@given(st.uuids())
def test_uuids_meet_in_any_case(duck: duckdb.DuckDBPyConnection, uuid: Any) -> None:
    assert _spelt(duck, str(uuid).upper()) == _spelt(duck, str(uuid)) == str(uuid)


@given(st.text())
@example("0417.0")
@example("42.5")
@example("1e5")
@example("0x2A")
def test_an_id_is_spelt_once_and_for_all(duck: duckdb.DuckDBPyConnection, text: str) -> None:
    once = _spelt(duck, text)

    assert _spelt(duck, once) == once
    if text.startswith("0") and len(text) > 1 and text[1] != ".":
        assert once == text


@pytest.mark.parametrize(
    ("mark", "gone"),
    [
        (None, False), ("", False), ("0", False), ("0.00", False), ("false", False), ("F", False),
        ("0000-00-00 00:00:00.000000", False), ("1970-01-01 00:00:00+00", False),
        ("1970-01-01T00:00:00Z", False), ("infinity", False), ("9999-12-31", False),
        ("9999-12-31 23:59:59.999999+00", False), ("10000-01-01 04:59:59+00", False),
        ("1", True), ("true", True),
        ("2026-08-17", True), ("1970-01-02", True), ("x", True),
    ],
)  # fmt: skip
def test_a_mark_of_deletion(duck: duckdb.DuckDBPyConnection, mark: str | None, gone: bool) -> None:
    query = f"select {is_gone('mark')} from (select cast(? as varchar) as mark)"

    assert duck.execute(query, [mark]).fetchall() == [(gone,)]


@pytest.mark.parametrize(
    "blank", ["", " ", "  ", "\t", " \n", "\r\n", "\u00a0", "\u2003 ", "\u200b"]
)
def test_a_blank_id_is_none_and_a_blank_text_stays(
    duck: duckdb.DuckDBPyConnection, blank: str
) -> None:
    shown = ", ".join(
        f"{expression('text', 'clever_id', 'VARCHAR', False)}"
        for expression in (converted, is_unreadable)
    )
    query = f"select {shown} from (select cast(? as varchar) as text)"

    assert duck.execute(query, [blank]).fetchall() == [(None, False)]
    assert _converted(duck, blank, "VARCHAR") == blank


@pytest.mark.parametrize("id_", ["0", " 42", "\u00e9", "_", "-"])
def test_what_is_seen_is_no_blank_id(duck: duckdb.DuckDBPyConnection, id_: str) -> None:
    assert _spelt(duck, id_) == id_

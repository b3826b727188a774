"""Dates as districts write them: a day that is certain, or none and the text beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import duckdb
import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlt_sources.clever.walk_queries import day_of
from orchestration.lib.dbt_runner import DBT_PROJECT
from tests.history_oracle.reading import date_of
from tests.history_oracle.values import DAYS

_MACROS = DBT_PROJECT / "macros" / "dialect" / "dates.sql"
#: Texts that are nearly dates: the parts of which dates are made, in any order.
_PARTS = st.one_of(
    st.sampled_from(
        ("/", "-", " ", "T", "Z", ":", ".", "\n", "\t", "0", "00", "1", "12", "29", "2", "31", "32")
    ),
    st.sampled_from(("2012", "0012", "0999", "1000", "9999", "12345", "02", "T00:00:00", "+05:30")),
    st.integers(0, 9999).map(str),
    st.characters(),
)
_ODD = st.lists(_PARTS, max_size=8).map("".join)
_NUMBER = st.integers(0, 40)
_YEAR = st.integers(0, 12000)
_WIDTHS = st.integers(1, 5)
_ISO = st.builds(
    lambda year, month, day, wide, rest: f"{year:0{wide}}-{month:02}-{day:02}{rest}",
    _YEAR, _NUMBER, _NUMBER, _WIDTHS, st.sampled_from(("", " ", "T", "T00:00:00Z", " 12:00", "x")),
)  # fmt: skip
_AMERICAN = st.builds(
    lambda year, month, day, wide, before: f"{before}{month}/{day:0{min(wide, 3)}}/{year:0{wide}}",
    _YEAR, _NUMBER, _NUMBER, _WIDTHS, st.sampled_from(("", " ", "0", "\n")),
)  # fmt: skip
Read = Callable[[list[str]], list[date | None]]


class _Adapter:
    """dbt's dispatch, on DuckDB."""

    def __init__(self) -> None:
        self.macros: dict[str, object] = {}

    def dispatch(self, name: str, _package: str) -> object:
        return self.macros[f"default__{name}"]


@pytest.fixture(scope="module")
def read() -> Iterator[Read]:
    """What the macro makes of texts, in a query of its own as DuckDB runs it."""
    adapter = _Adapter()
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    environment.globals |= {"adapter": adapter, "return": lambda text: text}
    macros = environment.from_string(_MACROS.read_text()).module
    adapter.macros |= vars(macros)
    expression = macros.clever_date("text")  # type: ignore[attr-defined]
    with duckdb.connect() as connection:

        def ask(texts: list[str]) -> list[date | None]:
            found = connection.execute(
                f"select {expression} from (select unnest(?::varchar[]) as text, "
                "generate_subscripts(?::varchar[], 1) as place) order by place",
                [texts, texts],
            )
            return [day for (day,) in found.fetchall()]

        yield ask


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-08-17", date(2026, 8, 17)),
        ("2012-08-17T00:00:00Z", date(2012, 8, 17)),
        ("2012-08-17T23:59:59.999-05:00", date(2012, 8, 17)),
        ("8/7/2012", date(2012, 8, 7)),
        (" 08/07/2012 ", date(2012, 8, 7)),
        ("3/4/12", None),
        ("3/4/0012", None),
        ("0000-01-01", None),
        ("20120817", None),
        ("2/29/2013", None),
    ],
)
def test_a_date_is_what_clever_writes_and_nothing_is_guessed(
    read: Read, text: str, day: date | None
) -> None:
    assert read([text]) == [day]
    assert day_of(text) == day


def test_the_odd_dates_of_the_model_are_read_alike(read: Read) -> None:
    assert read([*DAYS]) == [date_of(text) for text in DAYS]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(_ISO, _AMERICAN, _ODD), min_size=1, max_size=200))
def test_whatever_is_written_all_read_the_same_day(read: Read, texts: list[str]) -> None:
    expected = [date_of(text) for text in texts]
    different = [
        (text, found, day, day_of(text))
        for text, found, day in zip(texts, read(texts), expected, strict=True)
        if not found == day == day_of(text)
    ]
    assert different == []

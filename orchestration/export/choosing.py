"""Which relations an export holds, and which rows of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

import duckdb

from dlt_sources.errors import ConfigurationError
from dlt_sources.sql import literal
from orchestration.export.columns import Column, columns_of
from orchestration.lib.guide import INTERMEDIATE

_DISTRICT = "district_id"
_ON = "_on(date)"


@dataclass(frozen=True)
class Asked:
    """What a person asks for: no `tables` are all that are not there for others only.

    `on` is a day, counted where each district is; None is all that the tables hold.
    """

    tables: tuple[str, ...] = ()
    on: date | None = None
    district_id: str | None = None


@dataclass(frozen=True)
class Source:
    """A relation of the published file: `query` gives the rows that are asked for."""

    name: str
    query: str
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Chosen:
    """What is exported; `left_out` names no district while one is asked for."""

    sources: tuple[Source, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Guide:
    """The names in `roster.guide`; `by_day` are the relations whose name has a macro `_on`."""

    relations: tuple[str, ...]
    by_day: frozenset[str]
    macros: frozenset[str]


def choose(connection: duckdb.DuckDBPyConnection, asked: Asked) -> Chosen:
    """The relations and rows that are asked for, in the order of the question.

    Raises ConfigurationError for a relation or district that is not there, and for one that is
    named and has no state by day, or no district, while such a one is asked for.
    """
    guide = _read_guide(connection)
    names = [*dict.fromkeys(_named(guide, table) for table in asked.tables)]
    if asked.on:
        _expect_by_day(guide, names)
    if asked.district_id is not None:
        _expect_district(connection, asked.district_id)
    sources = [
        Source(name, query, columns_of(connection, query))
        for name in names or _everything(guide, asked)
        for query in [_rows(name, asked.on)]
    ]
    return Chosen(tuple(sources)) if asked.district_id is None else _of_district(sources, asked)


def _read_guide(connection: duckdb.DuckDBPyConnection) -> _Guide:
    found = connection.execute("select table_name, kind from roster.guide order by table_name")
    rows = found.fetchall()
    macros = [name for name, kind in rows if kind == "macro"]
    return _Guide(
        relations=tuple(name for name, kind in rows if kind != "macro"),
        by_day=frozenset(name.removesuffix(_ON) for name in macros if name.endswith(_ON)),
        macros=frozenset(name.split("(")[0] for name in macros),
    )


def _named(guide: _Guide, table: str) -> str:
    """The relation that a person means: by its name in the file, or without the schema."""
    wanted = table.strip().casefold()
    if wanted in guide.relations:
        return wanted
    found = [name for name in _for_analysts(guide) if name.split(".")[1] == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        raise ConfigurationError(f"{table} may be {' or '.join(found)}; say which.")
    raise ConfigurationError(
        f"{table or 'An empty name'} is no table of the published file; {_hint(guide, wanted)}"
    )


def _hint(guide: _Guide, wanted: str) -> str:
    if any(wanted in (macro, macro.split(".")[1]) for macro in guide.macros):
        return "it is a macro, and --on DATE asks those that are called after a table."
    short = {name.split(".")[1]: name for name in _for_analysts(guide)}
    if close := get_close_matches(wanted.split(".")[-1], short, n=1):
        return f"did you mean {short[close[0]]}? `from roster.guide` lists them all."
    return "`from roster.guide` lists them all."


def _for_analysts(guide: _Guide) -> list[str]:
    return [name for name in guide.relations if not name.startswith(f"{INTERMEDIATE}.")]


def _everything(guide: _Guide, asked: Asked) -> Iterable[str]:
    return (name for name in _for_analysts(guide) if not asked.on or name in guide.by_day)


def _expect_by_day(guide: _Guide, names: Iterable[str]) -> None:
    if astray := [name for name in names if name not in guide.by_day]:
        known = ", ".join(sorted(name.split(".")[1] for name in guide.by_day))
        raise ConfigurationError(
            f"--on is not for {', '.join(astray)}, which no macro asks by day (a history holds all "
            f"days, with valid_from and valid_to); it is for {known}."
        )


def _expect_district(connection: duckdb.DuckDBPyConnection, district_id: str) -> None:
    known = "select count(*) from roster.districts where district_id = ?"
    if connection.execute(known, [district_id]).fetchone() == (0,):
        raise ConfigurationError(
            f"No district with the ID {district_id or '(an empty one)'} was ever published; "
            "roster.districts lists them, and so does `rollbook status`."
        )


def _rows(name: str, on: date | None) -> str:
    return f"from {name}" if on is None else f"from {name}_on({literal(on.isoformat())})"


def _of_district(sources: Iterable[Source], asked: Asked) -> Chosen:
    """Only the district's rows; what names no district is left out, unless it was asked for."""
    kept, left_out = [], []
    for source in sources:
        if any(column.name == _DISTRICT for column in source.columns):
            where = f"{source.query} where {_DISTRICT} = {literal(str(asked.district_id))}"
            kept.append(Source(source.name, where, source.columns))
        else:
            left_out.append(source.name)
    if left_out and asked.tables:
        raise ConfigurationError(
            f"{', '.join(left_out)}: the rows tell no district; leave out --district, or name only "
            "tables with a column district_id."
        )
    return Chosen(tuple(kept), tuple(left_out))

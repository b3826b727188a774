"""What of the application's tables could not be read or would not meet, said before any load.

Nothing is written, and nothing of anybody's data is told: only names of tables and columns, and
counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import duckdb

from dlt_sources.application.failing import not_reached, reason
from dlt_sources.application.looking import Look, look, rows_without_cursor
from dlt_sources.application.mapping import TableMapping
from dlt_sources.application.reading import TableReader, table_reader
from dlt_sources.application.settings import ApplicationSettings
from dlt_sources.application.values import IDS, converted, is_unreadable
from dlt_sources.errors import ConfigurationError, RollbookError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from sqlalchemy import Engine

#: So many rows of a table are read, and so many are compared to tell how long all would take.
_ROWS, _SAMPLE = 1_000_000, 100_000
_RULES = {
    "TIMESTAMP": "a time of the years 1 to 9998",
    "DOUBLE": "a finite number",
    "VARCHAR": "a text",
}
#: Whom and what our columns name, and which IDs they have to meet.
_MEETINGS = {
    ("progress", "user_id"): ("accounts", "users"),
    ("manual_edits", "user_id"): ("accounts", "users"),
    ("accounts", "clever_id"): ("users",),
    ("progress", "section_id"): ("sections",),
    ("manual_edits", "section_id"): ("sections",),
}

#: Whose IDs they may be for all that is known before the first sync.
_UNLESS = "; unless they are Clever IDs, as no sync has told of users yet"


@dataclass(frozen=True)
class Checked:
    """What is to know of one table: `facts`, and what somebody should look at: `findings`."""

    table: str
    facts: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)


def check_application(
    settings: ApplicationSettings, warehouse: Path, at: datetime
) -> list[Checked]:
    """Look at every table that is mapped; `at` is now (UTC), the warehouse may not exist yet.

    Raises ConfigurationError where there is no application, or its settings cannot work.
    """
    if settings.is_none:
        raise ConfigurationError(
            "There is no application: SOURCES__APPLICATION__DATABASE_URL is not set."
        )
    mappings, engine = settings.tables, settings.engine()
    try:
        settings.reach()
    except Exception as error:
        raise RollbookError(not_reached(error)) from None
    with duckdb.connect() as known:
        known.execute("set TimeZone = 'UTC'")
        checked = [_table(known, engine, mapping, at) for mapping in mappings]
        roster = _read_roster(known, warehouse)
        for each in checked:
            each.findings.extend(_strangers(known, each.table))
            each.facts.extend(_not_judged(known, each.table, roster))
    refused = settings.refused.items()
    return [*checked, *(Checked(name, findings=[why]) for name, why in refused)]


def _table(
    known: DuckDBPyConnection, engine: Engine, mapping: TableMapping, at: datetime
) -> Checked:
    checked = Checked(mapping.name)
    reader = None
    try:
        with table_reader(engine, mapping) as reader:
            rows = reader.count()
            checked.facts.append(f"{mapping.table}: {rows:,} rows")
            seconds = _read(known, reader, checked, rows)
            checked.facts.append(_comparison_takes(reader, rows, seconds))
            seen = look(reader, at)
            if seen.kind in ("number", "text"):
                checked.facts.append(
                    f"{mapping.cursor} is a {seen.kind}: whether it is ahead of now is not known"
                )
            checked.findings.extend(_cursor(reader, seen, at))
    except Exception as error:
        checked.findings.append(reason(error, mapping, reader))
    return checked


# --- values -------------------------------------------------------------------------------------


def _read(known: DuckDBPyConnection, reader: TableReader, checked: Checked, rows: int) -> float:
    """Read the first rows, count what does not fit and keep the IDs; seconds for all rows."""
    mapping = reader.mapping
    kinds = {"id": "VARCHAR", **mapping.target.columns}
    values = {
        ours: converted(ours, ours, kinds[ours], ours in reader.numbers) for ours in mapping.columns
    }
    counted = ", ".join(
        f"count(*) filter ({is_unreadable(ours, ours, kinds[ours], ours in reader.numbers)})"
        for ours in mapping.columns
    )
    ids = [ours for ours in mapping.columns if ours in IDS]
    listed = ", ".join(f"{ours} varchar" for ours in ids)
    known.execute(f"create table {mapping.name} ({listed})")
    bad = dict.fromkeys(values, 0)
    begun = perf_counter()
    read = 0
    for part in reader.limited(_ROWS).rows():
        known.register("part", part)
        [counts] = known.execute(f"select {counted} from part").fetchall()
        bad = {ours: bad[ours] + count for ours, count in zip(bad, counts, strict=True)}
        shown = ", ".join(values[ours] for ours in ids)
        known.execute(f"insert into {mapping.name} select {shown} from part")
        known.unregister("part")
        read += len(part)
    seconds = (perf_counter() - begun) * rows / max(read, 1)
    of = f" of the first {read:,} rows" if read < rows else ""
    for ours, count in bad.items():
        if count:
            checked.findings.append(
                f"{count:,} values{of} of {mapping.columns[ours]} are not {_RULES[kinds[ours]]}: "
                f"{ours} would be NULL there"
            )
    checked.findings.extend(_keys(known, mapping))
    return seconds


_LEFT_OUT = (
    ": a load leaves them out as long as they are few, and then reads all rows each time; of many "
    "it reads nothing. Name the key of the table as id"
)


def _keys(known: DuckDBPyConnection, mapping: TableMapping) -> Iterator[str]:
    [(missing, double)] = known.execute(
        "select coalesce(sum(rows) filter (id is null), 0), "
        "coalesce(sum(rows) filter (id is not null and rows > 1), 0) "
        f"from (select id, count(*) as rows from {mapping.name} group by id)"
    ).fetchall()
    column = mapping.columns["id"]
    if missing:
        yield f"{missing:,} rows have no {column}{_LEFT_OUT}"
    if double:
        yield f"{double:,} rows share their {column} with another{_LEFT_OUT}"


def _comparison_takes(reader: TableReader, rows: int, seconds_to_read: float) -> str:
    """How long a full comparison takes, from what a part of the rows took."""
    seconds, how = seconds_to_read, "reads all rows"
    if reader.dialect.hashes:
        begun = perf_counter()
        reader.limited(_SAMPLE).sums(contents=True)
        seconds = (perf_counter() - begun) * max(rows / _SAMPLE, 1)
        how = "adds up checksums in the database"
    return f"a full comparison {how} and takes about {max(seconds, 1):,.0f} s"


# --- cursors ------------------------------------------------------------------------------------


def _cursor(reader: TableReader, seen: Look, at: datetime) -> Iterator[str]:
    cursor = reader.mapping.cursor
    if not cursor or not seen.kind:
        yield "no cursor is named: all rows are compared at every load"
        return
    without = rows_without_cursor(reader, seen.kind)
    if without:
        yield f"{without:,} rows have no {cursor} that says when they changed: always read"
    if seen.ahead:
        yield f"{seen.ahead:,} rows have a {cursor} after {at:%Y-%m-%d %H:%M} UTC and one day more"
    if not reader.is_indexed(cursor):
        yield f"no index begins with {cursor}: every load passes through the whole table for it"


# --- IDs that have to meet ----------------------------------------------------------------------


def _read_roster(known: DuckDBPyConnection, warehouse: Path) -> set[str] | None:
    """Copy the Clever IDs of users and sections from the log; which of the two it has.

    None if the log cannot be read now.
    """
    if not warehouse.exists():
        return set()
    try:
        known.execute(f"attach '{str(warehouse).replace(chr(39), chr(39) * 2)}' as log (read_only)")
    except duckdb.Error:  # A run has it open.
        return None
    found = set()
    for name in ("users", "sections"):
        try:
            ids = known.execute(f"select distinct id from log.clever_raw.{name}").to_arrow_table()
        except duckdb.CatalogException:  # No sync has been yet.
            continue
        if len(ids):
            known.register("ids", ids)
            known.execute(f"create table {name} as from ids")
            known.unregister("ids")
            found.add(name)
    known.execute("detach log")
    return found


def _strangers(known: DuckDBPyConnection, table: str) -> Iterator[str]:
    """Of each column that names somebody: how many IDs are nobody's, and why that may be."""
    tables = {name for (name,) in known.execute("show tables").fetchall()}
    for (ours, column), others in _MEETINGS.items():
        there = [each for each in others if each in tables]
        if ours != table or not there or column not in _columns(known, table):
            continue
        ids = " union ".join(f"select id from {each}" for each in there)
        [(strangers, rows, zeros, letters)] = known.execute(
            f"""
            with known as ({ids}),
            stranger as (
                select {column} as id, count(*) as rows from {table}
                where {column} <> '' and {column} not in (select id from known where id is not null)
                group by 1
            )
            select count(*), coalesce(sum(rows), 0),
                count(*) filter (ltrim(id, '0') in (select ltrim(id, '0') from known)),
                count(*) filter (lower(id) in (select lower(id) from known))
            from stranger
            """
        ).fetchall()
        if strangers:
            yield (
                f"{strangers:,} IDs in {column}, of {rows:,} rows, are in none of "
                f"{' and '.join(there)}{_nearly(zeros, letters)}"
                f"{'' if 'users' not in others or 'users' in there else _UNLESS}"
            )


def _not_judged(known: DuckDBPyConnection, table: str, roster: set[str] | None) -> Iterator[str]:
    """Of which columns it cannot be told yet whether their IDs meet Clever's."""
    yet = "before the first sync" if roster is not None else "while a run has the warehouse open"
    for (ours, column), others in _MEETINGS.items():
        clevers = ({*others} & {"users", "sections"}) - (roster or set())
        if ours == table and clevers and column in _columns(known, table):
            yield (
                f"whether IDs in {column} are Clever IDs of {' and '.join(sorted(clevers))} cannot "
                f"be told {yet}"
            )


def _nearly(zeros: int, letters: int) -> str:
    parts = [
        f"{count:,} differ from one only by {what}"
        for count, what in ((zeros, "leading zeros"), (letters, "capital letters"))
        if count
    ]
    return f" ({', '.join(parts)})" if parts else ""


def _columns(known: DuckDBPyConnection, table: str) -> set[str]:
    """None of a table that could not be read."""
    rows = known.execute(
        "select column_name from information_schema.columns where table_name = ?", [table]
    ).fetchall()
    return {name for (name,) in rows}

"""The real databases of an application, filled anew before each load, and their mapping."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection, MetaData, create_engine, text
from sqlalchemy.pool import NullPool

from dlt_sources.application.settings import ApplicationSettings

from .application import COLUMNS, Application, Line, Table, cursor, declared
from .place import Odd

_ODD_TIMES = ("infinity", "-infinity", "0044-03-15 BC", "9999-12-31", "12026-01-01")
#: What cannot be a value of ours, by the database and the type of the column.
_ODD: Mapping[tuple[str, str], Sequence[Any]] = {
    ("sqlite", "score"): ("", "n/a", "1:30", "NaN", "inf"),
    ("sqlite", "time"): (
        *("", "soon", "0000-00-00 00:00:00", 1755400000),
        *("9999-12-31 00:00:00", "12026-01-01 00:00:00"),
    ),
    ("postgresql", "double precision"): ("NaN", "Infinity", "-Infinity"),
    ("postgresql", "numeric"): ("NaN", "Infinity", "-Infinity"),
    ("postgresql", "numeric(65, 30)"): ("NaN",),
    ("postgresql", "timestamp"): _ODD_TIMES,
    ("postgresql", "timestamptz"): _ODD_TIMES,
    ("postgresql", "interval"): ("1 mon",),
    ("postgresql", "text"): ("", "n/a", "soon", "1:30"),
}
#: Marks that say a row is there, and such that say it is not.
_THERE: Mapping[str, Sequence[Any]] = {
    "boolean": (False, None),
    "timestamp": (None, "1970-01-01 00:00:00", "9999-12-31 00:00:00", "infinity"),
    "text": (None, "", "false", "no", "0", "9999-12-31"),
    "integer": (None, 0),
}
_GONE: Mapping[str, Sequence[Any]] = {
    "boolean": (True,),
    "timestamp": ("2026-08-17 01:00:00",),
    "text": ("yes", "2026-08-17", "true"),
    "integer": (1, 1755400000),
}
_TIMES = ("occurred_at", "made_at", "withdrawn_at")
_UUID_LENGTH = 36


@dataclass
class Databases:
    """Where an application may be: URLs of databases, as many as it has backends.

    `there` are the types of the tables that are there, by place and name, and `made` counts how
    often such a table was made. A file of SQLite's tells only that any of its tables was. Types
    change in a table of PostgreSQL's, in SQLite it has to be made anew.
    """

    urls: Sequence[str]
    mapping: Path
    there: dict[tuple[int, str], Mapping[str, str]] = field(default_factory=dict)
    made: Counter[tuple[int, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Begin with empty ones: another town may have been there."""
        for url in self.urls:
            engine, tables = create_engine(url, poolclass=NullPool), MetaData()
            tables.reflect(engine)
            tables.drop_all(engine)

    def written(self, application: Application) -> ApplicationSettings:
        """Write the tables and the mapping as they are now; how to read them."""
        place, url = application.place, self.urls[application.place]
        tables = [each for each in application.tables.values() if not each.is_broken]
        engine = create_engine(url, poolclass=NullPool)
        with engine.begin() as connection:
            for called in [called for at, called in self.there if at == place]:
                if called not in {table.called for table in tables}:
                    self._drop(connection, place, called)
            for table in tables:
                self._write(connection, application, table)
        of_the_file = sum(count for (at, _), count in self.made.items() if at == place)
        for table in tables:
            is_file = application.backend == "sqlite"
            table.made = of_the_file if is_file else self.made[place, table.called]
        self.mapping.write_text("\n".join(map(_mapping, application.tables.values())))
        return ApplicationSettings(url, self.mapping)

    def _write(self, connection: Connection, application: Application, table: Table) -> None:
        """A table that is there stays the same table if it can: its rows are written anew."""
        types = {name: declared(table.types[name]) for name in _columns(table)}
        key = application.place, table.called
        before = self.there.get(key)
        if before and (before == types or application.backend == "postgresql"):
            connection.execute(text(f"delete from {table.called}"))
            for name in types:
                if before[name] != types[name]:
                    changed = f"alter column {name} type {types[name]} using null"
                    connection.execute(text(f"alter table {table.called} {changed}"))
        else:
            connection.execute(text(f"drop table if exists {table.called}"))
            listed = ", ".join(f"{name} {kind}" for name, kind in types.items())
            connection.execute(text(f"create table {table.called} ({listed})"))
            self.made[key] += 1
        self.there[key] = types
        marks = ", ".join(_mark(connection.dialect.name, *each) for each in types.items())
        rows = [_row(application.backend, table, line, 0) for line in table.rows.values()]
        rows += [_row(application.backend, table, line, 1) for line in table.strays]
        if rows:
            connection.execute(text(f"insert into {table.called} values ({marks})"), rows)

    def _drop(self, connection: Connection, place: int, called: str) -> None:
        connection.execute(text(f"drop table {called}"))
        del self.there[place, called]
        self.made[place, called] += 1


def _columns(table: Table) -> Sequence[str]:
    return (*COLUMNS[table.name], "changed_at", "gone")


def _mark(dialect: str, column: str, kind: str) -> str:
    """PostgreSQL gets texts: it reads them as what they are to be."""
    return f"cast(cast(:{column} as text) as {kind})" if dialect == "postgresql" else f":{column}"


def _mapping(table: Table) -> str:
    lines = [f"[{table.name}]", f'table = "{table.called}"', f'reconcile = "{table.reconcile}"']
    lines += ['cursor = "changed_at"'] if table.has_cursor else []
    lines += ['deleted_at = "gone"'] if table.has_marks else []
    lines += [f"[{table.name}.columns]", *(f'{a} = "{b}"' for a, b in table.mapped.items())]
    return "\n".join(lines)


def _row(backend: str, table: Table, line: Line, copy: int) -> dict[str, Any]:
    """Of rows with the same ID each, by its number, spells it in its own way."""
    spelling = Random(f"{line.says['id']} {table.spelling}").randrange(60) + copy
    marks = (_GONE if line.is_gone else _THERE)[table.types["gone"]]
    told = {
        **{name: _said(backend, table, name, line, spelling) for name in COLUMNS[table.name]},
        "changed_at": _cursor(table, line),
        "gone": marks[spelling % len(marks)],
    }
    if backend == "postgresql":
        return {name: None if raw is None else str(raw) for name, raw in told.items()}
    return told


def _cursor(table: Table, line: Line) -> Any:
    raw, kind = cursor(table, line), table.types["changed_at"]
    if raw is None and kind == "words":
        return ""
    if isinstance(raw, datetime):
        return raw.isoformat(sep=" ") + ("+00:00" if kind == "timestamptz" else "")
    return raw if raw is None or isinstance(raw, int) else str(raw)


def _said(backend: str, table: Table, name: str, line: Line, spelling: int) -> Any:
    raw, kind = line.says.get(name), table.types[name]
    if raw is None:
        return None
    if isinstance(raw, Odd):
        return _odd(backend, name, kind, raw)
    if name in _TIMES:
        zone = "+00:00" if kind == "timestamptz" or spelling % 2 else ""
        return raw.isoformat(sep=" ") + zone
    if name == "id" or name.endswith("_id"):
        return _spelt(backend, raw, kind, spelling)
    return f"{raw} seconds" if kind == "interval" else raw


def _odd(backend: str, name: str, kind: str, raw: Odd) -> Any:
    by = ("time" if name in _TIMES else "score") if backend == "sqlite" else kind
    choices = _ODD[backend, by]
    return choices[raw.number % len(choices)]


def _spelt(backend: str, id_: str, kind: str, spelling: int) -> Any:
    """The same ID: a number with or without a point, a UUID in any case."""
    if id_.isdigit() and kind not in ("bigint", "uuid"):
        ways: list[Callable[[str], Any]] = [str, lambda each: f"{each}.0"]
        ways += [int, float] if backend == "sqlite" else []
        return ways[spelling % len(ways)](id_)
    if len(id_) == _UUID_LENGTH and id_.count("-") == 4:
        return id_.upper() if spelling % 2 else id_
    return id_

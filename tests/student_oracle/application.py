"""An application's tables as they truly are: their rows, their types, and how they are mapped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from .past import Row
from .place import Odd, Place

_TEXTS = ("kind", "district_id", "role", "permission", "name", "made_by", "payload")
_NAMES = ("user_id", "section_id", "group_id", "clever_id")
#: Columns of ours in which a blank says nothing.
_IDS = (*_NAMES, "district_id")
_TIMES = ("occurred_at", "made_at", "withdrawn_at")
#: Of each table our columns; theirs are called the same, and `changed_at` and `gone` beside them.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "progress": (
        *("id", "user_id", "kind", "section_id"),
        *("score", "duration_seconds", "occurred_at", "payload"),
    ),
    "accounts": ("id", "clever_id", "payload"),
    "manual_edits": (
        *("id", "kind", "district_id", "user_id", "section_id", "group_id", "name"),
        *("role", "permission", "made_at", "withdrawn_at", "made_by", "payload"),
    ),
}
#: Columns that a mapping may leave out, and others of the same table that one may point to instead.
OPTIONAL = {"progress": ("section_id", "duration_seconds", "score"), "manual_edits": ("name",)}
ELSEWHERE = {"progress": ("score", "duration_seconds"), "manual_edits": ("name", "made_by")}

#: The types that each column may have, by the database.
_POSTGRESQL: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_TEXTS, ("text", "varchar(200)")),
    **dict.fromkeys(_NAMES, ("text", "char(80)")),
    **dict.fromkeys(_TIMES, ("timestamp", "timestamptz", "text")),
    "progress.id": ("bigint", "numeric", "numeric(65, 9)", "double precision", "text"),
    "accounts.id": ("text", "char(80)"),
    "manual_edits.id": ("uuid", "text", "char(40)"),
    "score": ("double precision", "numeric", "numeric(65, 30)", "text"),
    "duration_seconds": ("double precision", "numeric", "numeric(65, 30)", "text", "interval"),
    "gone": ("boolean", "timestamp", "text", "integer"),
    "changed_at": ("timestamp", "timestamptz", "date", "bigint", "text", "words"),
}
_SQLITE: dict[str, tuple[str, ...]] = {
    **dict.fromkeys((*_TEXTS, *_NAMES), ("text", "varchar(200)")),
    **dict.fromkeys(_TIMES, ("timestamp", "text")),
    "progress.id": ("blob", "numeric", "text"),
    "accounts.id": ("text", "varchar(200)"),
    "manual_edits.id": ("text", "varchar(200)"),
    "score": ("float", "numeric", "text", "blob"),
    "duration_seconds": ("float", "numeric", "text", "blob"),
    "gone": ("boolean", "timestamp", "text", "integer"),
    "changed_at": (
        *("timestamp", "timestamptz", "date", "bigint", "text", "words"),
        *("any time", "any number", "any time", "any number"),
    ),
}
#: In SQLite a column may hold whatever it likes, and one day something else; a text may be a time.
DECLARED = {"any time": "blob", "any number": "blob", "words": "text"}
_TYPES = {"postgresql": _POSTGRESQL, "sqlite": _SQLITE}
#: With more than ten rows without an ID of their own a small table is refused.
_STRAYS = 4
FUTURE, YEAR_ONE = datetime(2036, 1, 1), datetime(1, 1, 1)


class Word(str):
    """A cursor that is a text and no time."""


@dataclass
class Line:
    """A row of theirs: what it says, its cursor's moment, and whether it is marked as deleted."""

    says: Row
    at: datetime | None
    is_gone: bool = False


@dataclass
class Table:
    """`mapped` gives their column for each of ours, `types` the type of each of theirs.

    `has_cursor` and `has_marks` say whether the mapping names these; a broken table is not there.
    `spelling` decides how IDs and marks are written; `has_lost_index` until it is read again.
    `made` changes when it is another table of the same name. `strays` are rows beside those in
    `rows`: without an ID, or with the ID of one of these; `loses_ids` while some are to be there.
    """

    name: str
    called: str
    types: dict[str, str]
    mapped: dict[str, str]
    rows: dict[str, Line] = field(default_factory=dict)
    has_cursor: bool = True
    has_marks: bool = False
    reconcile: str = "weekly"
    spelling: int = 0
    is_broken: bool = False
    has_lost_index: bool = False
    made: int = 0
    loses_ids: bool = False
    strays: list[Line] = field(default_factory=list)

    @property
    def lines(self) -> list[Line]:
        """All rows that the database has."""
        return [*self.rows.values(), *self.strays]

    @property
    def doubles(self) -> set[Any]:
        """The IDs that more than one row has."""
        return {line.says["id"] for line in self.strays} - {None}

    @property
    def left_out(self) -> int:
        """How many rows have no ID, or one that others have, too."""
        return len(self.strays) + len(self.doubles)

    @property
    def read_with(self) -> tuple[Any, ...]:
        """All on which it depends what the rows of the table mean."""
        read = {*self.mapped.values()}
        read |= {"changed_at"} if self.has_cursor else set()
        read |= {"gone"} if self.has_marks else set()
        types = sorted((each, declared(self.types[each])) for each in read)
        mapped = sorted(self.mapped.items())
        return self.called, self.made, mapped, self.has_cursor, self.has_marks, types

    def value(self, line: Line, ours: str) -> Any:
        """What one of our columns has to be; what no value of ours can be, and no ID, is NULL."""
        theirs = self.mapped.get(ours)
        raw = line.says.get(theirs) if theirs else None
        if ours in _IDS and not str(raw).strip():
            return None
        return raw if theirs and self.is_readable(theirs, raw) else None

    def is_readable(self, theirs: str, raw: Any) -> bool:
        """Whether a value of theirs is one of ours."""
        return not isinstance(raw, Odd) and self.types[theirs] != "interval"

    def unreadable(self, line: Line) -> int:
        """How many values of a row do not fit."""
        raws = [(theirs, line.says.get(theirs)) for theirs in self.mapped.values()]
        return sum(raw is not None and not self.is_readable(theirs, raw) for theirs, raw in raws)

    def means(self, line: Line) -> Row:
        """A row of theirs as one of ours."""
        return {ours: self.value(line, ours) for ours in COLUMNS[self.name]}


@dataclass
class Application:
    """The three tables, in a database of a kind (`postgresql`, `sqlite`); `place` says which.

    `backup` is how rows once were, and what was in the places then.
    """

    backends: tuple[str, ...]
    tables: dict[str, Table]
    rng: Random
    place: int = 0
    backup: dict[str, Any] | None = None

    @property
    def backend(self) -> str:
        """The kind of the database."""
        return self.backends[self.place]

    def draw_type(self, table: str, column: str) -> str:
        """A type that a column may have."""
        types = _TYPES[self.backend]
        return self.rng.choice(types.get(f"{table}.{column}") or types[column])

    def draw_types(self) -> None:
        """All types anew: those of another kind of database."""
        for name, table in self.tables.items():
            columns = (*COLUMNS[name], "changed_at", "gone")
            table.types = {column: self.draw_type(name, column) for column in columns}

    def catch_up(self, places: Iterable[Place], at: datetime) -> None:
        """Everything that happened in the places is in the tables, with cursors of all kinds."""
        for name, table in self.tables.items():
            truth: dict[str, Row] = {}
            for place in places:
                truth |= place.told(name)
            for id_, row in truth.items():
                line = table.rows.get(id_)
                if line is None or line.is_gone or line.says != row:
                    table.rows[id_] = Line(row, self._moment(line, at))
            for id_ in [*table.rows.keys() - truth.keys()]:
                self._lose(table, id_, at)
            table.strays = self._strays(table, at) if table.loses_ids else []

    def _strays(self, table: Table, at: datetime) -> list[Line]:
        """Rows that contradict some; fewer than half of a table, so that it is not refused.

        Mostly no cursor tells of them.
        """
        if len(table.rows) < 2 * _STRAYS:
            return []
        chosen = self.rng.sample(sorted(table.rows), self.rng.choice((1, 1, 2, _STRAYS)))
        nameless = self.rng.choice((0, 0, 0.5))
        is_old = self.rng.random() < 0.7
        strays = []
        for line in (table.rows[id_] for id_ in chosen):
            id_ = None if self.rng.random() < nameless else line.says["id"]
            moment = at - timedelta(days=9) if is_old else line.at
            strays.append(Line(line.says | {"id": id_, "payload": "stray"}, moment, line.is_gone))
        return strays

    def _lose(self, table: Table, id_: str, at: datetime) -> None:
        line = table.rows[id_]
        if line.is_gone:
            if self.rng.random() < 0.05:
                del table.rows[id_]
        elif table.has_marks and self.rng.random() < 0.7:
            table.rows[id_] = Line(line.says, self._moment(line, at), is_gone=True)
        else:
            del table.rows[id_]

    def _moment(self, line: Line | None, at: datetime) -> datetime | None:
        """Mostly just before the load; or late, or not moved, or no moment that anybody meant."""
        proper = at - timedelta(minutes=self.rng.randint(1, 15))
        late = at - self.rng.choice((timedelta(minutes=50), timedelta(days=3)))
        unmoved = line.at if line else late
        odd = self.rng.choice((None, FUTURE, YEAR_ONE))
        return self.rng.choice(
            (*(proper,) * 12, late, late, unmoved, unmoved, unmoved, odd, odd, odd)
        )


def new_application(backends: tuple[str, ...], rng: Random) -> Application:
    """An application without rows, mapped as a whole; it may move from one database to another."""
    tables = {
        name: Table(name, f"their_{name}", {}, {ours: ours for ours in columns})
        for name, columns in COLUMNS.items()
    }
    application = Application(backends, tables, rng)
    application.draw_types()
    return application


def declared(kind: str) -> str:
    """A type as the database calls it."""
    return DECLARED.get(kind, kind)


def cursor(table: Table, line: Line) -> Any:
    """A row's cursor as its column has it; times are UTC without zone."""
    return None if line.at is None else _CURSORS[table.types["changed_at"]](line.at)


def _seconds(at: datetime) -> int:
    return int((at.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())


def _day(at: datetime) -> date:
    return at.date()


def _word(at: datetime) -> Word:
    return Word(f"no {_seconds(at) + 10**11:012}")


_CURSORS: Mapping[str, Any] = {
    "timestamp": lambda at: at,
    "timestamptz": lambda at: at,
    "any time": lambda at: at,
    "any number": _seconds,
    "date": _day,
    "bigint": _seconds,
    "text": lambda at: at.isoformat(sep=" "),
    "words": _word,
}

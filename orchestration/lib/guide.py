"""What each relation and macro of the published file is: its comment, its row in `roster.guide`.

The facts of a relation stand beside its model (`meta`: type, grain, key, sample), those of a macro
where it is defined. Here they only become comments and rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from dlt_sources.sql import literal

#: What a relation can be; the glossary says what each word means.
TYPES = ("entity", "history", "association", "event", "total")
#: The schemas that analysts ask, and the one that holds what other relations need.
FOR_ANALYSTS = ("roster", "progress", "matching", "ops")
INTERMEDIATE = "intermediate"


@dataclass(frozen=True)
class Entry:
    """A relation or table macro: `name` is what stands after `from`, a macro's with parameters.

    `kind` is `table`, `view` or `macro`, `type` one of TYPES. A row is one `grain`, and only one
    has these values in the columns of `key`, which is empty where nothing is a key.
    """

    name: str
    kind: str
    type: str
    grain: str
    key: tuple[str, ...]
    sample: str
    description: str

    @property
    def is_intermediate(self) -> bool:
        """Whether it is there for other relations only."""
        return self.name.startswith(f"{INTERMEDIATE}.")

    @property
    def comment(self) -> str:
        """The description, after what a reader must know first: type, grain and key."""
        told = f"{self.type.capitalize()}{' for other relations' if self.is_intermediate else ''}"
        key = f"key: {', '.join(self.key)}" if self.key else "no key"
        return f"{told}, one row per {self.grain}; {key}. {self.description}"


def entry_of(node: Mapping[str, Any], kind: str) -> Entry:
    """The entry of a model of dbt's manifest."""
    meta = node["config"]["meta"]
    return Entry(
        name=f"{node['schema']}.{node['alias']}",
        kind=kind,
        type=meta["type"],
        grain=meta["grain"],
        key=tuple(meta["key"]),
        sample=_on_one_line(meta["sample"]),
        description=_on_one_line(node["description"]),
    )


def comments(entry: Entry, columns: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The statements that give a relation and its columns their comments."""
    yield f"comment on {entry.kind} {entry.name} is {literal(entry.comment)}"
    for column, about in columns.items():
        told = literal(_on_one_line(about["description"]))
        yield f'comment on column {entry.name}."{column}" is {told}'


def fill(connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Sequence[Any]]) -> None:
    """Put rows in the place of what a table holds."""
    given = [*rows]
    connection.execute(f"delete from {table}")
    if given:
        row = f"({', '.join('?' for _ in given[0])})"
        values = [value for each in given for value in each]
        connection.execute(f"insert into {table} values {', '.join([row] * len(given))}", values)


def guide_rows(entries: Iterable[Entry]) -> list[tuple[Any, ...]]:
    """The rows of `roster.guide`, what is asked first and what only relations need last."""
    return [
        (
            entry.name,
            entry.kind,
            entry.type,
            entry.grain,
            list(entry.key),
            entry.sample,
            entry.is_intermediate,
            entry.description,
        )
        for entry in sorted(entries, key=lambda each: (each.is_intermediate, each.name))
    ]


def _on_one_line(text: str) -> str:
    return " ".join(text.split())

"""A table macro of the published file: its query, and beside it what `roster.guide` says of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from orchestration.lib.guide import Entry


@dataclass(frozen=True)
class Macro:
    """`create macro name(parameters) as table query`, with the facts of its entry in the guide.

    `name` begins with the schema. `sample` runs in any published file.
    """

    name: str
    parameters: tuple[str, ...]
    query: str
    type: str
    grain: str
    key: tuple[str, ...]
    sample: str
    description: str

    @property
    def entry(self) -> Entry:
        """What the guide says of it."""
        return Entry(
            name=f"{self.name}({', '.join(self.parameters)})",
            kind="macro",
            type=self.type,
            grain=self.grain,
            key=self.key,
            sample=self.sample,
            description=self.description,
        )


def create_macros(connection: duckdb.DuckDBPyConnection, macros: Iterable[Macro]) -> list[Entry]:
    """Make each macro and its comment; their entries for the guide."""
    entries = []
    for macro in macros:
        entry = macro.entry
        connection.execute(f"create macro {entry.name} as table {macro.query}")
        quoted = entry.comment.replace("'", "''")
        connection.execute(f"comment on macro table {macro.name} is '{quoted}'")
        entries.append(entry)
    return entries

"""A table macro of the published file: its query, and beside it what `roster.guide` says of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from dlt_sources.sql import literal
from orchestration.lib.guide import Entry


@dataclass(frozen=True, kw_only=True)
class Macro(Entry):
    """`create macro name as table query`; `name` has its schema and its parameters.

    `sample` runs in any published file.
    """

    query: str
    kind: str = "macro"


def create_macros(connection: duckdb.DuckDBPyConnection, macros: Iterable[Macro]) -> None:
    """Make each macro and its comment."""
    for macro in macros:
        connection.execute(f"create macro {macro.name} as table {macro.query}")
        name = macro.name.split("(")[0]
        connection.execute(f"comment on macro table {name} is {literal(macro.comment)}")

"""What to know before trusting a number, from the published file (`ops.warnings`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

_WARNINGS = """
    select distinct district_id, warning, line from ops.warnings
    order by district_id nulls last, warning, line
"""


@dataclass(frozen=True)
class Warned:
    """One warning: its kind, which `ops.warning_kinds` explains, and what it says here."""

    warning: str
    line: str

    def __str__(self) -> str:
        return f"{self.warning} ({self.line})"


def read_warnings(
    connection: duckdb.DuckDBPyConnection,
) -> Mapping[str | None, tuple[Warned, ...]]:
    """The warnings of each district by its ID; None has those of no known district."""
    found: defaultdict[str | None, list[Warned]] = defaultdict(list)
    for district_id, warning, line in connection.execute(_WARNINGS).fetchall():
        found[district_id].append(Warned(warning, line))
    return {district_id: tuple(warned) for district_id, warned in found.items()}

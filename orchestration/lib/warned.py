"""What to know before trusting a number, from the published file (`ops.warnings`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

_WARNINGS = """
    select distinct district_id, warning, line, records from ops.warnings
    order by district_id nulls last, warning, line
"""


@dataclass(frozen=True)
class Warned:
    """One warning: its kind, which `ops.warning_kinds` explains, and what it says here.

    `records` is how many it is about, None where none are counted.
    """

    warning: str
    line: str
    records: int | None = None

    def __str__(self) -> str:
        return f"{self.warning} ({self.line})"


def read_warnings(
    connection: duckdb.DuckDBPyConnection,
) -> Mapping[str | None, tuple[Warned, ...]]:
    """The warnings of each district by its ID; None has those of no known district."""
    found: defaultdict[str | None, list[Warned]] = defaultdict(list)
    for district_id, *warned in connection.execute(_WARNINGS).fetchall():
        found[district_id].append(Warned(*warned))
    return {district_id: tuple(each) for district_id, each in found.items()}

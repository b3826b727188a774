"""The tables of a warehouse beside those of the model, and what to say where they differ."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import duckdb

from .contract import KINDS
from .oracle import (
    Moment,
    Row,
    association_history,
    current_associations,
    current_records,
    record_history,
    student_teachers,
    unresolved_references,
)
from .reading import text_of

Tables = dict[str, list[Row]]
#: Current associations by the name analysts know them by.
_CURRENT = {
    "enrollment": "enrollments",
    "teaching": "teaching",
    "school_membership": "school_memberships",
    "contact_relationship": "contact_relationships",
}
_SHOWN = 6
_IDENTITY = {
    *("valid_from", "role", "relationship", "relationship_type", "is_primary", "field"),
    *("object", "id", "referenced_id", "school_id", "section_id", "district_id"),
    *("progress_id", "edit_id", "group_id"),
    *(kind.key for kind in KINDS),
}
Printed = tuple[tuple[str, str], ...]


def expected_tables(districts: Mapping[str, Sequence[Moment]]) -> Tables:
    """Every table of the contract as the model makes it, from the moments of each district."""
    tables: Tables = {}
    for district_id, moments in districts.items():
        for kind in KINDS:
            history = record_history(kind, district_id, moments)
            tables.setdefault(f"roster.{kind.singular}_history", []).extend(history)
            tables.setdefault(f"roster.{kind.plural}", []).extend(current_records(history))
        for name, current in _CURRENT.items():
            history = association_history(name, district_id, moments)
            tables.setdefault(f"roster.{name}_history", []).extend(history)
            tables.setdefault(f"roster.{current}", []).extend(current_associations(history))
        for table, rows in _OTHERS.items():
            tables.setdefault(table, []).extend(rows(district_id, moments))
    return tables


_OTHERS: dict[str, Callable[[str, Sequence[Moment]], list[Row]]] = {
    "roster.student_teachers": student_teachers,
    "ops.unresolved_references": unresolved_references,
}


def actual_tables(connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> Tables:
    """The rows of tables in the attached `build`, read as the model writes them."""
    return {name: _rows(connection, f"build.{name}") for name in names}


def _rows(connection: duckdb.DuckDBPyConnection, table: str) -> list[Row]:
    found = connection.execute(f"select * from {table}")
    names = [column[0] for column in found.description]
    return [
        {name: _read(name, value) for name, value in zip(names, row, strict=True)}
        for row in found.fetchall()
    ]


def _read(name: str, value: Any) -> Any:
    if name in ("ext", "extra") and value is not None:
        return text_of(json.loads(value))
    return tuple(value) or None if isinstance(value, list) else value


def differences(expected: Tables, actual: Tables) -> list[str]:
    """One paragraph for each table that is not as it should be."""
    found = (_difference(table, rows, actual[table]) for table, rows in expected.items())
    return [paragraph for paragraph in found if paragraph]


def _difference(table: str, expected: Sequence[Row], actual: Sequence[Row]) -> str:
    should, does = _counted(expected), _counted(actual)
    missing, surplus = _by_identity(should - does), _by_identity(does - should)
    wrong = sorted(missing.keys() | surplus.keys())
    if not wrong:
        return ""
    lines = [f"{table}: {len(wrong)} rows are wrong, {len(expected)} were expected."]
    for identity in wrong[:_SHOWN]:
        lines.append("  " + " ".join(f"{name}={_brief(value)}" for name, value in identity))
        lines.append(f"    {_what_is_wrong(missing.get(identity), surplus.get(identity))}")
    return "\n".join(lines)


def _counted(rows: Sequence[Row]) -> Counter[Printed]:
    return Counter(
        tuple(sorted((name, repr(value)) for name, value in row.items())) for row in rows
    )


def _by_identity(rows: Counter[Printed]) -> dict[Printed, dict[str, str]]:
    """The rows by the columns that say which row it is."""
    return {
        tuple((name, value) for name, value in row if name in _IDENTITY): dict(row)
        for row in rows.elements()
    }


def _what_is_wrong(should: dict[str, str] | None, does: dict[str, str] | None) -> str:
    if should is None or does is None:
        return "must not be there" if should is None else "is missing"
    names = [name for name in sorted(should | does) if should.get(name) != does.get(name)]
    wrong = [
        f"{name} is {_brief(does.get(name))}, should be {_brief(should.get(name))}"
        for name in names
    ]
    return "; ".join(wrong) or "is there more than once"


def _brief(value: str | None) -> str:
    """A value short enough for a line; a column that is not there has none."""
    return "no column" if value is None else value.removeprefix("datetime.")[:80]

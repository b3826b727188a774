"""The mapping a user edits: which of their tables and columns hold what Rollbook asks for."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dlt_sources.application.columns import APPLICATION_TABLES, ApplicationTable
from dlt_sources.errors import ConfigurationError

_TEXTS = ("table", "schema", "cursor", "deleted_at")
_NUMBERS = ("overlap_seconds", "overlap")
_ENTRIES = {*_TEXTS, *_NUMBERS, "reconcile", "columns"}
_RECONCILE = ("daily", "weekly", "never")


@dataclass(frozen=True)
class TableMapping:
    """Where one of Rollbook's tables stands in the application's database.

    `columns` gives their name for each of ours. `cursor` is the column that grows with every change
    of a row; without one the whole table is compared every time. What lies a little before the last
    cursor is read again, for transactions that were committed late: `overlap_seconds` for a cursor
    of times (an hour by default), `overlap` in its own unit for one of numbers. `deleted_at` is set
    where the application only marks rows as deleted. `reconcile` says how often the whole table is
    compared with the log.
    """

    target: ApplicationTable
    table: str
    columns: Mapping[str, str]
    schema: str | None = None
    cursor: str | None = None
    deleted_at: str | None = None
    overlap_seconds: float | None = None
    overlap: float | None = None
    reconcile: str = "weekly"

    @property
    def name(self) -> str:
        """Our name of the table."""
        return self.target.name

    @property
    def read_columns(self) -> list[str]:
        """Every column of theirs that is read, each once."""
        names = (*self.columns.values(), self.cursor, self.deleted_at)
        return list(dict.fromkeys(name for name in names if name))


@dataclass(frozen=True)
class ReadMapping:
    """The tables of a mapping file, and by name those whose entries cannot work, and why."""

    tables: tuple[TableMapping, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)


def read_mapping(file: Path) -> ReadMapping:
    """The mapping in a TOML file; a table that is not mapped is not read.

    What is wrong with one table keeps no other from being read. Raises ConfigurationError for a
    file that cannot be read, or names a table that there is not.
    """
    try:
        entries = tomllib.loads(file.read_text())
    except OSError as error:
        raise ConfigurationError(f"The mapping {file} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"The mapping {file} is no TOML: {error}.") from None
    known = {table.name: table for table in APPLICATION_TABLES}
    _refuse_unknown(file, "", entries.keys() - known.keys(), known.keys())
    tables, refused = [], {}
    for name, entry in entries.items():
        try:
            tables.append(_table(file, known[name], entry))
        except ConfigurationError as error:
            refused[name] = str(error)
    return ReadMapping(tuple(tables), refused)


def _table(file: Path, target: ApplicationTable, entry: Any) -> TableMapping:
    _require(file, target.name, isinstance(entry, Mapping), "must be a table of entries")
    columns = entry.get("columns", {})
    _require(file, f"{target.name}.columns", isinstance(columns, Mapping), "must be a table")
    ours = {"id", *target.columns}
    _refuse_unknown(file, target.name, entry.keys() - _ENTRIES, _ENTRIES)
    _refuse_unknown(file, f"{target.name}.columns", columns.keys() - ours, ours)
    missing = [name for name in ("id", *target.required) if not columns.get(name)]
    if missing or not entry.get("table"):
        raise ConfigurationError(
            f"The mapping {file} lacks {', '.join(missing) or 'table'} for {target.name}; name the "
            "column or table of the application's database that holds it."
        )
    _check_values(file, target.name, entry, columns)
    given = {name: value for name, value in entry.items() if value != ""}
    return TableMapping(target, **{**given, "columns": {k: v for k, v in columns.items() if v}})


def _check_values(
    file: Path, name: str, entry: Mapping[str, Any], columns: Mapping[str, Any]
) -> None:
    for text in _TEXTS:
        _require(file, f"{name}.{text}", isinstance(entry.get(text, ""), str), "must be a name")
    for ours, theirs in columns.items():
        _require(file, f"{name}.columns.{ours}", isinstance(theirs, str), "must be a name")
    for number in _NUMBERS:
        _require(
            file, f"{name}.{number}", _is_amount(entry.get(number, 0)), "must be a number from 0 on"
        )
    reconcile = entry.get("reconcile", "weekly")
    _require(file, f"{name}.reconcile", reconcile in _RECONCILE, f"must be {', '.join(_RECONCILE)}")


def _is_amount(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e15


def _require(file: Path, where: str, holds: bool, rule: str) -> None:
    if not holds:
        raise ConfigurationError(f"In the mapping {file}, {where} {rule}.")


def _refuse_unknown(file: Path, where: str, unknown: Any, known: Any) -> None:
    if unknown:
        raise ConfigurationError(
            f"The mapping {file} has {', '.join(sorted(unknown))} "
            f"{f'in {where} ' if where else ''}which Rollbook does not know; "
            f"it may be {', '.join(sorted(known))}."
        )

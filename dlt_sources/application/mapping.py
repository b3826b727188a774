"""The mapping a user edits: which of their tables and columns hold what Rollbook asks for."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dlt_sources.application.columns import APPLICATION_TABLES, ApplicationTable
from dlt_sources.errors import ConfigurationError

_ENTRIES = {"table", "schema", "cursor", "deleted_at", "overlap_seconds", "columns"}


@dataclass(frozen=True)
class TableMapping:
    """Where one of Rollbook's tables stands in the application's database.

    `columns` gives their name for each of ours. `cursor` is the column that grows with every change
    of a row; without one the whole table is read every time. So many seconds before the last value
    are read again, for transactions that were committed late. `deleted_at` is set where the
    application only marks rows as deleted.
    """

    target: ApplicationTable
    table: str
    columns: Mapping[str, str]
    schema: str | None = None
    cursor: str | None = None
    deleted_at: str | None = None
    overlap_seconds: float = 3600.0

    @property
    def read_columns(self) -> list[str]:
        """Every column of theirs that is read, each once."""
        return _each_once(*self.columns.values(), self.cursor, self.deleted_at)

    @property
    def key_columns(self) -> list[str]:
        """Those of them that tell which rows there are."""
        return _each_once(self.columns["id"], self.cursor, self.deleted_at)


def _each_once(*names: str | None) -> list[str]:
    return list(dict.fromkeys(name for name in names if name))


def read_mapping(file: Path) -> tuple[TableMapping, ...]:
    """The mapping in a TOML file; a table that is not mapped is not read.

    Raises ConfigurationError that says which entry is missing or unknown.
    """
    try:
        entries = tomllib.loads(file.read_text())
    except OSError as error:
        raise ConfigurationError(f"The mapping {file} cannot be read: {error.strerror}.") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"The mapping {file} is no TOML: {error}.") from None
    known = {table.name: table for table in APPLICATION_TABLES}
    _refuse_unknown(file, "", entries.keys() - known.keys(), known.keys())
    return tuple(_table(file, known[name], entry) for name, entry in entries.items())


def _table(file: Path, target: ApplicationTable, entry: Mapping[str, Any]) -> TableMapping:
    columns = entry.get("columns", {})
    ours = {"id", *target.columns}
    _refuse_unknown(file, target.name, entry.keys() - _ENTRIES, _ENTRIES)
    _refuse_unknown(file, f"{target.name}.columns", columns.keys() - ours, ours)
    missing = [name for name in ("id", *target.required) if not columns.get(name)]
    if missing or not entry.get("table"):
        raise ConfigurationError(
            f"The mapping {file} lacks {', '.join(missing) or 'table'} for {target.name}."
        )
    return TableMapping(target, **{**entry, "columns": {k: v for k, v in columns.items() if v}})


def _refuse_unknown(file: Path, where: str, unknown: Any, known: Any) -> None:
    if unknown:
        raise ConfigurationError(
            f"The mapping {file} has {', '.join(sorted(unknown))} "
            f"{f'in {where} ' if where else ''}which Rollbook does not know; "
            f"it may be {', '.join(sorted(known))}."
        )

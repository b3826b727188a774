"""The application's database of the certification: an SQLite file, told day by day.

Its tables and columns bear the names Rollbook knows, so that the mapping is each to itself.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from dlt_sources.application.columns import APPLICATION_TABLES, ApplicationTable
from dlt_sources.certification.script import APPLICATION

_Tables = Mapping[str, Sequence[Mapping[str, Any]]]
_TYPES = {"VARCHAR": "text", "DOUBLE": "float", "TIMESTAMP": "datetime"}


def write_mapping(file: Path) -> None:
    """Write the mapping, in the format of `dlt_sources.application.mapping`."""
    file.write_text("\n".join(map(_entry, APPLICATION_TABLES)))


def _entry(table: ApplicationTable) -> str:
    columns = "".join(f'{name} = "{name}"\n' for name in ("id", *table.columns))
    return f'[{table.name}]\ntable = "{table.name}"\n\n[{table.name}.columns]\n{columns}'


def accounts_told(dataset: Path, day: int) -> set[str]:
    """The IDs of the accounts that the application has on a day."""
    return {str(row["id"]) for row in _read(_newest(dataset, day))["accounts"]}


def _newest(dataset: Path, day: int) -> Path:
    files = (dataset / "days" / f"{each:02}" / APPLICATION for each in range(day, -1, -1))
    return next(file for file in files if file.exists())


def _read(file: Path) -> _Tables:
    tables: _Tables = json.loads(file.read_text())
    return tables


def tell(file: Path, dataset: Path, day: int) -> None:
    """Let the database hold what the dataset says of a day; it is made if it is not there.

    On a day of which nothing is said everything stays as it was on the day before.
    """
    newest = _newest(dataset, day)
    if file.exists() and newest.parent.name != f"{day:02}":
        return
    tables = _read(newest)
    with closing(sqlite3.connect(file)) as connection, connection:
        for table in APPLICATION_TABLES:
            _fill(connection, table, tables[table.name])


def _fill(
    connection: sqlite3.Connection, table: ApplicationTable, rows: Sequence[Mapping[str, Any]]
) -> None:
    types = {"id": "VARCHAR", **table.columns}
    columns = ", ".join(f"{name} {_TYPES[kind]}" for name, kind in types.items())
    connection.execute(f"create table if not exists {table.name} ({columns})")
    connection.execute(f"delete from {table.name}")
    values = ", ".join(f":{name}" for name in types)
    connection.executemany(
        f"insert into {table.name} values ({values})",
        [dict.fromkeys(types) | dict(row) for row in rows],
    )

"""An export: relations of one published file, written into a folder as a whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from dlt_sources.errors import RollbookError
from dlt_sources.sql import literal
from orchestration.export.choosing import Asked, Chosen, Source, choose
from orchestration.export.csv_file import write_csv
from orchestration.export.folder import whole_folder
from orchestration.export.formats import MANIFEST, Format
from orchestration.export.parquet_file import write_parquet
from orchestration.export.watching import Tell, interruptible, let_watch
from orchestration.export.xlsx_file import MOST_ROWS, expect_sheet, write_xlsx
from orchestration.lib.home import Home
from orchestration.lib.reading import masked, published

#: DuckDB's limit; what needs more goes into the folder that is being filled.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {"memory_limit": "1GB"}


#: Writes the rows of a relation into a file; how many they are.
_Writer = Callable[[duckdb.DuckDBPyConnection, Source, Path, Tell], int]


@dataclass(frozen=True)
class Version:
    """The published file, or the masked copy, that an export is of; times are UTC.

    `observed_at` is the time of the newest complete sync of what is exported, None if there is
    none.
    """

    is_masked: bool
    published_at: datetime
    observed_at: datetime | None = None


@dataclass(frozen=True)
class Written:
    """A file of the export and how many rows it has."""

    table: str
    file: str
    rows: int


@dataclass(frozen=True)
class Exported:
    """What was written; `warnings` are those of `ops.warnings` that concern it."""

    version: Version
    tables: tuple[Written, ...]
    left_out: tuple[str, ...]
    warnings: tuple[dict[str, str | None], ...]

    @property
    def longer_than_a_sheet(self) -> tuple[Written, ...]:
        """Files of which Excel would show the beginning only."""
        return tuple(each for each in self.tables if each.rows > MOST_ROWS)


def export(
    home: Home,
    asked: Asked,
    format_: Format,
    to: Path,
    watcher: Callable[[str], None],
    *,
    is_masked: bool = False,
) -> Exported:
    """Write what is asked for, a file for each relation, and a manifest beside them.

    All rows are of one published file, also if a sync replaces it meanwhile. Raises
    ConfigurationError for wrong wishes and folders, FullDiskError, and RollbookError where the
    published file cannot be read; then `to` is as it was.
    """
    with interruptible(), _one_version(home, is_masked) as (connection, published_at):
        let_watch(connection)
        # Texts of times, and the instants that Parquet has, are UTC in every session.
        connection.execute("set timezone = 'UTC'")
        chosen = choose(connection, asked)
        version = Version(is_masked, published_at, _observed_at(connection, asked))
        write = _writer(connection, chosen, format_)
        with whole_folder(to, last=MANIFEST) as folder:
            tables = _write_all(connection, chosen, format_, write, folder, watcher)
            warnings = _warnings(connection, chosen, asked)
            exported = Exported(version, tables, chosen.left_out, warnings)
            manifest = json.dumps(_manifest(exported, asked, format_), indent=2)
            (folder / MANIFEST).write_text(f"{manifest}\n", encoding="utf-8")
    return exported


@contextmanager
def _one_version(
    home: Home, is_masked: bool
) -> Iterator[tuple[duckdb.DuckDBPyConnection, datetime]]:
    """A connection, which keeps its file whatever takes its place, and when that was published."""
    opened, file = (masked, home.masked) if is_masked else (published, home.published)
    while True:
        before = file.stat()
        with opened(home, _CONFIG) as connection:
            if os.path.samestat(before, file.stat()):
                yield connection, datetime.fromtimestamp(before.st_mtime, UTC)
                return


def _observed_at(connection: duckdb.DuckDBPyConnection, asked: Asked) -> datetime | None:
    """When the newest complete sync of the districts saw what it saw."""
    [(observed_at,)] = connection.execute(
        "select max(last_complete_at) from ops.district_status "
        "where $district is null or district_id = $district",
        {"district": asked.district_id},
    ).fetchall()
    return observed_at.replace(tzinfo=UTC) if observed_at else None


def _writer(connection: duckdb.DuckDBPyConnection, chosen: Chosen, format_: Format) -> _Writer:
    """What writes such files; raises ConfigurationError if it cannot hold one of the relations."""
    match format_:
        case Format.PARQUET:
            return write_parquet
        case Format.CSV:
            return write_csv
        case Format.XLSX:
            # Before the first is written: no sheet may turn out to be too small after minutes.
            expected = {source: expect_sheet(connection, source) for source in chosen.sources}
            return lambda connection, source, file, tell: write_xlsx(
                connection, source, file, tell, expected[source]
            )


def _write_all(
    connection: duckdb.DuckDBPyConnection,
    chosen: Chosen,
    format_: Format,
    write: _Writer,
    folder: Path,
    watcher: Callable[[str], None],
) -> tuple[Written, ...]:
    written = []
    with TemporaryDirectory(dir=folder, prefix=".work-") as work:
        connection.execute(f"set temp_directory = {literal(work)}")
        for number, source in enumerate(chosen.sources, start=1):
            where = f"{source.name} ({number} of {len(chosen.sources)})"
            watcher(where)
            file = Path(work) / f"{source.name}.{format_}"
            try:
                rows = write(connection, source, file, _teller(watcher, where))
            except duckdb.OutOfMemoryException:
                raise RollbookError(
                    f"{source.name} takes more memory than {_CONFIG['memory_limit']}; narrow it "
                    "with --district. Nothing was exported."
                ) from None
            file.rename(folder / file.name)
            written.append(Written(source.name, file.name, rows))
    return tuple(written)


def _teller(watcher: Callable[[str], None], where: str) -> Tell:
    return lambda share: watcher(f"{where}: {share:.0%}")


def _warnings(
    connection: duckdb.DuckDBPyConnection, chosen: Chosen, asked: Asked
) -> tuple[dict[str, str | None], ...]:
    """What is to be known of the exported tables before a number of them is trusted."""
    found = connection.execute(
        "select distinct district_id, warning, line from ops.warnings "
        "where list_contains($tables, table_name) "
        "and ($district is null or district_id = $district) order by all",
        {"tables": [source.name for source in chosen.sources], "district": asked.district_id},
    )
    names = [column[0] for column in found.description]
    return tuple(dict(zip(names, row, strict=True)) for row in found.fetchall())


def _manifest(exported: Exported, asked: Asked, format_: Format) -> dict[str, Any]:
    """What the files are, for whoever gets them without a word; times are UTC."""
    return {
        "published_at": _stamp(exported.version.published_at),
        "last_complete_sync_observed_at": _stamp(exported.version.observed_at),
        "masked": exported.version.is_masked,
        "format": format_,
        "on": asked.on.isoformat() if asked.on else None,
        "district_id": asked.district_id,
        "tables": [
            {"table": each.table, "file": each.file, "rows": each.rows} for each in exported.tables
        ],
        "left_out": list(exported.left_out),
        "warnings": list(exported.warnings),
    }


def _stamp(when: datetime | None) -> str | None:
    return f"{when:%Y-%m-%dT%H:%M:%SZ}" if when else None

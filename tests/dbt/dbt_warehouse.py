"""A home with raw tables written by hand, to test dbt apart from the walk that fills them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import orjson

from dlt_sources.application.changelog import ensure_tables
from dlt_sources.clever.columns import raw_tables

DISTRICT = "district-1"
FIRST_SYNC = datetime(2026, 8, 17, 2)
Record = dict[str, Any]
Records = Mapping[str, Iterable[Record]]


@dataclass
class Warehouse:
    """The raw side of a home: `sync` says what a district shows, the log gets what changed."""

    home: Path
    standing: dict[tuple[str, str, str], Record | None] = field(default_factory=dict)
    sync_id: int = 0

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        with self.connect() as con:
            con.execute("create schema clever_raw")
            for table, columns in raw_tables().items():
                listed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
                con.execute(f"create table clever_raw.{table} ({listed})")
            ensure_tables(con)

    def connect(self) -> duckdb.DuckDBPyConnection:
        return duckdb.connect(str(self.home / "warehouse.duckdb"))

    def sync(
        self,
        records: Records,
        *,
        district: str = DISTRICT,
        at: datetime | None = None,
        status: str = "complete",
    ) -> int:
        """Everything `district` shows at `at`, a day after the last sync by default.

        Gives the sync's number.
        """
        self.sync_id += 1
        at = at or FIRST_SYNC + timedelta(days=self.sync_id - 1)
        rows = [
            row for name in LOGS for row in self._changes(name, records.get(name, ()), district)
        ]
        with self.connect() as con:
            for name, id_, change, record, extra in rows:
                self._write(con, name, (self.sync_id, district, id_, change, at), record, extra)
            con.execute(
                """insert into clever_raw.syncs by name select ? as sync_id, ? as district_id,
                   'full' as mode, ? as status, ? as observed_at""",
                [self.sync_id, district, status, at],
            )
        if status == "complete":
            for name, id_, _, record, _ in rows:
                self.standing[name, district, id_] = record
        return self.sync_id

    def note(self, table: str, **values: Any) -> None:
        """A row of a table beside the logs, for the newest sync of the district."""
        row = {"sync_id": self.sync_id, "district_id": DISTRICT, **values}
        marks = ", ".join("?" for _ in row)
        with self.connect() as con:
            con.execute(
                f"insert into clever_raw.{table} ({', '.join(row)}) values ({marks})",
                [*row.values()],
            )

    def _changes(
        self, name: str, records: Iterable[Record], district: str
    ) -> Iterable[tuple[str, str, str, Record | None, Record | None]]:
        shown = {record["id"]: record for record in records}
        for id_, record in shown.items():
            last = self.standing.get((name, district, id_), ...)
            extra = record.get("extra")
            if last is ...:
                yield name, id_, "created", record, extra
            elif last is None:
                yield name, id_, "restored", record, extra
            elif last != record:
                yield name, id_, "updated", record, extra
        for (object_, owner, id_), last in self.standing.items():
            if object_ == name and owner == district and last is not None and id_ not in shown:
                yield name, id_, "removed", None, None

    def _write(
        self,
        con: duckdb.DuckDBPyConnection,
        name: str,
        head: tuple[Any, ...],
        record: Record | None,
        extra: Record | None,
    ) -> None:
        record = record and {key: value for key, value in record.items() if key != "extra"}
        row = [*head, 0, 1, record and _json(record), extra and _json(extra)]
        if name == "users":
            row.append(",".join(sorted((record or {}).get("roles", {}))) or None)
        marks = ", ".join("?" for _ in row)
        con.execute(f"insert into clever_raw.{name} values ({marks})", row)


LOGS = ("districts", "schools", "terms", "courses", "sections", "users")


def _json(value: Record) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()

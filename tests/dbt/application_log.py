"""The application's raw tables written by hand, beside those of `dbt_warehouse`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.dbt.dbt_warehouse import Warehouse

Row = Mapping[str, Any]


@dataclass
class ApplicationLog:
    """`load` says all an application holds; the log gets what changed since the last time."""

    warehouse: Warehouse
    standing: dict[tuple[str, str], Row | None] = field(default_factory=dict)
    load_id: int = 0

    def load(self, at: datetime, **tables: Sequence[Row]) -> int:
        """What the tables that are given hold at `at`; the load's number."""
        self.load_id += 1
        with self.warehouse.connect() as connection:
            for name, rows in tables.items():
                shown = {str(row["id"]): row for row in rows}
                changes = [*self._changes(name, shown)]
                for change, row in changes:
                    values = {**row, "load_id": self.load_id, "change": change, "observed_at": at}
                    marks = ", ".join("?" for _ in values)
                    into = f"application_raw.{name} ({', '.join(values)})"
                    connection.execute(f"insert into {into} values ({marks})", [*values.values()])
                connection.execute(
                    "insert into application_raw.loads by name select ? as load_id, "
                    "? as observed_at, ? as table_name, 'complete' as status, "
                    "? as created, 0 as updated, 0 as restored, 0 as withdrawn",
                    [self.load_id, at, name, len(changes)],
                )
        return self.load_id

    def _changes(self, name: str, shown: Mapping[str, Row]) -> Sequence[tuple[str, Row]]:
        found = []
        for id_, row in shown.items():
            last = self.standing.get((name, id_), ...)
            if last is ... or last is None or last != row:
                change = "created" if last is ... else "updated" if last else "restored"
                found.append((change, row))
                self.standing[name, id_] = row
        for (table, id_), last in list(self.standing.items()):
            if table == name and last is not None and id_ not in shown:
                found.append(("withdrawn", last))
                self.standing[table, id_] = None
        return found

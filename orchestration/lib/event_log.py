"""Dagster's event log in SQLite, with its connections kept, and without a wait for each event.

Dagster makes a new database engine for every statement of every event: more than a third of what a
day without changes takes. Keeping one for each file halves that. It also waits for the disk after
each of a sync's thousand statements. With SQLite's write-ahead log, which Dagster uses, that is
needless: a machine that loses its power may lose the last seconds of the log, never the log. Files,
tables and everything read from them are Dagster's own; without this class in `dagster.yaml` the
same files go on working.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import Any, Self

from dagster import StringSource
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event

#: Every run has a file of its own, and a web server may look at any number of them.
_FILES_KEPT_OPEN = 8


class KeptConnectionsEventLog(SqliteEventLogStorage):
    """Dagster's own event log, but an engine is made once for each of the files last used."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> Any:
        """`dagster_home`: the instance's folder; the log lies where Dagster puts it by itself."""
        return {"dagster_home": StringSource}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> Self:
        """Made by Dagster from `dagster.yaml`."""
        return cls(str(Path(config_value["dagster_home"], "history", "runs")), inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection

    def _engine(self, shard: str) -> Engine:
        if shard not in self._engines:
            self._engines[shard] = create_engine(
                self.conn_string_for_shard(shard),
                connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS},
            )
            event.listen(self._engines[shard], "connect", _wait_for_checkpoints_only)
        self._engines.move_to_end(shard)
        if len(self._engines) > _FILES_KEPT_OPEN:
            self._engines.popitem(last=False)[1].dispose()
        return self._engines[shard]


def _wait_for_checkpoints_only(connection: SqliteConnection, _: object) -> None:
    connection.execute("pragma synchronous = normal")

"""Databases of an application, and the log that comes of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from dlt_sources.application import cursors
from dlt_sources.application.changelog import LoadLine
from dlt_sources.application.settings import ApplicationSettings
from dlt_sources.application.syncing import sync_application
from tests.application import servers
from tests.application.servers import Server

_TABLE = """
create table activity (
    id {id} primary key, person varchar(80), what varchar(80), class varchar(80),
    points {number}, seconds {number},
    done_at {time} not null, details {json}, changed_at {time} null, deleted_at {time} null
)
"""
_MAPPING = """
[progress]
table = "activity"
{more}
[progress.columns]
id = "id"
user_id = "person"
kind = "what"
section_id = "class"
score = "points"
duration_seconds = "seconds"
occurred_at = "done_at"
payload = "details"
"""
NOON = datetime(2026, 8, 17, 12)


@dataclass
class Application:
    """An application's database, and a home that loads it."""

    engine: Engine
    url: str
    home: Path
    more: str = 'cursor = "changed_at"'
    mapping: str = _MAPPING
    loads: int = field(default=0)
    lines: list[LoadLine] = field(default_factory=list)

    def run(self, statement: str, **values: Any) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement), values)

    def value(self, query: str) -> Any:
        with self.engine.connect() as connection:
            return connection.execute(text(query)).scalar()

    def add(self, id_: str, *, person: str = "ana", points: float = 1, minute: int = 0) -> None:
        """A record that was written so many minutes after noon."""
        at = NOON + timedelta(minutes=minute)
        self.run(
            "insert into activity (id, person, what, points, done_at, details, changed_at) "
            "values (:id, :person, 'assessment', :points, :at, '{\"unit\": 1}', :at)",
            id=id_, person=person, points=points, at=at,
        )  # fmt: skip

    def mark_as_deleted(self, id_: str, *, minute: int) -> None:
        """As `add`, of a record that is there."""
        self.run(
            "update activity set deleted_at = :at, changed_at = :at where id = :id",
            at=NOON + timedelta(minutes=minute), id=id_,
        )  # fmt: skip

    def load(self, *, reconcile: bool = False) -> LoadLine:
        """One load, a day after the last one; the line of `progress`."""
        return self.load_all(reconcile=reconcile)["progress"]

    def load_all(self, *, reconcile: bool = False) -> dict[str, LoadLine]:
        """One load; its lines by table."""
        self.loads += 1
        mapping = self.home.parent / "mapping.toml"
        mapping.write_text(self.mapping.format(more=self.more))
        lines = sync_application(
            self.home,
            settings=ApplicationSettings(self.url, mapping),
            run_id=f"run-{self.loads}",
            observed_at=NOON + timedelta(days=self.loads),
            reconcile=reconcile,
        )
        by_table = {line.table_name: line for line in lines}
        self.lines += [line for line in lines if line.table_name == "progress"]
        return by_table

    def write_log(self, statement: str) -> None:
        """Change the log by hand."""
        with duckdb.connect(str(self.home / "warehouse.duckdb")) as connection:
            connection.execute(statement)

    def log(self, columns: str = "id, change") -> list[tuple[Any, ...]]:
        """The log, load by load."""
        with duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(
                f"select load_id, {columns} from application_raw.progress order by load_id, id"
            ).fetchall()

    def ids(self) -> list[str]:
        """What the application has now."""
        with self.engine.connect() as connection:
            rows = connection.execute(text("select id from activity where deleted_at is null"))
            return sorted(str(id_) for (id_,) in rows)

    def present(self) -> list[str]:
        """What it has by the log, which has one row at most of an id and load."""
        newest = {}
        seen = set()
        for load_id, id_, change in self.log():
            assert (load_id, id_) not in seen, f"load {load_id} says of {id_} two things"
            seen.add((load_id, id_))
            newest[id_] = change
        return sorted(id_ for id_, change in newest.items() if change != "withdrawn")


def _application(url: str, folder: Path, types: Mapping[str, str]) -> Application:
    home = folder / "home"
    home.mkdir(exist_ok=True)
    # No connection is kept open: a server that is stopped would break it.
    application = Application(create_engine(url, poolclass=NullPool), url, home)
    application.run("drop table if exists activity")
    application.run(_TABLE.format(**types))
    return application


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Application]:
    url = f"sqlite:///{tmp_path / 'application.sqlite'}"
    application = _application(
        url, tmp_path, {"id": "text", "number": "float", "json": "text", "time": "timestamp"}
    )
    yield application
    application.engine.dispose()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    with servers.postgres() as server:
        yield server


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[Server]:
    with servers.mariadb() as server:
        yield server


@pytest.fixture
def postgres(postgres_server: Server, tmp_path: Path) -> Iterator[Application]:
    types = {"id": "uuid", "number": "numeric(8, 2)", "json": "jsonb", "time": "timestamp"}
    application = _application(postgres_server.url, tmp_path, types)
    yield application
    application.engine.dispose()


@pytest.fixture
def mariadb(mariadb_server: Server, tmp_path: Path) -> Iterator[Application]:
    types = {"id": "char(40)", "number": "decimal(8, 2)", "json": "json", "time": "datetime(6)"}
    application = _application(mariadb_server.url, tmp_path, types)
    yield application
    application.engine.dispose()


@pytest.fixture(params=["sqlite", "postgres", "mariadb"])
def application(request: pytest.FixtureRequest) -> Application:
    """The same application in each database."""
    found: Application = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def newest_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """No more rows are read than those from the last cursor on: tables of tests are small."""
    monkeypatch.setattr(cursors, "NEWEST", 1)

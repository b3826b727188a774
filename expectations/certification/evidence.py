"""What a replay of the certification days leaves for its checks, in a folder of its own.

`home/` is the home the replay worked in, `days/07.duckdb` the roster as it was published on day 7,
`replay.json` what was asked of the server on each day, `application.sqlite` the application's
database.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any

import duckdb

from dlt_sources.certification.catalogue import LAST_DAY
from dlt_sources.certification.script import date_of
from dlt_sources.sql import literal

#: When a day is synced (UTC); a second sync of the day comes in the afternoon.
SYNC_TIME, SECOND_SYNC_TIME = time(2), time(14)


def moment_of(day: int) -> datetime:
    """The moment of a day's sync, UTC without zone."""
    return datetime.combine(date_of(day), SYNC_TIME)


@dataclass(frozen=True)
class Evidence:
    """A replay's folder."""

    folder: Path

    @property
    def home(self) -> Path:
        """The home of the replay."""
        return self.folder / "home"

    @property
    def log(self) -> Path:
        """What was asked of the server, and how long it took."""
        return self.folder / "replay.json"

    @property
    def application(self) -> Path:
        """The application's database, as it stood at the end."""
        return self.folder / "application.sqlite"

    def published(self, day: int) -> Path:
        """The roster as it was published on a day."""
        return self.folder / "days" / f"{day:02}.duckdb"

    def days(self) -> Sequence[int]:
        """The days that were replayed, in order."""
        return sorted(int(file.stem) for file in (self.folder / "days").glob("*.duckdb"))

    def requests(self, day: int) -> Sequence[str]:
        """What was asked of the server on a day, such as `GET /v3.1/users?limit=100`."""
        told: Mapping[str, Any] = json.loads(self.log.read_text())
        return list(told["requests"].get(str(day), ()))

    def seconds(self) -> float:
        """How long the replay took."""
        return float(json.loads(self.log.read_text())["seconds"])

    @contextmanager
    def rosters(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection that has each day's roster attached as `day_07`, and uses the last one."""
        with duckdb.connect() as connection:
            for day in self.days():
                file = literal(self.published(day))
                connection.execute(f"attach {file} as day_{day:02} (read_only)")
            connection.execute("create temp table days (day integer, date date)")
            connection.executemany(
                "insert into days values (?, ?)",
                [(day, date_of(day)) for day in range(LAST_DAY + 1)],
            )
            use_day(connection, self.days()[-1])
            yield connection


def use_day(connection: duckdb.DuckDBPyConnection, day: int) -> None:
    """Ask the roster that was published on a day from now on."""
    connection.execute(f"use day_{day:02}")

"""Small districts written as a dataset, and the home that is kept in step with them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from dlt_sources.clever import (
    CleverSettings,
    SyncResult,
    SyncStart,
    Walked,
    begin_sync,
    clever_pipeline,
    load_sync,
    walk_districts,
)
from dlt_sources.sandbox import Sandbox

Record = dict[str, Any]
Lists = Mapping[str, Sequence[Record | str]]

ELM, OAK = "d1" + "0" * 22, "d2" + "0" * 22
TOKENS = {ELM: "token-of-elm", OAK: "token-of-oak"}
LISTS = ("schools", "terms", "courses", "sections", "users")

#: The first day's sync; each later day's is 24 hours after it.
FIRST = datetime(2026, 8, 17, 2, 0)


def oid(number: int, kind: str = "a") -> str:
    """A Clever ID that tells what it is of by its first character."""
    return f"{kind}{number:023x}"


def student(number: int, district: str = ELM, **role: Any) -> Record:
    """A student who attends the school with number 1."""
    school = oid(1, "c")
    attributes = {"sis_id": str(number), "school": school, "schools": [school], "grade": "3"}
    return user(number, district, student={**attributes, **role})


def user(number: int, district: str = ELM, **roles: Record) -> Record:
    """A user with the given roles."""
    return {
        "id": oid(number),
        "district": district,
        "created": "2026-01-01T00:00:00.000Z",
        "last_modified": "2026-01-01T00:00:00.000Z",
        "name": {"first": "Ada", "middle": "", "last": "Lee"},
        "email": f"user{number}@example.org",
        "roles": roles,
    }


def school(number: int = 1, district: str = ELM) -> Record:
    """A school."""
    return {"id": oid(number, "c"), "district": district, "name": f"School {number}"}


def section(number: int, students: Sequence[int], district: str = ELM, **more: Any) -> Record:
    """A section with students."""
    listed = [oid(member) for member in students]
    return {
        "id": oid(number, "e"),
        "district": district,
        "name": f"Section {number}",
        "school": oid(1, "c"),
        "students": listed,
        "teachers": [],
        **more,
    }


@dataclass(frozen=True)
class World:
    """A dataset of the two districts Elm and Oak; Oak is an empty one unless a day says more."""

    folder: Path

    def day(
        self,
        number: int,
        elm: Lists | None = None,
        oak: Lists | None = None,
        tokens: Mapping[str, str] | None = None,
        **district: Any,
    ) -> None:
        """Write a day; lists that are not given are as on the day before, or empty on the first.

        `district` are fields of Elm's own record. A record given as text is written as it stands.
        """
        self._json("dataset.json", {"title": "World", "client_id": "id", "client_secret": "secret"})
        day = Path(f"days/{number:02}")
        moment = FIRST + timedelta(days=number - 1, hours=-1)
        self._json(day / "day.json", {"date": moment.date().isoformat(), "story": []})
        self._json(day / "tokens.json", TOKENS if tokens is None else tokens)
        for district_id, name, lists in ((ELM, "elm", elm), (OAK, "oak", oak)):
            about = {"id": district_id, "name": name.title(), "state": "success"}
            about["last_sync"] = moment.isoformat(timespec="milliseconds") + "Z"
            more = district if district_id == ELM else {}
            self._json(day / name / "district.json", {**about, **more})
            for item in LISTS:
                if number == 1 or item in (lists or {}):
                    self._lines(day / name / f"{item}.jsonl", (lists or {}).get(item, ()))

    def _json(self, path: Path | str, content: object) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(content))

    def _lines(self, path: Path, records: Sequence[Record | str]) -> None:
        texts = [item if isinstance(item, str) else json.dumps(item) for item in records]
        (self.folder / path).write_text("".join(f"{text}\n" for text in texts))


@dataclass
class Home:
    """A home that syncs with a sandbox, a run and a day at a time."""

    folder: Path
    sandbox: Sandbox
    settings: CleverSettings
    runs: int = 0
    day: int = 1

    def set(self, **settings: Any) -> None:
        """Change settings."""
        self.settings = replace(self.settings, **settings)

    def begin(self) -> SyncStart:
        """The first part of a run."""
        self.runs += 1
        return begin_sync(clever_pipeline(self.folder), self.folder, f"run-{self.runs}")

    def walk(self, start: SyncStart, **more: Any) -> Walked:
        """The second part, at the day's time."""
        more.setdefault("observed_at", FIRST + timedelta(days=self.day - 1))
        more.setdefault("ahead_of_clock", True)
        return walk_districts(self.settings, start, **more)

    def load(self, walked: Walked) -> SyncResult:
        """The last part."""
        return load_sync(clever_pipeline(self.folder), walked)

    def look(self) -> Walked:
        """A walk that is not loaded."""
        return self.walk(self.begin())

    def sync(self, day: int | None = None, **more: Any) -> SyncResult:
        """A whole run, of another day if one is given."""
        self.day = day or self.day
        self.sandbox.set_day(self.day)
        return self.load(self.walk(self.begin(), **more))

    def sql(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query in the warehouse."""
        with duckdb.connect(str(self.folder / "warehouse.duckdb"), read_only=True) as connection:
            return connection.sql(query).fetchall()

    def log(self, name: str = "users", district: str = ELM) -> list[tuple[int, str, str]]:
        """The visible changes of a list: the sync's number, the end of the ID, the change."""
        return [
            (sync_id, f"{int(record_id[1:], 16)}", change)
            for sync_id, record_id, change in self.sql(
                f"select sync_id, id, change from clever_raw.{name} "
                f"semi join (from clever_raw.syncs where status = 'complete') "
                f"using (sync_id, district_id) where district_id = '{district}' order by 1, 2"
            )
        ]

    def status(self, sync_id: int, district: str = ELM) -> tuple[str, str | None]:
        """A district's status in a sync, and the error."""
        [row] = self.sql(
            "select status, error from clever_raw.syncs "
            f"where sync_id = {sync_id} and district_id = '{district}'"
        )
        return row[0], row[1]


def line(result: SyncResult | Walked, district: str = ELM) -> Any:
    """A district's outcome."""
    return next(item for item in result.districts if item.district_id == district)


def counts(result: SyncResult | Walked, district: str = ELM) -> dict[str, int]:
    """What a sync changed in a district's lists other than its own record."""
    names = ("created", "updated", "archived", "restored", "unchanged")
    objects = line(result, district).objects[1:]
    found = {name: sum(getattr(item, name) for item in objects) for name in names}
    return {name: count for name, count in found.items() if count}

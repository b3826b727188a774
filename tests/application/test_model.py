"""Random histories of an application's table, checked by a plain model of what is promised.

Between two loads anything happens: rows come late, go, come back, lose their cursor or get one of
2036, a backup is restored, the mapping or a type changes. After each load the log has the ids of
the table, and of every row that a load has to have read what the table says; after a comparison it
is the table. ROLLBOOK_SOAK_LOADS asks for more loads (default 14).
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from dlt_sources.application import cursors
from tests.application.conftest import NOON, Application

_LOADS = int(os.environ.get("ROLLBOOK_SOAK_LOADS", "14"))
_OVERLAP = timedelta(hours=1)
_UNITS = {"points": 'score = "points"', "seconds": 'score = "seconds"'}
_WITH_MARKS = 'cursor = "changed_at"\ndeleted_at = "deleted_at"'
Row = tuple[Any, ...]


@dataclass
class Story:
    """What happens to an application's table, and what a load has to have found of it."""

    application: Application
    rng: Random
    unit: str = "points"
    last: datetime | None = None
    #: By the mapping and the types a load was last complete with.
    read_with: Row = ()
    backup: bool = False
    steps: list[str] = field(default_factory=list)
    zoned: bool = False

    @property
    def now(self) -> datetime:
        """When the next load comes."""
        return NOON + timedelta(days=self.application.loads + 1)

    def step(self) -> None:
        """One thing that happens."""
        do = self.rng.choice(
            [self.insert] * 4 + [self.update] * 5 + [self.delete] * 2 + [self.mark, self.mark]
            + [self.make_backup, self.restore, self.change_mapping, self.change_type]
        )  # fmt: skip
        self.steps.append(do.__name__)
        do()

    def insert(self) -> None:
        id_ = f"00000000-0000-0000-0000-0000000000{self.rng.randrange(30):02}"
        if id_ not in {str(row[0]).strip() for row in self.table()}:
            self.application.add(id_, points=self.rng.randrange(9))
            self._set(id_, self._moment())

    def update(self) -> None:
        if id_ := self._any():
            points, seconds = self.rng.randrange(9), self.rng.randrange(9)
            self.application.run(
                "update activity set points = :points, seconds = :seconds where id = :id",
                points=points, seconds=seconds, id=id_,
            )  # fmt: skip
            if self.rng.random() < 0.7:
                self._set(id_, self._moment())

    def delete(self) -> None:
        if id_ := self._any():
            self.application.run("delete from activity where id = :id", id=id_)

    def mark(self) -> None:
        if id_ := self._any():
            gone = self.rng.choice(["null", "'2026-08-18 00:00:00'"])
            self.application.run(f"update activity set deleted_at = {gone} where id = :id", id=id_)

    def make_backup(self) -> None:
        self.application.run("drop table if exists backup")
        self.application.run("create table backup as select * from activity")
        self.backup = True

    def restore(self) -> None:
        if self.backup:
            self.application.run("delete from activity")
            self.application.run("insert into activity select * from backup")

    def change_mapping(self) -> None:
        application = self.application
        if self.rng.random() < 0.5:
            other = "seconds" if self.unit == "points" else "points"
            application.mapping = application.mapping.replace(_UNITS[self.unit], _UNITS[other])
            self.unit = other
        else:
            application.more = self.rng.choice(['cursor = "changed_at"', _WITH_MARKS, ""])

    def change_type(self) -> None:
        if self.application.engine.dialect.name != "postgresql":
            return
        self.zoned = not self.zoned
        kind = "timestamptz" if self.zoned else "timestamp"
        self.application.run(
            f"alter table activity alter changed_at type {kind} using changed_at at time zone 'UTC'"
        )

    def _any(self) -> str | None:
        rows = self.table()
        return str(self.rng.choice(rows)[0]) if rows else None

    def _moment(self) -> datetime | None:
        """A cursor: of now or just after the last one, late, very late, none, or of 2036."""
        late = self.rng.choice([0, 1, 30, 50, 600, 6000])
        begun = self.rng.choice([self.now - timedelta(minutes=1), self.last or self.now])
        moment = begun - timedelta(minutes=late)
        return self.rng.choice([moment] * 7 + [None, datetime(2036, 1, 1), datetime(2036, 1, 1)])

    def _set(self, id_: str, at: datetime | None) -> None:
        self.application.run("update activity set changed_at = :at where id = :id", at=at, id=id_)

    # --- what is there, and what is known of it -------------------------------------------------

    def table(self) -> list[Row]:
        """Id, score, cursor and mark of every row."""
        query = f"select id, {self.unit}, changed_at, deleted_at from activity order by id"
        with self.application.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("set TimeZone = 'UTC'")
            return [tuple(row) for row in connection.execute(text(query))]

    def check(self, *, reconcile: bool) -> None:
        """A load, and whether it has found what it promises."""
        rows, now = self.table(), self.now
        line = self.application.load(reconcile=reconcile)
        assert line.status == "complete", line.error
        marks = "deleted_at" in self.application.more
        there = {str(id_): (score, at) for id_, score, at, gone in rows if not (marks and gone)}
        known = self.known()
        assert known.keys() == there.keys(), self.steps
        assert line.present == len(there)
        cursors = [_time(at) for *_, at, _ in rows if at and _time(at) <= now]
        last = max(cursors, default=None)
        settings = (self.application.more, self.unit, self.zoned)
        everything = (
            reconcile or settings != self.read_with or "cursor" not in self.application.more
            or self.last is None or last is None or last < self.last
        )  # fmt: skip
        for id_, (score, at) in there.items():
            if everything or at is None or _time(at) >= (self.last or now) - _OVERLAP:
                assert known[id_] == (None if score is None else float(score)), (id_, self.steps)
        assert line.cursors_ahead == (
            sum(1 for *_, at, _ in rows if at and _time(at).year == 2036)
            if "cursor" in self.application.more
            else 0
        )
        self.last, self.read_with = last, settings

    def known(self) -> dict[str, float | None]:
        """The score of each present id, by the log."""
        newest = {}
        for _, id_, change, score in self.application.log("id, change, score"):
            newest[id_] = (change, score)
        return {id_: score for id_, (change, score) in newest.items() if change != "withdrawn"}


def _time(at: Any) -> datetime:
    moment: datetime = datetime.fromisoformat(at) if isinstance(at, str) else at
    return moment.replace(tzinfo=None)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_a_load_finds_what_it_promises(
    application: Application, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cursors, "NEWEST", 1 + seed)
    story = Story(application, Random(seed))
    application.run("drop table if exists backup")
    for _ in range(_LOADS):
        for _ in range(story.rng.randrange(1, 7)):
            story.step()
        story.check(reconcile=story.rng.random() < 0.25)
    story.check(reconcile=True)
    assert application.load(reconcile=True).changes == 0

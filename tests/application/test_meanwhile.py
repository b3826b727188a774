"""The application goes on while a load reads: what a load missed, the next one finds.

A load looks, reads rows, and may then read all ids. Whatever changes in between, nothing that is
there is ever withdrawn, nothing that is gone stays, and what is new comes. ROLLBOOK_SOAK_LOADS asks
for more loads with random changes in between (default 8).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from dlt_sources.application.reading import TableReader
from tests.application.activity import A, B, C, delete
from tests.application.conftest import NOON, Application
from tests.application.servers import Server

D = "00000000-0000-0000-0000-00000000000d"
#: A load's steps after its first look.
_STEPS = ("before rows", "after rows", "before ids", "after ids")
_NEWER, _SAME, _LATE, _TOO_LATE = 5, 1, -30, -600
Meanwhile = dict[str, Callable[[], None]]
_LOADS = int(os.environ.get("ROLLBOOK_SOAK_LOADS", "8"))


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """`meanwhile[step] = change`: do it once, before or after a load reads `rows` or `ids`.

    Where the database adds up its ids by itself, these sums are the ids that a load reads.
    """
    waiting: Meanwhile = {}
    rows, ids, sums = TableReader.rows, TableReader.ids, TableReader.sums

    def around(what: str, parts: Callable[[], Any]) -> Iterator[Any]:
        waiting.pop(f"before {what}", lambda: None)()
        yield from parts()
        waiting.pop(f"after {what}", lambda: None)()

    def added_up(reader: TableReader, *, contents: bool) -> Any:
        waiting.pop("before ids", lambda: None)()
        found = sums(reader, contents=contents)
        waiting.pop("after ids", lambda: None)()
        return found

    monkeypatch.setattr(
        TableReader, "rows", lambda reader, *where: around("rows", lambda: rows(reader, *where))
    )
    monkeypatch.setattr(TableReader, "ids", lambda reader: around("ids", lambda: ids(reader)))
    monkeypatch.setattr(TableReader, "sums", added_up)
    return waiting


@pytest.mark.parametrize(
    ("step", "minute"),
    [
        ("before rows", _NEWER),
        ("before rows", _LATE),
        ("after rows", _SAME),
        ("after rows", _TOO_LATE),
        ("before ids", _NEWER),
        ("after ids", _LATE),
    ],
)
def test_a_row_inserted_while_a_load_reads_comes_by_the_next(
    application: Application, meanwhile: Meanwhile, step: str, minute: int
) -> None:
    application.add(A)
    application.add(D)
    application.load()
    application.add(B, minute=1)
    delete(application, D)  # So that the ids are read, too.
    meanwhile[step] = lambda: application.add(C, minute=minute)

    application.load()
    application.load()

    assert application.present() == application.ids() == [A, B, C]
    assert sum(line.withdrawn for line in application.lines) == 1
    assert application.lines[-1].present == 3
    assert application.load().changes == 0


@pytest.mark.parametrize("name", ["postgres", "mariadb"])
def test_a_load_sees_one_moment_of_a_server(
    request: pytest.FixtureRequest, meanwhile: Meanwhile, name: str
) -> None:
    application: Application = request.getfixturevalue(name)
    application.add(A)
    application.load()
    application.add(B, minute=1)
    meanwhile["after rows"] = lambda: application.add(C, minute=2)

    assert [application.load().created for _ in range(2)] == [1, 1]


@pytest.mark.parametrize(
    ("step", "id_"),
    [("before rows", A), ("after rows", A), ("before ids", B), ("after ids", A)],
)
def test_a_row_deleted_while_a_load_reads_goes_by_the_next(
    application: Application, meanwhile: Meanwhile, step: str, id_: str
) -> None:
    application.add(A)
    application.add(D)
    application.load()
    application.add(B, minute=1)
    delete(application, D)
    meanwhile[step] = lambda: delete(application, id_)

    application.load()
    application.load()

    assert application.present() == application.ids() == [{A: B, B: A}[id_]]
    assert application.lines[-1].present == 1
    assert application.load().changes == 0


def test_a_row_with_an_old_cursor_is_read_though_the_cursor_is_past_it(
    application: Application,
) -> None:
    application.add(A)
    application.load()
    application.add(B, minute=_TOO_LATE)

    assert application.load().created == 1
    assert application.load().changes == 0


def test_a_row_put_back_as_it_was_is_restored(application: Application) -> None:
    application.more += '\ndeleted_at = "deleted_at"'
    application.add(A, minute=_TOO_LATE)
    application.add(B)
    application.load()
    application.run("update activity set deleted_at = :at where id = :id", at=NOON, id=A)
    assert application.load().withdrawn == 1

    application.run("update activity set deleted_at = null where id = :id", id=A)

    assert application.load().restored == 1


def test_a_number_as_cursor_may_be_committed_late(application: Application) -> None:
    application.more = 'cursor = "points"'
    application.add(A, points=2)
    application.load()
    application.add(B, points=1)

    assert application.load().created == 1


def test_what_changes_in_a_row_that_is_gone_changes_nothing(application: Application) -> None:
    application.more += '\ndeleted_at = "deleted_at"'
    application.add(A)
    application.add(B)
    application.load()
    application.mark_as_deleted(A, minute=9)
    application.load()
    application.run(
        "update activity set points = 7, changed_at = :at where id = :id",
        at=NOON + timedelta(minutes=10), id=A,
    )  # fmt: skip

    line = application.load()

    assert (line.changes, line.present) == (0, 1)


@pytest.mark.parametrize("step", ["before rows", "before ids"])
def test_a_server_that_stops_in_the_middle_of_a_load_fails_it_as_a_whole(
    postgres: Application, postgres_server: Server, meanwhile: Meanwhile, step: str
) -> None:
    postgres.add(A)
    postgres.load()
    postgres.add(B, minute=1)
    delete(postgres, A)
    meanwhile[step] = postgres_server.stop

    try:
        failed = postgres.load()
    finally:
        postgres_server.start()

    assert failed.status == "failed"
    assert "secret-of-the-test" not in str(failed.error)
    assert postgres.log() == [(1, A, "created")]
    assert postgres.load().status == "complete"
    assert postgres.present() == [B]


def test_whatever_changes_meanwhile_is_found_with_the_next_news(
    sqlite: Application, meanwhile: Meanwhile
) -> None:
    changes = Changes(sqlite, Random(0))
    for number in range(1, _LOADS + 1):
        changes.make(changes.rng.randrange(4))
        for step in changes.rng.sample(_STEPS, changes.rng.randrange(3)):
            meanwhile[step] = changes.make
        assert sqlite.load().status == "complete"
        if number % 4 == 0:
            meanwhile.clear()  # Not every load has had every step.
            changes.insert(_NEWER)
            sqlite.load()
            assert sqlite.present() == sqlite.ids()
            assert sqlite.lines[-1].present == len(sqlite.ids())


@dataclass
class Changes:
    """What happens in an application, drawn at random; its clock is `minute`."""

    application: Application
    rng: Random
    minute: int = 0

    def make(self, number: int = 1) -> None:
        """So many rows more or less."""
        for _ in range(number):
            present = self.application.ids()
            if self.rng.randrange(20) < len(present):
                delete(self.application, self.rng.choice(present))
            else:
                self.insert(self.rng.choice((_NEWER, _SAME, _LATE)))

    def insert(self, later: int) -> None:
        """A row, perhaps of an id that was there before."""
        ids = {f"{number:04}" for number in range(40)} - {*self.application.ids()}
        self.application.add(self.rng.choice(sorted(ids)), minute=self.minute + later)
        self.minute += max(0, later)

"""No change is overlooked."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.application.activity import A, B, C, L, delete, score, scores
from tests.application.conftest import NOON, Application

# --- 1. no change is overlooked -----------------------------------------------------------------


def test_a_row_that_comes_late_does_not_hide_a_deletion(application: Application) -> None:
    for id_, minute in ((A, -5), (B, 0), (C, 10)):
        application.add(id_, minute=minute)
    application.load()
    delete(application, A)
    application.add(L, minute=-120)

    line = application.load()

    assert (line.created, line.withdrawn, line.present) == (1, 1, 3)
    assert application.log()[3:] == [(2, A, "withdrawn"), (2, L, "created")]


def test_a_row_of_2036_hides_no_update_and_is_pointed_out(application: Application) -> None:
    application.add(A)
    application.add(B)
    score(application, B, 2, datetime(2036, 1, 1))
    assert application.load().cursors_ahead == 1
    score(application, A, 3, NOON + timedelta(days=1))

    line = application.load()

    assert (line.updated, line.cursors_ahead, line.read_as) == (1, 1, "changes")
    assert scores(application)[A] == 3


#: Of each kind of cursor: what 150 rows and 3 odd ones have, and what an update gets.
_AHEAD = {
    "seconds": (1_000, 990_000, 1_001),
    "class": ("v1000", "v9999", "v1001"),
    "person": ("2026-08-17 09:00:00", "2036-01-01 00:00:00", "2026-08-17 09:30:00"),
    "what": ("2026-08-17T09:00:00Z", "2036-01-01T00:00:00Z", "2026-08-17T09:30:00Z"),
}


@pytest.mark.parametrize("column", _AHEAD)
def test_rows_far_ahead_hide_no_update_whatever_the_cursor_is(
    application: Application, column: str
) -> None:
    usual, odd, later = _AHEAD[column]
    application.more = f'cursor = "{column}"'
    ids = [f"00000000-0000-0000-0000-0000000{number:05}" for number in range(153)]
    for id_ in ids:
        application.add(id_)
    application.run(f"update activity set {column} = :usual", usual=usual)
    application.load()
    application.run(f"update activity set {column} = :odd where id > :id", odd=odd, id=ids[149])
    application.load()
    application.load()

    application.run(
        f"update activity set {column} = :later, points = 7 where id = :id", later=later, id=ids[0]
    )
    line = application.load()

    assert (line.read_as, line.updated) == ("changes", 1)
    assert line.cursors_ahead == (3 if column in ("person", "what") else 0)
    assert scores(application)[ids[0]] == 7


def test_of_a_small_table_all_rows_are_read(application: Application) -> None:
    application.more = 'cursor = "seconds"'
    for id_ in (A, B):
        application.add(id_)
    application.run("update activity set seconds = 99")
    application.load()
    application.run("update activity set seconds = 10, points = 7 where id = :id", id=A)

    line = application.load()

    assert (line.updated, line.read_as) == (1, "changes")


def test_a_blank_cursor_tells_nothing(application: Application) -> None:
    application.more = 'cursor = "class"'
    for number in range(102):
        application.add(f"00000000-0000-0000-0000-0000000{number:05}")
    application.run("update activity set class = 'v1'")
    blank = "00000000-0000-0000-0000-000000000000"
    application.run("update activity set class = '' where id = :id", id=blank)
    application.load()
    score(application, blank, 7)

    assert application.load().updated == 1


def test_the_row_of_2036_may_be_corrected(application: Application) -> None:
    application.add(A)
    application.add(B)
    score(application, B, 2, datetime(2036, 1, 1))
    application.load()
    score(application, B, 4, NOON + timedelta(days=1))

    line = application.load()

    assert (line.status, line.updated, line.cursors_ahead) == ("complete", 1, 0)


def test_a_row_without_a_cursor_is_always_read(application: Application) -> None:
    application.add(A)
    application.add(B)
    application.run("update activity set changed_at = null where id = :id", id=A)
    application.load()
    score(application, A, 7)

    assert application.load().updated == 1
    assert scores(application)[A] == 7


def test_an_update_inside_the_overlap_waits_for_no_news(application: Application) -> None:
    application.add(A, minute=-10)
    application.add(B)
    application.load()
    score(application, A, 7)

    assert application.load().updated == 1


@pytest.mark.usefixtures("newest_is_one")
def test_what_did_not_move_its_cursor_is_healed_by_a_comparison(application: Application) -> None:
    application.add(A, minute=-600)
    application.add(B)
    application.load()
    score(application, A, 7)
    assert application.load().changes == 0, "outside of the overlap"

    line = application.load(reconcile=True)

    assert (line.read_as, line.read_because) == ("comparison", "it was asked for")
    assert (line.updated, line.healed) == (1, 1)
    assert scores(application)[A] == 7
    assert application.load(reconcile=True).healed == 0


@pytest.mark.usefixtures("newest_is_one")
@pytest.mark.parametrize(("setting", "load"), [("daily", 2), ("weekly", 8), ("never", None)])
def test_a_comparison_that_is_due_comes_by_itself(
    sqlite: Application, setting: str, load: int | None
) -> None:
    sqlite.more += f'\nreconcile = "{setting}"'
    sqlite.add(A, minute=-600)
    sqlite.add(B)
    sqlite.load()
    score(sqlite, A, 7)

    lines = [sqlite.load() for _ in range(8)]

    healed = [line.load_id for line in lines if line.healed]
    assert healed == ([load] if load else [])


def test_a_deletion_of_many_rows_is_found(application: Application) -> None:
    for number in range(1_200):
        application.add(f"00000000-0000-0000-0000-0000000{number:05}")
    application.load()
    application.run("delete from activity where id >= '00000000-0000-0000-0000-000000000100'")

    line = application.load()

    assert (line.withdrawn, line.present) == (1_100, 100)


def test_an_overlap_of_numbers_is_read_again(application: Application) -> None:
    application.more = 'cursor = "seconds"\noverlap = 10'
    application.add(A)
    application.add(B)
    application.run("update activity set seconds = 100 where id = :id", id=A)
    application.run("update activity set seconds = 92 where id = :id", id=B)
    application.load()
    score(application, B, 7)

    line = application.load()

    assert (line.updated, line.read_as) == (1, "changes")


def test_a_number_as_cursor_may_grow(application: Application) -> None:
    application.more = 'cursor = "seconds"'
    application.add(A)
    application.run("update activity set seconds = 9.5")
    application.load()
    application.run("update activity set seconds = 10.25, points = 4")

    line = application.load()

    assert (line.updated, line.read_as) == (1, "changes")


def test_texts_as_cursor_are_read_from_the_last_on(application: Application) -> None:
    application.more = 'cursor = "class"'
    application.add(A)
    application.run("update activity set class = 'v1'")
    application.load()
    application.run("update activity set class = 'v2', points = 4")

    line = application.load()

    assert (line.updated, line.read_as) == (1, "changes")


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ('cursor = "seconds"\noverlap_seconds = 60', "`overlap`, in the cursor's own unit"),
        ('cursor = "class"\noverlap_seconds = 60', "has no overlap"),
        ('cursor = "class"\noverlap = 1', "has no overlap"),
        ('cursor = "changed_at"\noverlap = 1', "takes `overlap_seconds`"),
    ],
)
def test_an_overlap_that_means_nothing_is_refused(
    application: Application, more: str, rule: str
) -> None:
    application.more = more
    application.add(A)
    application.run("update activity set seconds = 1, class = 'v1'")

    line = application.load()

    assert line.status == "failed"
    assert "progress" in str(line.error) and "activity" in str(line.error)
    assert rule in str(line.error)


def test_a_column_that_cannot_be_a_cursor_is_refused(postgres: Application) -> None:
    postgres.more = 'cursor = "details"'
    postgres.add(A)

    assert "name a column of times, numbers or texts" in str(postgres.load().error)

"""Rows without an ID, or with one that another row has, too: they stop none of the others."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.application.activity import delete, score, scores
from tests.application.conftest import NOON, Application

HOUR = timedelta(hours=1)

pytestmark = pytest.mark.usefixtures("newest_is_one")


@pytest.fixture
def keyless(application: Application) -> Application:
    """A table without a key, whose IDs are texts; three rows of it have been loaded."""
    time = "datetime" if application.engine.dialect.name == "mysql" else "timestamp"
    application.run("drop table activity")
    application.run(
        "create table activity (id varchar(40), person varchar(40), what varchar(9), class "
        f"varchar(9), points float, seconds int, done_at {time}, details varchar(9), "
        f"changed_at {time})"
    )
    for number in (41, 42, 43):
        _insert(application, str(number), number)
    assert application.load().created == 3
    assert application.load().read_as == "changes"
    return application


def _insert(application: Application, id_: str | None, points: float) -> None:
    application.run(
        "insert into activity values (:id, 'ana', 'x', null, :points, 1, :at, '{}', :at)",
        id=id_, points=points, at=NOON,
    )  # fmt: skip


def test_rows_without_an_id_are_left_out_and_counted(keyless: Application) -> None:
    for blank in (None, "", " \u00a0"):
        _insert(keyless, blank, 1)
    score(keyless, "42", 7, NOON + HOUR)

    line = keyless.load()
    assert (line.status, line.left_out, line.updated, line.present) == ("complete", 3, 1, 3)
    assert (line.read_as, line.unreadable) == ("whole", 0)
    assert "no ID" in str(line.read_because)
    score(keyless, "43", 8)
    assert keyless.load().updated == 1, "as long as they are there, all rows are read"

    keyless.run("delete from activity where id is null or trim(id) = '' or id like ' %'")
    assert [keyless.load().left_out for _ in range(2)] == [0, 0]
    assert keyless.lines[-1].read_as == "changes"
    assert scores(keyless) == {"41": 41, "42": 7, "43": 8}


@pytest.mark.parametrize("double", ["42", "42.0", "42.000"])
def test_of_rows_that_share_an_id_nothing_is_believed(keyless: Application, double: str) -> None:
    """Which of them is meant nobody knows: what was known stays until one is left, or none."""
    _insert(keyless, double, 9)
    _insert(keyless, "44", 44)

    line = keyless.load()
    assert (line.status, line.left_out, line.created, line.withdrawn) == ("complete", 2, 1, 0)
    assert scores(keyless) == {"41": 41, "42": 42, "43": 43, "44": 44}
    again = keyless.load()
    assert (again.changes, again.left_out) == (0, 2)

    keyless.run("delete from activity where points = 42")
    assert keyless.load().updated == 1
    assert scores(keyless)["42"] == 9

    _insert(keyless, "42", 10)
    assert keyless.load().left_out == 2
    delete(keyless, "42")
    delete(keyless, double)
    line = keyless.load()
    assert (line.withdrawn, line.left_out) == (1, 0)
    assert keyless.log()[-1][1:] == ("42", "withdrawn")


def test_two_that_are_new_together_are_left_out_and_the_one_that_stays_is_created(
    keyless: Application,
) -> None:
    for double in ("50", "50.0"):
        _insert(keyless, double, 5)

    assert (keyless.load().left_out, keyless.present()) == (2, ["41", "42", "43"])

    delete(keyless, "50")
    assert keyless.load().created == 1
    assert keyless.present() == ["41", "42", "43", "50"]


def test_what_most_rows_share_is_no_id(keyless: Application) -> None:
    for number in range(11):
        _insert(keyless, "42.0", number)

    line = keyless.load()

    assert line.status == "failed"
    assert "12 rows of the application's table activity have the same id as another" in str(
        line.error
    )
    assert "[progress.columns]" in str(line.error)
    assert keyless.present() == ["41", "42", "43"]


def test_what_many_rows_have_not_is_no_id(keyless: Application) -> None:
    for number in range(11):
        _insert(keyless, None, number)

    line = keyless.load()

    assert line.status == "failed"
    assert "table activity holds 11 rows without id; the mapping must name" in str(line.error)

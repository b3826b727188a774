"""Rows of the table `activity`, and what tests do to them."""

from __future__ import annotations

from datetime import datetime

from tests.application.conftest import Application

A, B, C, L = (f"00000000-0000-0000-0000-00000000000{number}" for number in (1, 2, 3, 4))


def delete(application: Application, id_: str) -> None:
    application.run("delete from activity where id = :id", id=id_)


def score(application: Application, id_: str, points: float, at: datetime | None = None) -> None:
    """A row gets other points; without a time its cursor stays."""
    moved = "" if at is None else ", changed_at = :at"
    values = {} if at is None else {"at": at}
    application.run(
        f"update activity set points = :points{moved} where id = :id",
        points=points, id=id_, **values,
    )  # fmt: skip


def scores(application: Application) -> dict[str, float]:
    return {id_: score for _, id_, score in application.log("id, score")}

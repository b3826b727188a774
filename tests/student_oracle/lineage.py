"""Which record goes on under another ID, told by looking at every pair of records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from tests.dbt.dbt_warehouse import Record

from .past import Past

Shown = list[tuple[datetime, Record | None]]


@dataclass(frozen=True)
class Life:
    """A record's district, when it came and (if it is away) went, and what was last known of it."""

    district_id: str | None
    first_seen_at: datetime
    archived_at: datetime | None
    record: Record


@dataclass(frozen=True)
class Lines:
    """Which record each one follows, by kind."""

    follows: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, past: Past) -> Lines:
        """The lines of all kinds that have some."""
        return cls({kind: _follows(dict(_lives(past, kind)), kind) for kind in _IS_LIKE})

    def first(self, kind: str, id_: str | None) -> str | None:
        """The first of the line in which a record stands: itself if it follows none."""
        while id_ and id_ in self.follows[kind]:
            id_ = self.follows[kind][id_]
        return id_


def _lives(past: Past, kind: str) -> Iterator[tuple[str, Life]]:
    name = "users" if kind == "student" else f"{kind}s"
    for id_ in past.ever(name):
        shown = past.held("student", id_) if kind == "student" else past.shown(name, id_)
        seen = [(at, record) for at, record in shown if record is not None]
        if seen:
            last_seen, record = seen[-1]
            away = [at for at, _ in shown if at > last_seen]
            first, archived = seen[0][0], away[0] if away else None
            yield id_, Life(past.district_of(name, id_), first, archived, record)


def _follows(lives: Mapping[str, Life], kind: str) -> dict[str, str]:
    found = {}
    for id_, life in lives.items():
        before = [
            (other.archived_at, other.first_seen_at, other_id)
            for other_id, other in lives.items()
            if other.district_id == life.district_id
            and other.archived_at is not None
            and other.archived_at <= life.first_seen_at
            and _IS_LIKE[kind](life.record, other.record)
        ]
        if before:
            latest = max(before)[:2]
            found[id_] = min(other_id for *when, other_id in before if tuple(when) == latest)
    return found


def _same(record: Record, other: Record, field: str) -> bool:
    return record.get(field) is not None and record.get(field) == other.get(field)


def _overlap(term: Record, other: Record) -> bool:
    begun = term["start_date"] <= other["end_date"] and other["start_date"] <= term["end_date"]
    return bool(begun)


_IS_LIKE: dict[str, Callable[[Record, Record], bool]] = {
    "student": lambda one, other: _same(one, other, "sis_id"),
    "course": lambda one, other: (
        _same(one, other, "name") and one.get("number") == other.get("number")
    ),
    "term": lambda one, other: _same(one, other, "name") and _overlap(one, other),
}

"""A record's life: when it came and went, and what it showed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.dbt.dbt_warehouse import Record

from .past import Past

Shown = list[tuple[datetime, Record | None]]
ROLES = ("student", "teacher", "staff", "contact")


@dataclass(frozen=True)
class Life:
    """A record's district, when it came and went (unless it is there), and what it showed."""

    district_id: str | None
    came_at: datetime
    gone_at: datetime | None
    shown: Sequence[Record]

    def had_gone(self, at: datetime) -> bool:
        """Whether it was there before, and is no more from then on."""
        return self.gone_at is not None and self.gone_at <= at

    def is_there(self, at: datetime) -> bool:
        """Whether it had come, and had not gone for good."""
        return self.came_at <= at and not self.had_gone(at)

    def at_first(self, field: str) -> Any:
        """What was known of a field first, None if nothing ever was."""
        return next((about[field] for about in self.shown if about.get(field) is not None), None)

    def at_last(self, field: str) -> Any:
        """What was known of a field last."""
        return Life(self.district_id, self.came_at, None, self.shown[::-1]).at_first(field)


def lives(past: Past, kind: str) -> Iterator[tuple[str, Life]]:
    """The lives of all records of a kind, by their IDs."""
    name = "users" if kind in ROLES else f"{kind}s"
    for id_ in past.ever(name):
        shown = _in_role(past, kind, id_) if kind in ROLES else past.shown(name, id_)
        there = [(at, record) for at, record in shown if record is not None]
        if there:
            away = [at for at, _ in shown if at > there[-1][0]]
            records = [record for _, record in there]
            district_id = past.district_of(name, id_)
            yield id_, Life(district_id, there[0][0], away[0] if away else None, records)


def _in_role(past: Past, role: str, id_: str) -> Shown:
    """What a user has as one of a role, with the names and the address; None without it."""
    found: Shown = []
    for (at, held), (_, user) in zip(past.held(role, id_), past.shown("users", id_), strict=True):
        name = (user or {}).get("name") or {}
        about = {part: name.get(part) for part in ("first", "middle", "last")}
        about["email"] = (user or {}).get("email")
        about["preferred"] = ((held or {}).get("preferred_name") or {}).get("first")
        found.append((at, None if held is None else held | about))
    return found

"""Which record goes on under another ID, told by looking at every pair of records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tests.dbt.dbt_warehouse import Record
from tests.history_oracle.reading import date_of

from .past import Past, Row

Shown = list[tuple[datetime, Record | None]]


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


@dataclass(frozen=True)
class Lines:
    """Which record each one follows, by kind."""

    lives: Mapping[str, Mapping[str, Life]]
    follows: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, past: Past) -> Lines:
        """The lines of all kinds that have some."""
        lives = {kind: dict(_lives(past, kind)) for kind in _AGREED}
        return cls(lives, {kind: _follows(lives[kind], kind) for kind in _AGREED})

    def first(self, kind: str, id_: str | None) -> str | None:
        """The first of the line in which a record stands: itself if it follows none."""
        while id_ and id_ in self.follows[kind]:
            id_ = self.follows[kind][id_]
        return id_

    def tables(self) -> dict[str, list[Row]]:
        """`roster.<kind>_lineage` of each kind."""
        return {f"roster.{kind}_lineage": [*self._rows(kind)] for kind in _AGREED}

    def _rows(self, kind: str) -> Iterator[Row]:
        lives = self.lives[kind]
        for id_, predecessor_id in self.follows[kind].items():
            yield {
                f"{kind}_id": id_,
                "district_id": lives[id_].district_id,
                "predecessor_id": predecessor_id,
                "predecessor_archived_at": lives[predecessor_id].gone_at,
                "first_seen_at": lives[id_].came_at,
                "lineage_id": self.first(kind, id_),
            }


def _lives(past: Past, kind: str) -> Iterator[tuple[str, Life]]:
    name = "users" if kind == "student" else f"{kind}s"
    for id_ in past.ever(name):
        shown = _students(past, id_) if kind == "student" else past.shown(name, id_)
        there = [(at, record) for at, record in shown if record is not None]
        if there:
            away = [at for at, _ in shown if at > there[-1][0]]
            records = [record for _, record in there]
            district_id = past.district_of(name, id_)
            yield id_, Life(district_id, there[0][0], away[0] if away else None, records)


def _students(past: Past, id_: str) -> Shown:
    """A student's role with the user's names, None where there is no such role."""
    found: Shown = []
    for (at, held), (_, user) in zip(
        past.held("student", id_), past.shown("users", id_), strict=True
    ):
        name = (user or {}).get("name") or {}
        about = {"first": name.get("first"), "last": name.get("last")}
        found.append((at, None if held is None else held | about))
    return found


def _follows(lives: Mapping[str, Life], kind: str) -> dict[str, str]:
    chosen = {id_: choice for id_ in lives if (choice := _choice(id_, lives, kind))}

    def root(id_: str) -> str:
        return root(chosen[id_][1]) if id_ in chosen else id_

    def rivals(id_: str) -> Iterator[str]:
        """The others of the line who are there when it comes, and are not the lesser claim."""
        for other in chosen.keys() - {id_}:
            came, same_time = lives[id_].came_at, lives[other].came_at == lives[id_].came_at
            is_lesser = same_time and chosen[other][0] < chosen[id_][0]
            if root(other) == root(id_) and lives[other].is_there(came) and not is_lesser:
                yield other

    return {id_: choice[1] for id_, choice in chosen.items() if not any(rivals(id_))}


def _choice(id_: str, lives: Mapping[str, Life], kind: str) -> tuple[int, str] | None:
    """Whom it seems to follow, and how much agrees: the best that had gone, if only one is."""
    life, claims = lives[id_], {}
    for other_id, other in lives.items():
        if other.district_id == life.district_id and other.had_gone(life.came_at):
            agreed = _AGREED[kind](life, other)
            if agreed is not None:
                claims[other_id] = (agreed, other.gone_at)
    best = [other_id for other_id, claim in claims.items() if claim == max(claims.values())]
    return (claims[best[0]][0], best[0]) if len(best) == 1 else None


def _student_agrees(life: Life, other: Life) -> int | None:
    """How much more than the number agrees, None if it cannot be the same person."""
    number = life.at_first("sis_id")
    if number is None or number != other.at_last("sis_id"):
        return None
    born, was_born = _birthday(life), _birthday(other)
    names = [_name(life.at_first(part)) for part in ("first", "last")]
    had_names = [_name(other.at_last(part)) for part in ("first", "last")]
    pairs = [*zip(names, had_names, strict=True)]
    if (born and was_born and born != was_born) or all(a and b and a != b for a, b in pairs):
        return None
    return sum(a is not None and a == b for a, b in [(born, was_born), *pairs])


def _birthday(life: Life) -> date | None:
    """A birthday that cannot be read is none."""
    read = [date_of(about.get("dob")) for about in life.shown]
    return next((born for born in reversed(read) if born), None)


def _name(text: str | None) -> str | None:
    return (text or "").strip(" ").lower() or None


def _course_agrees(life: Life, other: Life) -> int | None:
    name = life.at_first("name")
    is_like = name is not None and name == other.at_last("name")
    return 0 if is_like and life.at_first("number") == other.at_last("number") else None


def _term_agrees(life: Life, other: Life) -> int | None:
    begun = life.at_first("start_date") <= other.at_last("end_date")
    overlap = begun and other.at_last("start_date") <= life.at_first("end_date")
    return 0 if overlap and life.at_first("name") == other.at_last("name") else None


_AGREED: dict[str, Callable[[Life, Life], int | None]] = {
    "student": _student_agrees,
    "course": _course_agrees,
    "term": _term_agrees,
}

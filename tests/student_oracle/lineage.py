"""Which record goes on under another ID, told by looking at every pair of records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from tests.history_oracle.reading import date_of

from .classes import Class, plain
from .life import ROLES, Life, lives
from .past import Past, Row
from .people import claim, person

Lives = Mapping[str, Life]


@dataclass(frozen=True)
class Link:
    """Whom a record follows, how much agrees, and what is said of why."""

    id: str
    weight: int
    says: Mapping[str, Any] = field(default_factory=dict)


#: How much agrees of two records, as links to the latter; None if it cannot be the same.
Agrees = Callable[[str, str], Link | None]


@dataclass(frozen=True)
class Lines:
    """Which record each one follows, by kind."""

    lives: dict[str, Lives] = field(default_factory=dict)
    follows: dict[str, Mapping[str, Link]] = field(default_factory=dict)

    @classmethod
    def of(cls, past: Past) -> Lines:
        """The lines of all kinds that have some; contacts and sections ask those of others."""
        lines = cls()
        for kind in ("course", "term", *ROLES, "section"):
            lines.lives[kind] = dict(lives(past, kind))
            agrees = _Pairs(past, lines, kind).agrees
            lines.follows[kind] = _follows(lines.lives[kind], agrees, are_people=kind in ROLES)
        return lines

    def first(self, kind: str, id_: str | None) -> str | None:
        """The first of the line in which a record stands: itself if it follows none."""
        while id_ and id_ in self.follows[kind]:
            id_ = self.follows[kind][id_].id
        return id_

    def firsts(self, kind: str, ids: Set[str]) -> Set[str]:
        """The first of each line."""
        return {self.first(kind, id_) or id_ for id_ in ids}

    def tables(self) -> dict[str, list[Row]]:
        """`roster.<kind>_lineage` of each kind."""
        return {f"roster.{kind}_lineage": [*self._rows(kind)] for kind in self.follows}

    def _rows(self, kind: str) -> Iterator[Row]:
        for id_, link in self.follows[kind].items():
            life = self.lives[kind][id_]
            yield {
                f"{kind}_id": id_,
                "district_id": life.district_id,
                "predecessor_id": link.id,
                "predecessor_archived_at": self.lives[kind][link.id].gone_at,
                "first_seen_at": life.came_at,
                "lineage_id": self.first(kind, id_),
                **link.says,
            }


def _follows(lives: Lives, agrees: Agrees, *, are_people: bool) -> dict[str, Link]:
    chosen = {id_: link for id_ in lives if (link := _choice(id_, lives, agrees, are_people))}

    def root(id_: str) -> str:
        return root(chosen[id_].id) if id_ in chosen else id_

    def rivals(id_: str) -> Iterator[str]:
        """The others of the line who are there when it comes, and are not the lesser claim."""
        for other in chosen.keys() - {id_}:
            came, same_time = lives[id_].came_at, lives[other].came_at == lives[id_].came_at
            is_lesser = same_time and chosen[other].weight < chosen[id_].weight
            if root(other) == root(id_) and lives[other].is_there(came) and not is_lesser:
                yield other

    return {id_: link for id_, link in chosen.items() if not any(rivals(id_))}


def _choice(id_: str, lives: Lives, agrees: Agrees, are_people: bool) -> Link | None:
    """Whom it seems to follow: the one that had gone of whom most agrees, and who went last.

    None if two of them are as good: of people, if they were there at one time.
    """
    life = lives[id_]
    gone = [
        other_id
        for other_id, other in lives.items()
        if other.district_id == life.district_id and other.had_gone(life.came_at)
    ]
    links = [link for other_id in gone if (link := agrees(id_, other_id))]
    best = [link for link in links if link.weight == max(each.weight for each in links)]
    best.sort(key=lambda link: lives[link.id].gone_at or life.came_at)
    if not best:
        return None
    last, before = lives[best[-1].id], [lives[link.id] for link in best[:-1]]
    if are_people:
        return None if any(not other.had_gone(last.came_at) for other in before) else best[-1]
    return None if any(other.gone_at == last.gone_at for other in before) else best[-1]


@dataclass(frozen=True)
class _Pairs:
    """What agrees of two records of a kind."""

    past: Past
    lines: Lines
    kind: str

    def agrees(self, id_: str, other_id: str) -> Link | None:
        """The link of the one to the other, if there can be one."""
        if self.kind in ROLES:
            return self._person(id_, other_id)
        if self.kind == "section":
            return self._section(id_, other_id)
        known = self.lines.lives[self.kind]
        is_same = _SAME[self.kind](known[id_], known[other_id])
        return Link(other_id, 0) if is_same else None

    def _person(self, id_: str, other_id: str) -> Link | None:
        known = self.lines.lives[self.kind]
        mine = person(self.kind, known[id_], at_first=True, students=self._related(id_))
        theirs = person(
            self.kind, known[other_id], at_first=False, students=self._related(other_id)
        )
        found = claim(self.kind, mine, theirs)
        if found is None:
            return None
        return Link(other_id, found.weight, {"rule": found.rule, "agreed": found.agreed})

    def _related(self, contact_id: str) -> Set[str]:
        """The students a contact ever had, who were there with it."""
        if self.kind != "contact":
            return frozenset()
        related = {
            each["student"]
            for at, held in self.past.held("contact", contact_id)
            for each in (held or {}).get("student_relationships") or ()
            if self.past.role("student", each["student"], at) is not None
        }
        return self.lines.firsts("student", related)

    def _section(self, id_: str, other_id: str) -> Link | None:
        mine, theirs = self._class(id_, first=True), self._class(other_id, first=False)
        agreed, common = mine.agreed(theirs), mine.common_students(theirs)
        says = {"agreed": agreed, "common_students": common}
        return Link(other_id, common, says) if agreed else None

    def _class(self, id_: str, *, first: bool) -> Class:
        """A section as it was first shown, or last; the days of its term as they are now."""
        shown = self.lines.lives["section"][id_].shown[0 if first else -1]
        term = self.lines.lives["term"].get(shown.get("term_id") or "")
        days = term.shown[-1] if term else {}
        return Class(
            shown.get("school") or None,
            plain(shown.get("name")),
            plain(shown.get("period")),
            self.lines.first("course", shown.get("course") or None),
            self.lines.first("term", shown.get("term_id") or None),
            (date_of(days.get("start_date")), date_of(days.get("end_date"))),
            self._students(id_, first=first),
        )

    def _students(self, id_: str, *, first: bool) -> Set[str]:
        """Those who were in a section when it first, or last, had any."""
        looks = [at for at, _ in self.past.shown("sections", id_)]
        for at in looks if first else reversed(looks):
            record = self.past.record("sections", id_, at) or {}
            listed = {*record.get("students", ())}
            if found := {each for each in listed if self.past.is_enrolled(id_, each, at)}:
                return self.lines.firsts("student", found)
        return frozenset()


def _same(one: str | None, other: str | None) -> bool:
    return one is not None and one == other


def _same_course(life: Life, other: Life) -> bool:
    is_named = _same(life.at_first("name"), other.at_last("name"))
    return is_named and life.at_first("number") == other.at_last("number")


def _same_term(life: Life, other: Life) -> bool:
    begun = life.at_first("start_date") <= other.at_last("end_date")
    overlap = begun and other.at_last("start_date") <= life.at_first("end_date")
    return bool(overlap) and life.at_first("name") == other.at_last("name")


_SAME: Mapping[str, Callable[[Life, Life], bool]] = {"course": _same_course, "term": _same_term}

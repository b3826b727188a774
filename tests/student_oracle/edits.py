"""`roster.manual_edits` as it must be: what the application told of an edit, time by time."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from .accounts import belonged_to, first_link, turns_of
from .intervals import Interval, intervals
from .past import Past, Row, Telling

#: What each kind of edit has to name, in the order in which a lack is told.
NEEDS = {
    "add_student": ("user_id", "section_id"),
    "remove_student": ("user_id", "section_id"),
    "add_role": ("user_id", "role"),
    "add_permission": ("user_id", "permission"),
    "add_user": ("user_id",),
    "add_group": ("group_id",),
    "add_to_group": ("user_id", "group_id"),
}
_SAID = ("kind", "district_id", "section_id", "group_id", "role", "permission", "name", "made_by")


@dataclass(frozen=True)
class Told:
    """What a load found of an edit: what it says, and since when and until when it counts."""

    seen: datetime
    says: Row
    made: datetime
    withdrawn: datetime | None

    @classmethod
    def of(cls, telling: Telling) -> Told:
        """A row that is deleted is taken back when that is seen, if it was not before."""
        says = {name: telling.row.get(name) or None for name in (*_SAID, "user_id")}
        ends = [telling.row.get("withdrawn_at"), telling.at if telling.is_gone else None]
        made = telling.row.get("made_at") or telling.at
        return cls(telling.at, says, made, min(filter(None, ends), default=None))

    def is_another_version_than(self, last: Told) -> bool:
        """It says something else, or is no longer taken back, or only later."""
        comes_back = last.withdrawn is not None and (
            self.withdrawn is None or self.withdrawn > last.withdrawn
        )
        return self.says != last.says or comes_back


@dataclass(frozen=True)
class Edit:
    """All that was told of an edit. `versions` numbers, for each load, the one it belongs to."""

    past: Past
    told: Sequence[Told]
    versions: Sequence[int]

    @classmethod
    def of(cls, past: Past, tellings: Sequence[Telling]) -> Edit:
        """An edit from its tellings."""
        told = [Told.of(telling) for telling in tellings]
        versions = [0]
        for number in range(1, len(told)):
            is_another = told[number].is_another_version_than(told[number - 1])
            versions.append(number if is_another else versions[-1])
        return cls(past, told, versions)

    @property
    def turns(self) -> set[datetime]:
        """All times at which it may begin, change, end, or concern somebody else."""
        times = {time for told in self.told for time in (told.seen, told.made, told.withdrawn)}
        links = {at for told in self.told for at in turns_of(self.past, told.says["user_id"])}
        return {time for time in times if time is not None} | links

    def at(self, at: datetime) -> tuple[int, str | None] | None:
        """The version in force at a time, and the Clever ID its account is linked to."""
        version = self.version_at(at)
        return None if version is None else (version, self.link_at(version, at))

    def link_at(self, version: int, at: datetime) -> str | None:
        """To whom the account was linked. Who was published as an account until then, stays so."""
        ref = self.told[version].says["user_id"]
        first = first_link(self.past, ref) if ref else None
        if first and self.told[version].seen < first.at and at < first.at:
            return None
        return belonged_to(self.past, ref, at) if ref else None

    def version_at(self, at: datetime) -> int | None:
        """The version in force at a time.

        That is what was known then, and of the time before anything was known, the first that was.
        Only that it is taken back counts from the time it says, whenever that became known.
        """
        known = [number for number, told in enumerate(self.told) if told.seen <= at] or [0]
        version = self.versions[known[-1]]
        made = self.told[version].made
        return version if made <= at and not self.is_withdrawn(version, at) else None

    def is_withdrawn(self, version: int, at: datetime) -> bool:
        """Whether a version, or one that followed it, was taken back before or at a time."""
        end = self.end_of(version)
        return end is not None and end <= at

    def end_of(self, version: int) -> datetime | None:
        """The first time at which a version, or one that followed it, was taken back."""
        ends = [told.withdrawn for told in self.told[version:] if told.withdrawn is not None]
        return min(ends, default=None)

    def rows(self) -> list[Row]:
        """A row for each version that ever held, or one for the last if none did.

        More than one for a version whose account was linked to somebody else meanwhile.
        """
        held = [self._row(*found.answer, found) for found in intervals(self.turns, self.at)]
        last = self.versions[-1]
        made, seen = self.told[last].made, self.told[last].seen
        begun = max(made, seen) if last else made
        never = Interval(None, begun, self.end_of(last))
        problem = {"problem": "it was withdrawn before it began"}
        return held or [self._row(last, self.link_at(last, begun), never) | problem]

    def _row(self, version: int, link: str | None, held: Interval[Hashable]) -> Row:
        is_current = held.valid_from <= self.past.now and (
            held.valid_to is None or held.valid_to > self.past.now
        )
        says = self.told[version].says
        times = {"valid_from": held.valid_from, "valid_to": held.valid_to}
        return says | times | {"user_id": link or says["user_id"], "is_current": is_current}


@dataclass(frozen=True)
class Known:
    """What edits may name: groups anybody ever made, and users the application has added.

    Of both the districts that their edits name, or a group's section; None of an edit without one.
    """

    groups: Mapping[str | None, set[str | None]]
    added_users: Mapping[str | None, set[str | None]]

    @classmethod
    def of(cls, past: Past, edits: Sequence[Edit], rows: Sequence[Row]) -> Known:
        """All that was ever told counts, taken back or not, but not of whom Clever had shown."""
        says = [told.says for edit in edits for told in edit.told]
        users: dict[str | None, set[str | None]] = {}
        for row in rows:
            if row["kind"] != "add_user" or row["user_id"] is None:
                continue
            if not past.is_clevers(row["user_id"], row["valid_from"]):
                users.setdefault(row["user_id"], set()).add(row["district_id"])
        groups: dict[str | None, set[str | None]] = {}
        for said in says:
            if said["kind"] == "add_group":
                district = past.district_of("sections", said["section_id"]) or said["district_id"]
                groups.setdefault(said["group_id"], set()).add(district)
        return cls(groups, users)


def manual_edits(past: Past) -> list[Row]:
    """The rows of `roster.manual_edits`."""
    tellings = past.told.get("manual_edits", {})
    edits = {id_: Edit.of(past, told) for id_, told in tellings.items()}
    rows = [{"edit_id": id_, **row} for id_, edit in edits.items() for row in edit.rows()]
    known = Known.of(past, [*edits.values()], rows)
    return [{"problem": _problem(past, known, row), **row} for row in rows]


def _problem(past: Past, known: Known, edit: Row) -> str | None:
    kind = edit["kind"]
    if kind not in NEEDS:
        return "it is of no known kind"
    for name in NEEDS[kind]:
        if edit[name] is None:
            return f"it names no {name.removesuffix('_id')}"
    if edit["section_id"] and edit["section_id"] not in past.ever("sections"):
        return "no such section is known"
    if "student" in kind or kind == "add_to_group":
        return _problem_of_student(past, known, edit)
    return None


def _problem_of_student(past: Past, known: Known, edit: Row) -> str | None:
    user_id = edit["user_id"]
    districts = set(known.added_users.get(user_id, ()))
    if any(held is not None for _, held in past.held("student", user_id)):
        districts.add(past.district_of("users", user_id))
    if not districts:
        return "no such student is known"
    if edit["kind"] == "add_to_group":
        if edit["group_id"] not in known.groups:
            return "no such group is known"
        places = known.groups[edit["group_id"]]
    else:
        places = {past.district_of("sections", edit["section_id"])}
    if not districts & {None, *places} and None not in places:
        return "the student is in another district"
    return None

"""`roster.manual_edits` as it must be: what the application told of an edit, time by time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from .intervals import intervals
from .past import Past, Row, Telling
from .progress import meant

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
    def of(cls, past: Past, telling: Telling) -> Told:
        """A row that is deleted is taken back when that is seen, if it was not before."""
        says = {name: telling.row.get(name) or None for name in _SAID}
        says["user_id"] = meant(past, telling.row.get("user_id"))
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

    told: Sequence[Told]
    versions: Sequence[int]

    @classmethod
    def of(cls, past: Past, tellings: Sequence[Telling]) -> Edit:
        """An edit from its tellings."""
        told = [Told.of(past, telling) for telling in tellings]
        versions = [0]
        for number in range(1, len(told)):
            is_another = told[number].is_another_version_than(told[number - 1])
            versions.append(number if is_another else versions[-1])
        return cls(told, versions)

    @property
    def turns(self) -> set[datetime]:
        """All times at which it may begin, change or end."""
        times = {time for told in self.told for time in (told.seen, told.made, told.withdrawn)}
        return {time for time in times if time is not None}

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
        """A row for each version that ever held, or one for the last if none did."""
        held = [
            self._row(held.answer - 1, held.valid_from, held.valid_to)
            for held in intervals(self.turns, lambda at: _counted(self.version_at(at)))
        ]
        last = self.versions[-1]
        made, seen = self.told[last].made, self.told[last].seen
        never = {"problem": "it was withdrawn before it began"}
        begun = max(made, seen) if last else made
        return held or [self._row(last, begun, self.end_of(last)) | never]

    def _row(self, version: int, valid_from: datetime, valid_to: datetime | None) -> Row:
        times = {"valid_from": valid_from, "valid_to": valid_to, "is_current": valid_to is None}
        return self.told[version].says | times


def _counted(version: int | None) -> int | None:
    return None if version is None else version + 1


@dataclass(frozen=True)
class Known:
    """What edits may name: groups anybody ever made, and users the application has added."""

    groups: set[str | None]
    added_users: Mapping[str, str | None]

    @classmethod
    def of(cls, past: Past, edits: Mapping[str, Edit]) -> Known:
        """All that was ever told counts, taken back or not."""
        says = [told.says for edit in edits.values() for told in edit.told]
        users = [said for said in says if said["kind"] == "add_user" and said["user_id"]]
        districts: dict[str, str | None] = {}
        for said in users:
            user_id, named = said["user_id"], (said["district_id"], None)
            if user_id not in past.ever("users"):
                districts[user_id] = max(
                    filter(None, (*named, districts.get(user_id))), default=None
                )
        return cls({said["group_id"] for said in says if said["kind"] == "add_group"}, districts)


def manual_edits(past: Past) -> list[Row]:
    """The rows of `roster.manual_edits`."""
    tellings = past.told.get("manual_edits", {})
    edits = {id_: Edit.of(past, told) for id_, told in tellings.items()}
    known = Known.of(past, edits)
    return [
        {"edit_id": id_, "problem": _problem(past, known, row), **row}
        for id_, edit in edits.items()
        for row in edit.rows()
    ]


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
    is_student = any(held is not None for _, held in past.held("student", user_id))
    if not is_student and user_id not in known.added_users:
        return "no such student is known"
    if edit["kind"] == "add_to_group":
        return None if edit["group_id"] in known.groups else "no such group is known"
    district_id = past.district_of("users", user_id) or known.added_users.get(user_id)
    section_district = past.district_of("sections", edit["section_id"])
    if district_id and district_id != section_district:
        return "the student is in another district"
    return None

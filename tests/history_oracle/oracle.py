"""The history that must come out, told the plainest way: look at every day, note what differs.

A district is a list of moments: when it was seen whole, and all it showed. From that alone come the
versions of every record and the intervals of every association. Slow and obvious on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .contract import ASSOCIATIONS, BY_ROLE, BY_SINGULAR, KINDS, Kind
from .reading import Attributes, Record, attributes, listed, roles_of, tidy

World = dict[str, dict[str, Record]]
Row = dict[str, Any]
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Moment:
    """All a district showed at one time: Clever's list, then id, then the record as it came.

    `rejected` are (list, id) of records that named another district; in `world` they are as before.
    `keeping` are users whose roles were in no form that tells which are lost, `rolled_over` the
    lists of which so much went that only a rollover window let it go.
    """

    at: datetime
    world: World
    rejected: frozenset[tuple[str, str]] = frozenset()
    keeping: frozenset[str] = frozenset()
    rolled_over: frozenset[str] = frozenset()


def active(world: World, singular: str) -> dict[str, Attributes]:
    """The records of a kind that are there, by id."""
    kind = BY_SINGULAR[singular]
    shown = {id_: attributes(kind, record) for id_, record in world.get(kind.object, {}).items()}
    return {id_: columns for id_, columns in shown.items() if columns is not None}


# --- records -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Version:
    """How a record was from a moment on, and what made it so."""

    change: str
    since: datetime
    columns: Attributes


def versions(sightings: Iterable[tuple[datetime, Attributes | None]]) -> list[Version]:
    """The versions of one record, seen (its columns) or not (None) at each moment."""
    history: list[Version] = []
    for at, columns in sightings:
        if not history:
            if columns is not None:
                history.append(Version("created", at, columns))
            continue
        last = history[-1]
        if columns is None:
            if last.change != "archived":
                history.append(Version("archived", at, last.columns))
        elif last.change == "archived":
            history.append(Version("restored", at, columns))
        elif columns != last.columns:
            history.append(Version("updated", at, columns))
    return history


def record_rows(
    kind: Kind,
    district_id: str,
    history: Sequence[Version],
    id_: str,
    shown: Mapping[datetime, Container[str]],
    rolled_over: Container[datetime] = (),
) -> list[Row]:
    """The rows of a record in its history table, with how its life had gone by then.

    `shown` are the ids of Clever's list at each moment: a role may go while its user stays. In
    moments that are `rolled_over` what goes goes for that reason.
    """
    rows = []
    for number, version in enumerate(history):
        so_far = history[: number + 1]
        following = history[number + 1] if number + 1 < len(history) else None
        archived = [past.since for past in so_far if past.change == "archived"]
        restored = [past.since for past in so_far if past.change == "restored"]
        gone = version.change == "archived"
        rows.append(
            version.columns
            | {
                "district_id": district_id,
                kind.key: id_,
                "record_status": "archived" if gone else "active",
                "change_type": version.change,
                "valid_from": version.since,
                "valid_to": following.since if following else None,
                "is_current": following is None,
                "first_seen_at": history[0].since,
                "archived_at": archived[-1] if gone else None,
                "restored_at": restored[-1] if restored else None,
                "times_archived": len(archived),
                "archive_reason": _reason(id_ in shown[version.since], version.since in rolled_over)
                if gone
                else None,
            }
        )
    return rows


def _reason(user_stays: bool, rolled_over: bool) -> str:
    if rolled_over:
        return "rollover"
    return "role_lost" if user_stays else "removed"


def record_history(kind: Kind, district_id: str, moments: Sequence[Moment]) -> list[Row]:
    """The rows of one district in `roster.<singular>_history`."""
    seen = [(moment.at, active(moment.world, kind.singular)) for moment in moments]
    ids = sorted({id_ for _, records in seen for id_ in records})
    shown = {moment.at: moment.world.get(kind.object, {}) for moment in moments}
    rolled_over = {moment.at for moment in moments if kind.object in moment.rolled_over}
    return [
        row
        for id_ in ids
        for row in record_rows(
            kind,
            district_id,
            versions((at, records.get(id_)) for at, records in seen),
            id_,
            shown,
            rolled_over,
        )
    ]


def current_records(history: Iterable[Row]) -> list[Row]:
    """The rows of `roster.<plural>`: how each record ever seen stands now."""
    return [
        {name: value for name, value in row.items() if name not in _OF_VERSIONS}
        | {"last_changed_at": row["valid_from"]}
        for row in history
        if row["is_current"]
    ]


_OF_VERSIONS = {"change_type", "valid_from", "valid_to", "is_current"}


# --- associations ------------------------------------------------------------------------------


def enrollments(world: World) -> set[Key]:
    """(section, student) in force."""
    students = active(world, "student")
    return {
        (section_id, student)
        for section_id, section in world.get("sections", {}).items()
        for student in listed(section, "students")
        if student in students
    }


def teaching(world: World) -> set[Key]:
    """(section, teacher, is primary) in force; a section's `teacher` counts as listed."""
    teachers = active(world, "teacher")
    return {
        (section_id, teacher, teacher == tidy(section.get("teacher")))
        for section_id, section in world.get("sections", {}).items()
        for teacher in [*listed(section, "teachers"), tidy(section.get("teacher"))]
        if teacher in teachers
    }


def school_memberships(world: World) -> set[Key]:
    """(user, role, school, is primary) in force; a role's `school` counts as listed."""
    return {
        (user_id, role, school, school == tidy(held.get("school")))
        for user_id, user in world.get("users", {}).items()
        for role, held in roles_of(user).items()
        if role in ("student", "teacher", "staff")
        for school in [*listed(held, "schools"), tidy(held.get("school"))]
        if school in world.get("schools", {})
    }


def contact_relationships(world: World) -> set[Key]:
    """(contact, student, relationship, its type) in force."""
    students = active(world, "student")
    return {
        (user_id, entry["student"], entry.get("relationship"), entry.get("type"))
        for user_id, user in world.get("users", {}).items()
        for entry in listed(roles_of(user).get("contact", {}), "student_relationships")
        if entry.get("student") in students
    }


IN_FORCE: dict[str, Callable[[World], set[Key]]] = {
    "enrollment": enrollments,
    "teaching": teaching,
    "school_membership": school_memberships,
    "contact_relationship": contact_relationships,
}


def intervals(
    days: Sequence[tuple[datetime, set[Key]]],
) -> list[tuple[Key, datetime, datetime | None]]:
    """From when to when each key was in force, neighbouring moments glued together."""
    found: list[tuple[Key, datetime, datetime | None]] = []
    for key in sorted({key for _, keys in days for key in keys}, key=repr):
        since: datetime | None = None
        for at, keys in days:
            if key in keys and since is None:
                since = at
            elif key not in keys and since is not None:
                found.append((key, since, at))
                since = None
        if since is not None:
            found.append((key, since, None))
    return found


def association_history(name: str, district_id: str, moments: Sequence[Moment]) -> list[Row]:
    """The rows of one district in `roster.<name>_history`."""
    days = [(moment.at, IN_FORCE[name](moment.world)) for moment in moments]
    return [
        dict(zip(ASSOCIATIONS[name], key, strict=True))
        | {
            "district_id": district_id,
            "valid_from": since,
            "valid_to": until,
            "is_current": until is None,
        }
        for key, since, until in intervals(days)
    ]


def current_associations(history: Iterable[Row]) -> list[Row]:
    """The rows of a current association, such as `roster.enrollments`: what is in force now."""
    return [row for row in history if row["is_current"]]


def student_teachers(district_id: str, moments: Sequence[Moment]) -> list[Row]:
    """The rows of one district in `roster.student_teachers`: who teaches whom now, and where."""
    world = moments[-1].world if moments else {}
    sections_of: dict[Key, set[str]] = {}
    for section, student in enrollments(world):
        for taught, teacher, _ in teaching(world):
            if taught == section:
                sections_of.setdefault((student, teacher), set()).add(section)
    return [
        {
            "district_id": district_id,
            "student_id": student,
            "teacher_id": teacher,
            "section_ids": tuple(sorted(sections)),
        }
        for (student, teacher), sections in sections_of.items()
    ]


# --- references --------------------------------------------------------------------------------


def unresolved(world: World) -> set[Key]:
    """(object, id, field, referenced object, referenced id) of what leads to nothing active."""
    there = {kind.plural: set(active(world, kind.singular)) for kind in KINDS}
    return {
        (*owner, field, target, id_)
        for owner, field, target, id_ in references(world)
        if id_ not in there[target]
    }


def references(world: World) -> Iterator[tuple[tuple[str, str], str, str, str]]:
    """((object, id), field, referenced object, referenced id) of every record that is there."""
    for section_id, section in world.get("sections", {}).items():
        for field, target in _SECTION_REFERENCES.items():
            for id_ in _named(section, field):
                yield ("sections", section_id), field, target, id_
    for user_id, user in world.get("users", {}).items():
        for role, held in roles_of(user).items():
            for field, target in _ROLE_REFERENCES.get(role, {}).items():
                for id_ in _named(held, field):
                    yield (BY_ROLE[role].plural, user_id), field, target, id_


_SECTION_REFERENCES = {
    "students": "students",
    "teachers": "teachers",
    "teacher": "teachers",
    "school": "schools",
    "course": "courses",
    "term_id": "terms",
}
_ROLE_REFERENCES = {
    "student": {"schools": "schools", "school": "schools"},
    "teacher": {"schools": "schools", "school": "schools"},
    "staff": {"schools": "schools"},
    "contact": {"student_relationships": "students"},
}
#: The field whose record counts as listed in the list too.
_PRIMARY = {"teachers": "teacher", "schools": "school"}


def _named(record: Record, field: str) -> list[str]:
    """The ids a field names, one or many."""
    value = tidy(record.get(field))
    entries = [*value] if isinstance(value, list) else [value]
    entries.append(tidy(record.get(_PRIMARY.get(field, ""))))
    ids = [entry.get("student") if isinstance(entry, dict) else entry for entry in entries]
    return [id_ for id_ in ids if id_ is not None]


def unresolved_references(district_id: str, moments: Sequence[Moment]) -> list[Row]:
    """The rows of one district in `ops.unresolved_references`: what leads nowhere now."""
    names = ("object", "id", "field", "referenced_object", "referenced_id")
    days = [(moment.at, unresolved(moment.world)) for moment in moments]
    return [
        dict(zip(names, key, strict=True)) | {"district_id": district_id, "since": since}
        for key, since, until in intervals(days)
        if until is None
    ]

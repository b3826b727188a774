"""The tables of progress as they must be: each record with the roster of its moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .accounts import belonged_to, is_account, is_linked_later
from .lineage import Lines
from .past import Past, Row, Telling, last_known

#: What a record of progress says by itself.
_SAID = ("kind", "occurred_at", "score", "duration_seconds", "payload")


@dataclass(frozen=True)
class ProgressTables:
    """The rows of `progress.student_progress` and `progress.unmatched_progress`."""

    matched: list[Row]
    unmatched: list[Row]


def progress_tables(past: Past) -> ProgressTables:
    """Every record of progress stands in one of the two."""
    tables = ProgressTables([], [])
    lines = Lines.of(past)
    for id_, tellings in past.told.get("progress", {}).items():
        telling = tellings[-1]
        row = {"progress_id": id_, **_as_told(telling)}
        reason = _why_unmatched(past, telling)
        if reason:
            ref = telling.row.get("user_id") or None
            tables.unmatched.append(row | {"user_ref": ref, "reason": reason})
        else:
            tables.matched.append(row | _placed(past, lines, telling))
    return tables


def _as_told(telling: Telling) -> Row:
    said = {name: telling.row.get(name) for name in _SAID}
    return said | {
        "record_status": "withdrawn" if telling.is_gone else "active",
        "withdrawn_at": telling.at if telling.is_gone else None,
    }


def _why_unmatched(past: Past, telling: Telling) -> str | None:
    ref, at = telling.row.get("user_id") or None, telling.row.get("occurred_at")
    if ref is None:
        return "it names no user"
    if at is None:
        return "it has no time"
    link = belonged_to(past, ref, at)
    user_id = link or ref
    if any(held is not None for _, held in past.held("student", user_id)):
        return None
    if user_id in past.ever("users"):
        return "the user is no student"
    if is_account(past, ref) and link is None:
        later = is_linked_later(past, ref, at)
        return "the account had no Clever ID then" if later else "the account has no Clever ID"
    return "no such user is known"


def _placed(past: Past, lines: Lines, telling: Telling) -> Row:
    """Whose it is, and the roster beside it."""
    at, ref = telling.row["occurred_at"], telling.row["user_id"]
    student_id = belonged_to(past, ref, at) or ref
    student = last_known(past.held("student", student_id), at)
    is_there = past.role("student", student_id, at) is not None
    section = _section(past, telling.row.get("section_id") or None, student_id, at)
    row = {
        "student_id": student_id,
        "reporting_student_id": lines.first("student", student_id),
        "district_id": past.district_of("users", student_id),
        "school_year": _school_year(at),
        "school_id": (student or {}).get("school"),
        "grade": (student or {}).get("grade"),
        "roster_state": "active" if is_there else "not yet seen" if student is None else "archived",
        **section,
        **_class(past, section["section_id"], at),
    }
    for kind in ("course", "term", "section"):
        row[f"reporting_{kind}_id"] = lines.first(kind, row[f"{kind}_id"])
    row["reporting_teacher_id"] = lines.first("teacher", row["primary_teacher_id"])
    return row


def _school_year(at: datetime) -> str:
    """From 1 July to 30 June."""
    first = at.year if at.month >= 7 else at.year - 1
    return f"{first}-{first + 1}"


def _section(past: Past, given: str | None, student_id: str, at: datetime) -> Row:
    """The section the application gave; else the one the student was in, if it was only one."""
    if given:
        return {"section_id": given, "section_source": "given"}
    sections = past.sections_of(student_id, at)
    if len(sections) == 1:
        return {"section_id": sections[0], "section_source": "enrolled"}
    return {"section_id": None, "section_source": "several" if sections else "none"}


def _class(past: Past, section_id: str | None, at: datetime) -> Row:
    """What the section was at that moment: an archived one is as last known, but nobody teaches."""
    section = last_known(past.shown("sections", section_id), at) if section_id else None
    active = past.record("sections", section_id, at) if section_id else None
    return {
        "course_id": (section or {}).get("course"),
        "term_id": (section or {}).get("term_id"),
        **_teachers(past, active or {}, at),
    }


def _teachers(past: Past, section: dict[str, Any], at: datetime) -> Row:
    primary = section.get("teacher")
    named = {*section.get("teachers", ()), primary} - {None}
    teachers = {id_ for id_ in named if past.role("teacher", id_, at) is not None}
    return {
        "primary_teacher_id": primary if primary in teachers else None,
        "co_teacher_ids": tuple(sorted(teachers - {primary})) or None,
    }

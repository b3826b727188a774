"""The tables of progress as they must be: each record with the roster of its moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

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


def linked(past: Past, ref: str) -> str | None:
    """The Clever ID of the account of this ID, as last known; None if there is none."""
    tellings = past.told.get("accounts", {}).get(ref)
    return (tellings[-1].row.get("clever_id") or None) if tellings else None


def meant(past: Past, ref: str | None) -> str | None:
    """Whom the application means: the user an account is linked to, or one of this Clever ID."""
    return (linked(past, ref) or ref) if ref else None


def _as_told(telling: Telling) -> Row:
    said = {name: telling.row.get(name) for name in _SAID}
    return said | {
        "record_status": "withdrawn" if telling.is_gone else "active",
        "withdrawn_at": telling.at if telling.is_gone else None,
    }


def _why_unmatched(past: Past, telling: Telling) -> str | None:
    ref = telling.row.get("user_id")
    user_id = meant(past, ref)
    if ref is None or user_id is None:
        return "it names no user"
    if telling.row.get("occurred_at") is None:
        return "it has no time"
    if any(held is not None for _, held in past.held("student", user_id)):
        return None
    if user_id in past.ever("users"):
        return "the user is no student"
    is_account = ref in past.told.get("accounts", {})
    if is_account and linked(past, ref) is None:
        return "the account has no Clever ID"
    return "no such user is known"


def _placed(past: Past, lines: Lines, telling: Telling) -> Row:
    """Whose it is, and the roster beside it."""
    at, student_id = telling.row["occurred_at"], meant(past, telling.row["user_id"])
    assert student_id is not None
    student = last_known(past.held("student", student_id), at) or {}
    section = _section(past, telling.row.get("section_id") or None, student_id, at)
    row = {
        "student_id": student_id,
        "reporting_student_id": lines.first("student", student_id),
        "district_id": past.district_of("users", student_id),
        "school_year": _school_year(at),
        "school_id": student.get("school"),
        "grade": student.get("grade"),
        **section,
        **_class(past, section["section_id"], at),
    }
    for kind in ("course", "term"):
        row[f"reporting_{kind}_id"] = lines.first(kind, row[f"{kind}_id"])
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

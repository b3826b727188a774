"""Pieces of the queries that put what a walk found beside what the log last said."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from dlt_sources.clever.changelog import raw_table, visible_syncs
from dlt_sources.clever.objects import CLEVER_OBJECTS

_ROLES = {role.plural: role.singular for kind in CLEVER_OBJECTS for role in kind.roles}
_ISO = re.compile(r"([1-9][0-9]{3}-[0-9]{2}-[0-9]{2})(?:\Z|[T ])")
_AMERICAN = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([1-9][0-9]{3})")
#: The condition that `term` is one of those in a JSON list, the parameter.
IS_OVER = "coalesce(list_contains(from_json(%s, '[\"VARCHAR\"]'), term), false)"


def courses_over(client: Any) -> str:
    """A query for the courses that sections used, none of which is still there and not over.

    It takes the district, twice, and what `IS_OVER` takes.
    """
    course, term = field_of("payload", "course"), field_of("payload", "term_id")
    return f"""
        select course from (
            select {course} as course, {term} as term, gone
            from (
                select arg_max(payload, sync_id) as payload,
                    arg_max(change, sync_id) = 'removed' as gone
                from {raw_table(client, "sections")}
                where district_id = %s and {visible_syncs(client)}
                group by id
            ) as sections
        ) as used
        where course is not null
        group by course having bool_and(gone or {IS_OVER})
    """


def list_of(name: str) -> str:
    """The list of Clever's in which the records of a type stand."""
    return "users" if name in _ROLES else "sections" if name == "enrollments" else name


def held(row: str, name: str) -> str:
    """The condition that a row of a log shows a record of a type, by the row's alias."""
    present = f"{row}.change <> 'removed'"
    if name not in _ROLES:
        return present
    return f"{present} and list_contains(string_split({row}.roles, ','), '{_ROLES[name]}')"


def school_of(row: str, name: str) -> str:
    """The school that a row of a log names, by the row's alias, for records of a type."""
    role = f"roles.{_ROLES[name]}." if name in _ROLES else ""
    return field_of(f"{row}.payload", f"{role}school")


def field_of(payload: str, path: str) -> str:
    """The text at a path of a payload."""
    return f"json_extract_string({payload}, '$.{path}')"


def students_of(payload: str) -> str:
    """The students that a section lists, by its payload."""
    return f'coalesce(from_json({payload}, \'{{"students": ["VARCHAR"]}}\').students, [])'


def day_of(text: str | None) -> date | None:
    """The day in a text of Clever's, as `clever_date` of the models reads it.

    `2026-06-12`, the day of `2026-06-12T00:00:00Z`, or `6/12/2026`; None for everything else, such
    as a year of two digits.
    """
    trimmed = (text or "").strip(" ")
    iso, american = _ISO.match(trimmed), _AMERICAN.fullmatch(trimmed)
    try:
        if iso:
            return date.fromisoformat(iso[1])
        return date(int(american[3]), int(american[1]), int(american[2])) if american else None
    except ValueError:  # There is no such day.
        return None

"""How one record looks in a version of the API, and at one of its endpoints."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

#: A dialect turns the record as the dataset holds it (v3.1) into the bytes that are sent.
Dialect = Callable[[bytes], bytes]

VERSIONS = ("v3.1", "v3.0")

#: Fields only v3.1 has, per list; a dotted path leads into nested objects.
ONLY_IN_V31 = {
    "districts": ("lms_type", "lms_state", "last_attendance_sync"),
    "sections": ("lms_status",),
    "users": (
        "lms_status",
        "roles.student.frl_status",
        "roles.student.gifted_status",
        "roles.student.section_504_status",
        "roles.student.disability",
        "roles.student.home_language",
        "roles.student.home_language_code",
        "roles.student.iep_status",
        "roles.student.preferred_name",
    ),
}

_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def unchanged(record: bytes) -> bytes:
    """Send the record as it is."""
    return record


def of_version(version: str, list_name: str) -> Dialect:
    """Return the dialect of a version for the records of a list."""
    dropped = ONLY_IN_V31.get(list_name, ()) if version == "v3.0" else ()
    if not dropped:
        return unchanged
    paths = [tuple(path.split(".")) for path in dropped]

    def without_newer_fields(record: bytes) -> bytes:
        decoded = msgspec.json.decode(record)
        for path in paths:
            _drop(decoded, path)
        return msgspec.json.encode(decoded)

    return without_newer_fields


def with_timestamps(record: bytes) -> bytes:
    """Send a term as `/schools/{id}/terms` does: its dates as midnight UTC."""
    term = msgspec.json.decode(record)
    for name in ("start_date", "end_date"):
        if _DATE.fullmatch(str(term.get(name))):
            term[name] += "T00:00:00.000Z"
    return msgspec.json.encode(term)


def _drop(value: Any, path: tuple[str, ...]) -> None:
    *parents, leaf = path
    for key in parents:
        value = value.get(key) if isinstance(value, dict) else None
    if isinstance(value, dict):
        value.pop(leaf, None)

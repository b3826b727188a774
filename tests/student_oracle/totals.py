"""What progress adds up to, each total counted by hand from the records, without rounding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from .past import Row

#: Of each table: what its rows are of, and which values it lists under which name.
TOTALS: Mapping[str, tuple[tuple[str, ...], Mapping[str, str]]] = {
    "progress.progress_by_student_year": (
        ("reporting_student_id", "school_year"),
        {
            "student_ids": "student_id",
            "school_ids": "school_id",
            "grades": "grade",
            "section_ids": "section_id",
            "teacher_ids": "primary_teacher_id",
        },
    ),
    "progress.progress_by_school": (
        ("school_id", "school_year"),
        {"grades": "grade", "section_ids": "section_id", "teacher_ids": "primary_teacher_id"},
    ),
    "progress.progress_by_section_term": (
        ("reporting_section_id", "reporting_term_id"),
        {
            "section_ids": "section_id",
            "term_ids": "term_id",
            "course_ids": "course_id",
            "school_ids": "school_id",
            "grades": "grade",
            "teacher_ids": "primary_teacher_id",
        },
    ),
}


def totals(records: Iterable[Row], table: str) -> list[Row]:
    """The rows of a table of totals, from those of `progress.student_progress`."""
    by, lists = TOTALS[table]
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for record in records:
        is_placed = by[0] != "reporting_section_id" or record["section_id"]
        if record["record_status"] == "active" and is_placed:
            key = tuple(record[name] for name in ("district_id", *by, "kind"))
            groups.setdefault(key, []).append(record)
    return [
        dict(zip(("district_id", *by, "kind"), key, strict=True)) | _total(found, lists)
        for key, found in groups.items()
    ]


def _total(records: Sequence[Row], lists: Mapping[str, str]) -> Row:
    scores = _values(records, "score")
    times = _values(records, "occurred_at")
    return {
        "records": len(records),
        "students": len({record["reporting_student_id"] for record in records}),
        "scored": len(scores),
        "average_score": _exact(scores) / len(scores) if scores else None,
        "duration_seconds": _exact(_values(records, "duration_seconds")),
        "first_at": min(times),
        "last_at": max(times),
        **{name: tuple(sorted({*_values(records, of)})) or None for name, of in lists.items()},
    }


def _values(records: Sequence[Row], name: str) -> list[Any]:
    return [record[name] for record in records if record[name] is not None]


def _exact(numbers: Sequence[float]) -> Any:
    """The sum of numbers as they are written, whatever their order; None of no numbers."""
    return float(sum(Fraction(str(number)) for number in numbers)) if numbers else None

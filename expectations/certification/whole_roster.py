"""The whole roster of every day against the dataset: nothing missing, nothing added, all values.

What a day must show is read from the dataset's files and never from what the pipeline kept. A day
on which a district could not be synced must show what the day before did.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import duckdb
import msgspec

from dlt_sources.certification.catalogue import FOLDER
from dlt_sources.clever.objects import CLEVER_OBJECTS, COMMON_USER_FIELDS, Field, Record
from dlt_sources.sandbox.dataset import Dataset
from expectations.certification.check import as_of
from expectations.certification.evidence import Evidence, moment_of, use_day

Rows = set[tuple[Any, ...]]
Tables = Mapping[str, Rows]
_Records = Mapping[str, list[dict[str, Any]]]


def differences(evidence: Evidence, district_id: str) -> list[str]:
    """What differs, a line for each day and table; none if every day was as Clever showed it.

    Each day is looked up twice: in the roster as published then, and in the last one's history.
    """
    found: list[str] = []
    expected: Tables = {}
    dataset = Dataset.open(FOLDER)
    days = evidence.days()
    with evidence.rosters() as rosters:
        for day in days:
            rosters.execute("set variable t = ?", [moment_of(day)])
            use_day(rosters, days[-1])
            if _is_complete(rosters, district_id):
                expected = shown(_records(dataset, day, district_id))
            for roster in (day, days[-1]):
                use_day(rosters, roster)
                found += _compared(rosters, district_id, expected, f"day {day} in roster {roster}")
    return found


def _is_complete(rosters: duckdb.DuckDBPyConnection, district_id: str) -> bool:
    row = rosters.execute(
        "select count(*) from ops.syncs where district_id = ? "
        "and observed_at = getvariable('t') and status = 'complete'",
        [district_id],
    ).fetchone()
    return bool(row and row[0])


def _records(dataset: Dataset, day: int, district_id: str) -> _Records:
    """Every record of a district by list; of those that name another district, none."""
    lists = dataset.as_of(day).districts[district_id]
    decoded = {
        name: [msgspec.json.decode(records.raw(place)) for place in range(len(records))]
        for name, records in lists.items()
    }
    return {
        name: [each for each in records if each.get("district", district_id) == district_id]
        for name, records in decoded.items()
    }


def shown(records: _Records) -> Tables:
    """The tables that the records of a district make, by the table's name."""
    tables: dict[str, Rows] = {}
    for item in CLEVER_OBJECTS:
        for record in (item.record, *item.roles):
            rows = _rows(item.record, record, records[item.name])
            tables[record.plural] = set(rows)
    ids = {name: {row[0] for row in rows} for name, rows in tables.items()}
    tables["enrollments"] = set(_listed(records["sections"], "students", ids["students"]))
    tables["teaching"] = set(_taught(records["sections"], ids["teachers"]))
    tables["school_memberships"] = set(_memberships(records["users"], ids["schools"]))
    tables["contact_relationships"] = set(_relationships(records["users"], ids["students"]))
    return tables


def _fields(whole: Record, record: Record) -> tuple[Field, ...]:
    common = COMMON_USER_FIELDS if whole.singular == "user" and record is not whole else ()
    return tuple(field for field in (*common, *record.fields) if field.type == "VARCHAR")


def _rows(whole: Record, record: Record, found: list[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    common = {field.column for field in COMMON_USER_FIELDS}
    for each in found:
        of_role = whole.singular == "user" and record is not whole
        if of_role and record.singular not in each["roles"]:
            continue
        own = each["roles"][record.singular] if of_role else each
        yield (
            each["id"],
            *(
                _at(each if field.column in common else own, field)
                for field in _fields(whole, record)
            ),
        )


def _at(value: Any, field: Field) -> str | None:
    for step in field.path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return None if value in (None, "") else str(value)


def _listed(sections: list[dict[str, Any]], field: str, known: set[str]) -> Iterator[Any]:
    for section in sections:
        yield from ((section["id"], one) for one in section[field] if one in known)


def _taught(sections: list[dict[str, Any]], known: set[str]) -> Iterator[Any]:
    for section in sections:
        primary = section.get("teacher") or None
        for teacher in {*section["teachers"], *filter(None, [primary])} & known:
            yield section["id"], teacher, teacher == primary


def _memberships(users: list[dict[str, Any]], known: set[str]) -> Iterator[Any]:
    for user in users:
        for role, own in user["roles"].items():
            primary = own.get("school")
            for school in {*own.get("schools", ()), *filter(None, [primary])} & known:
                yield user["id"], role, school, school == primary


def _relationships(users: list[dict[str, Any]], known: set[str]) -> Iterator[Any]:
    for user in users:
        for each in user["roles"].get("contact", {}).get("student_relationships", ()):
            if each["student"] in known:
                kinds = (each.get("relationship") or None, each.get("type") or None)
                yield user["id"], each["student"], *kinds


_ASSOCIATIONS = {
    "enrollments": ("enrollment_history", "section_id, student_id"),
    "teaching": ("teaching_history", "section_id, teacher_id, is_primary"),
    "school_memberships": ("school_membership_history", "user_id, role, school_id, is_primary"),
    "contact_relationships": (
        "contact_relationship_history",
        "contact_id, student_id, relationship, relationship_type",
    ),
}


def _compared(
    rosters: duckdb.DuckDBPyConnection, district_id: str, expected: Tables, where: str
) -> Iterator[str]:
    for table, rows in expected.items():
        history, columns, condition = _source(table)
        query = f"select {columns} from {as_of(history)} where district_id = ? {condition}"
        found = set(rosters.execute(query, [district_id]).fetchall())
        if found != rows:
            yield f"{where}, {table}: {len(rows - found)} missing, {len(found - rows)} too many"


def _source(table: str) -> tuple[str, str, str]:
    if table in _ASSOCIATIONS:
        return (*_ASSOCIATIONS[table], "")
    for item in CLEVER_OBJECTS:
        for record in (item.record, *item.roles):
            if record.plural == table:
                names = [f"{record.singular}_id"]
                names += [f'"{field.column}"' for field in _fields(item.record, record)]
                active = "and record_status = 'active'"
                return f"{record.singular}_history", ", ".join(names), active
    raise KeyError(table)

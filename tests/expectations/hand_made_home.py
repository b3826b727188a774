"""A small home made by hand: one school, one section, a person in every role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dlt_sources.clever.objects import CLEVER_OBJECTS, COMMON_USER_FIELDS, Field, Record
from expectations.model import CheckResult
from expectations.runner import run_suites

DAY = "2026-08-17 02:00"


def clever_id(number: int) -> str:
    """A Clever ID that can be told apart in a test's output: 24 hexadecimal digits."""
    return f"{number:024x}"


DISTRICT, SCHOOL, TERM, COURSE, SECTION = map(clever_id, range(0xD1, 0xD6))
BART, LISA, TEACHER, STAFF, ADMIN, CONTACT = map(clever_id, range(0xA1, 0xA7))

#: Values that identify a person; none of them may ever leave a check.
PERSONAL = ("Bartholomew", "Simpson", "bart@example.org", "2014-04-01", "742 Evergreen Terrace")

_BART = {
    "first_name": PERSONAL[0],
    "last_name": PERSONAL[1],
    "email": PERSONAL[2],
}

RECORDS: dict[str, list[dict[str, object]]] = {
    "district": [
        {
            "district_id": DISTRICT,
            "name": "Springfield",
            "sis_type": "sftp",
            "launch_date": "2026-08-01",
            "portal_url": "https://example.org",
            "login_methods": ["Clever Badges"],
        }
    ],
    "school": [
        {"school_id": SCHOOL, "name": "Elementary", "sis_id": "7", "school_number": "7"},
    ],
    "term": [{"term_id": TERM, "name": "Y1"}],
    "course": [{"course_id": COURSE, "name": "Art"}],
    "section": [
        {
            "section_id": SECTION,
            "name": "Art - 1",
            "sis_id": "581",
            "school_id": SCHOOL,
            "term_id": TERM,
            "course_id": COURSE,
        }
    ],
    "user": [
        {"user_id": BART, "roles": ["student"], **_BART},
        {"user_id": LISA, "roles": ["student"]},
        {"user_id": TEACHER, "roles": ["teacher"]},
        {"user_id": STAFF, "roles": ["staff"]},
        {"user_id": ADMIN, "roles": ["district_admin"]},
        {"user_id": CONTACT, "roles": ["contact"]},
    ],
    "student": [
        {
            "student_id": BART,
            "sis_id": "1",
            "school_id": SCHOOL,
            "dob": PERSONAL[3],
            "location_address": PERSONAL[4],
            **_BART,
        },
        {"student_id": LISA, "sis_id": "2", "school_id": SCHOOL},
    ],
    "teacher": [{"teacher_id": TEACHER, "school_id": SCHOOL}],
    "staff": [{"staff_id": STAFF, "staff_sis_id": "9"}],
    "district_admin": [{"district_admin_id": ADMIN}],
    "contact": [{"contact_id": CONTACT}],
}

_ASSOCIATIONS = {
    "enrollments": [
        {"section_id": SECTION, "student_id": BART},
        {"section_id": SECTION, "student_id": LISA},
    ],
    "teaching": [{"section_id": SECTION, "teacher_id": TEACHER}],
    "school_memberships": [{"user_id": BART, "school_id": SCHOOL}],
    "contact_relationships": [{"contact_id": CONTACT, "student_id": BART}],
}


@dataclass(frozen=True)
class Home:
    """A home on disk whose first sync has been loaded and built, but not yet judged."""

    folder: Path

    def change(self, sql: str) -> None:
        """Damages (or repairs) what lies in the home."""
        with _writing(self.folder) as connection:
            connection.execute(sql)

    def results(self, *suites: str) -> dict[str, CheckResult]:
        """The results of the suites, all by default, by the name of their check."""
        return {result.check: result for result in run_suites(self.folder, suites or None)}


def make_home(folder: Path) -> Home:
    """A home in which everything is well."""
    with _writing(folder) as connection:
        _fill_warehouse(connection)
        _fill_build(connection)
    return Home(folder)


def _writing(folder: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for name in ("warehouse", "build"):
        connection.execute(f"attach '{folder / name}.duckdb' as {name}")
    return connection


def _fill_warehouse(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"""
        create schema warehouse.clever_raw;
        use warehouse.clever_raw;
        create table syncs as select
            1::bigint as sync_id, 'run' as run_id, '{DISTRICT}' as district_id, 'full' as mode,
            'complete' as status, timestamp '{DAY}' as observed_at,
            timestamp '{DAY}' as started_at, timestamp '{DAY}' as finished_at;
        create table sync_counts (
            sync_id bigint, district_id varchar, object varchar, seen bigint, created bigint,
            updated bigint, archived bigint, restored bigint, unchanged bigint);
        create table rejected_records (
            sync_id bigint, district_id varchar, object varchar, id varchar, reason varchar);
        create schema warehouse.staging;
        create view warehouse.staging.stg_clever__syncs as from warehouse.clever_raw.syncs;
        create table warehouse.staging.stg_clever__foreign_records (
            object varchar, id varchar, district_id varchar);
    """)
    for item in CLEVER_OBJECTS:
        ids = [row[f"{item.record.singular}_id"] for row in RECORDS[item.record.singular]]
        connection.execute(
            f"""
            create table {item.name} as select
                1::bigint as sync_id, '{DISTRICT}' as district_id, unnest(?) as id,
                'created' as change, timestamp '{DAY}' as observed_at, 42::bigint as hash,
                1::bigint as hash_version, '{{"name":"{PERSONAL[0]}"}}' as payload;
            """,
            [ids],
        )
        connection.execute(
            "insert into sync_counts values (1, ?, ?, ?, ?, 0, 0, 0, 0)",
            [DISTRICT, item.name, len(ids), len(ids)],
        )


def _fill_build(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("""
        create schema build.roster;
        create schema build.ops;
        use build.ops;
        create table builds (sync_id bigint, fingerprint varchar);
        create table unresolved_references (
            district_id varchar, object varchar, id varchar, field varchar,
            referenced_object varchar, referenced_id varchar, since timestamp);
        use build.roster;
    """)
    for record, fields in _records():
        _create_history(connection, record, fields)
    for name, rows in _ASSOCIATIONS.items():
        columns = ", ".join(f"{column} varchar" for column in ("district_id", *rows[0]))
        connection.execute(f"create table {name} ({columns})")
        for row in rows:
            _insert(connection, name, {"district_id": DISTRICT, **row})


def _records() -> Iterator[tuple[Record, tuple[Field, ...]]]:
    for item in CLEVER_OBJECTS:
        yield item.record, item.record.fields
        for role in item.roles:
            yield role, COMMON_USER_FIELDS + role.fields


def _create_history(
    connection: duckdb.DuckDBPyConnection, record: Record, fields: tuple[Field, ...]
) -> None:
    columns = {f"{record.singular}_id": "VARCHAR", "district_id": "VARCHAR"}
    columns |= {"roles": "VARCHAR[]"} if record.singular == "user" else {}
    columns |= {field.column: field.type for field in fields}
    columns |= dict.fromkeys(("record_status", "change_type"), "VARCHAR")
    columns |= dict.fromkeys(("valid_from", "valid_to", "first_seen_at"), "TIMESTAMP")
    columns |= {"is_current": "BOOLEAN"}
    listed = ", ".join(f"{name} {type_}" for name, type_ in columns.items())
    connection.execute(f"""
        create table {record.singular}_history ({listed});
        create view {record.plural} as
            select *, valid_from as last_changed_at
            from build.roster.{record.singular}_history where is_current;
    """)
    for row in RECORDS[record.singular]:
        written = {
            "district_id": DISTRICT,
            "record_status": "active",
            "change_type": "created",
            "valid_from": DAY,
            "first_seen_at": DAY,
            "is_current": True,
        }
        _insert(connection, f"{record.singular}_history", written | row)


def _insert(connection: duckdb.DuckDBPyConnection, table: str, row: dict[str, object]) -> None:
    marks = ", ".join("?" for _ in row)
    connection.execute(
        f"insert into {table} ({', '.join(row)}) values ({marks})", list(row.values())
    )

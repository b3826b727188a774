"""The sample application's database, made by this script: what happened beside the sample rosters.

The two districts are those of `data/sample`. People, points and dates are invented.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

#: The tables that `data/application/mapping.toml` fits.
SCHEMA = """
create table people (
    person_id text primary key, clever_id text, role text, email text, given_name text,
    family_name text, login text, student_no text, born date, school text, grade text,
    joined_at datetime, changed_at datetime not null
);
create table activity (
    activity_id integer primary key, person text not null, what text not null, class text,
    points float, seconds float, done_at datetime not null, details text,
    changed_at datetime not null
);
create index activity_changed_at on activity (changed_at);
create table admin_changes (
    change_id integer primary key, what text not null, district text, person text, class text,
    grouping text, label text, role text, permission text, made_at datetime not null,
    undone_at datetime, made_by text, changed_at datetime not null
);
create table customers (
    customer_id text primary key, name text not null, city text, state text, nces text
);
create table campuses (
    campus_id text primary key, customer text, name text not null, city text, state text,
    number text
);
create table identity_decisions (
    decision_id integer primary key, person text not null, clever_user text not null,
    decision text not null, made_by text, reason text, made_at datetime not null,
    changed_at datetime not null
);
"""

#: The version of the tables: a file of another one is made again.
_VERSION = 2

_ALDER = "63e0a000a1d0000000000001"
_SCIENCE = "66a0c000a15ec00000000006"
_BIOLOGY = "66a0c000a15ec00000000010"

#: Accounts of the time before Clever: ID, Clever ID, role, names, number, birthday, school, grade.
#: Some are linked to their Clever ID. Of the others Katherine is found by her number, two by a
#: person's decision, Emmy may be one of two Emmas, and a tutor is nobody of Clever's.
_PEOPLE = [
    ("p-1", "66a0c000a157d00000000014", "student", "Anika", "Desai", None, None, None, None),
    ("p-2", "66a0c000a157d00000000019", "student", "Noah", "Petrov", None, None, None, None),
    ("p-3", "66a0c000a157d00000000025", "student", "Mila", "Novak", None, None, None, None),
    ("p-4", None, "student", "Katherine", "Oduya", "100024", "2012-01-30", "c-103", "9"),
    ("p-5", None, "tutor", "Walter", "Ames", None, None, None, None),
    ("p-6", None, "student", "Lee", "Whitfield", None, "2019-11-03", "c-101", "1"),
    ("p-7", None, "student", "Emmy", "Johnson", None, None, "c-101", None),
]

_CUSTOMERS = [
    ("d-1", "Alder Valley USD", "Alder Valley", "OR", "4100001"),
    ("d-2", "Birchwood County Schools", "Birchwood", "OR", None),
]

#: ID, customer, name, number.
_CAMPUSES = [
    ("c-101", "d-1", "Cedar Grove", "101"),
    ("c-103", "d-1", "Alder Valley High School", None),
    ("c-201", "d-2", "Birchwood Primary", "1"),
]

#: Person, user of Clever, decision, why, day of August 2026.
_DECISIONS = [
    ("p-6", "66a0c000a157d00000000002", "accept", "goes by Lee; confirmed by the school", 18),
    ("p-5", "66a0c000a157d00000000025", "reject", "a tutor, not the student", 18),
]

#: Day of August 2026, person, what, class, points, seconds. A class is left out where the
#: application does not know it.
_ACTIVITY = [
    (17, "66a0c000a157d00000000001", "lesson_completion", None, None, 900),
    (17, "p-1", "lesson_completion", _SCIENCE, None, 1260),
    (17, "p-2", "assessment", _SCIENCE, 0.8, 1800),
    (17, "66a0c000a157d00000000011", "lesson_completion", None, None, 700),
    (18, "p-3", "assessment", "66a0c000a15ec00000000009", 0.92, 2100),
    (18, "66a0c000a157d00000000033", "attendance", _BIOLOGY, 1.0, None),
    (19, "66a0c000a157d00000000011", "assessment", _SCIENCE, 0.7, 1500),
    (19, "p-2", "content", _SCIENCE, None, 300),
    (20, "66a0c000a157d00000000039", "attendance", _BIOLOGY, 1.0, None),
    (20, "p-4", "assessment", "66a0c000a15ec00000000008", 0.66, 1700),
    (21, "66a0c000b157d00000000001", "lesson_completion", None, None, 840),
    (24, "66a0c000b157d00000000016", "assessment", "66a0c000b15ec00000000004", 0.75, 1600),
    (25, "p-2", "lesson_completion", _SCIENCE, None, 950),
    (26, "66a0c000b157d00000000016", "assessment", "66a0c000b15ec00000000003", 0.81, 1550),
    (26, "nobody-we-know", "content", None, None, 60),
]

#: What, person, class, grouping, label, role, permission, day made, day undone.
_ADMIN_CHANGES = [
    ("add_role", "66a0c000a157a00000000003", None, None, None, "coordinator", None, 17, None),
    ("add_permission", "66a0c000a157a00000000003", None, None, None, None, "see_reports", 17, 24),
    ("add_user", "p-5", None, None, "Walter Ames", "tutor", None, 17, None),
    ("add_student", "66a0c000a157d00000000011", _SCIENCE, None, None, None, None, 18, None),
    ("remove_student", "66a0c000a157d00000000023", _SCIENCE, None, None, None, None, 18, None),
    ("add_group", None, _SCIENCE, "lab-a", "Lab A", None, None, 18, None),
    ("add_to_group", "66a0c000a157d00000000014", None, "lab-a", None, None, None, 18, None),
    ("add_to_group", "66a0c000a157d00000000019", None, "lab-a", None, None, None, 18, None),
    ("add_group", None, None, "chess", "Chess club", None, None, 19, None),
    ("add_to_group", "66a0c000a157d00000000025", None, "chess", None, None, None, 19, 25),
]


def make_sample(file: Path) -> None:
    """Make the database, unless it is there; a process that comes at the same time is no harm."""
    if _is_made(file):
        return
    beside = file.with_name(f"{file.name}.{uuid4().hex}")
    try:
        with closing(sqlite3.connect(beside)) as connection, connection:
            connection.executescript(SCHEMA)
            _insert(connection, "people", _people())
            _insert(connection, "activity", _activity())
            _insert(connection, "admin_changes", _admin_changes())
            _insert(connection, "customers", _CUSTOMERS)
            _insert(connection, "campuses", _campuses())
            _insert(connection, "identity_decisions", _decisions())
            connection.execute(f"pragma user_version = {_VERSION}")
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def _is_made(file: Path) -> bool:
    if not file.exists():
        return False
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
        [(version,)] = connection.execute("pragma user_version").fetchall()
    return bool(version == _VERSION)


def _people() -> Iterator[tuple[object, ...]]:
    joined = "2026-06-01 08:00:00.000000"
    for person_id, clever_id, role, given, family, *more in _PEOPLE:
        login = f"{given}.{family}".lower()
        email = f"{login}@school.example"
        about = (person_id, clever_id, role, email, given, family, login)
        yield (*about, *more, joined, joined)


def _campuses() -> Iterator[tuple[object, ...]]:
    cities = {customer: (city, state) for customer, _, city, state, _ in _CUSTOMERS}
    for campus_id, customer, name, number in _CAMPUSES:
        yield (campus_id, customer, name, *cities[customer], number)


def _decisions() -> Iterator[tuple[object, ...]]:
    for number, (person, user, decision, why, day) in enumerate(_DECISIONS, start=1):
        made_at = f"2026-08-{day:02} 17:{number:02}:00.000000"
        yield (number, person, user, decision, "admin-1", why, made_at, made_at)


def _activity() -> Iterator[tuple[object, ...]]:
    for number, (day, person, what, where, points, seconds) in enumerate(_ACTIVITY, start=1):
        done = f"2026-08-{day:02} 15:{number:02}:00.000000"
        details = f'{{"unit": {number}}}'
        yield (number, person, what, where, points, seconds, done, details, done)


def _admin_changes() -> Iterator[tuple[object, ...]]:
    for number, change in enumerate(_ADMIN_CHANGES, start=1):
        what, person, where, grouping, label, role, permission, made, undone = change
        made_at = f"2026-08-{made:02} 16:{number:02}:00.000000"
        undone_at = f"2026-08-{undone:02} 16:{number:02}:00.000000" if undone else None
        about = (number, what, _ALDER, person, where, grouping, label, role, permission)
        yield (*about, made_at, undone_at, "admin-1", undone_at or made_at)


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[tuple[object, ...]]) -> None:
    for row in rows:
        connection.execute(f"insert into {table} values ({', '.join('?' * len(row))})", row)

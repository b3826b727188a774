"""An application's database of any size for measuring, laid out as the sample's is.

Students are busy all year: records follow each other evenly, and each is of a student, or of
nobody, who is drawn by the record's number. So a database is the same whenever it is written, and
its records are made by SQLite itself, which takes seconds for a million.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from dlt_sources.application.sample import SCHEMA
from tests.bench.generator import DISTRICT_ID, District, clever_id

#: From the first record to the last.
YEAR_BEGINS, YEAR_ENDS = datetime(2026, 7, 1, 8), datetime(2027, 6, 1, 20)
_ADDED, _CHANGED, _DELETED = 10_000, 1_000, 100
_GROUPS = 20
_NO_NUMBER_BIRTHDAY_SCHOOL_GRADE = (None,) * 4
_EDITS = ("add_student", "remove_student", "add_to_group", "add_role", "add_permission")

#: The n-th record; `luck` is a number drawn for it, of whose parts each decides something else.
_RECORDS = """
    with recursive numbers(number) as (
        select :first union all select number + 1 from numbers limit :records
    ),
    drawn as (
        select number, number * 104729 % :students as student,
            (number * 2654435761 >> 12) & 1048575 as luck
        from numbers
    ),
    timed as (
        select *, strftime(
            '%Y-%m-%d %H:%M:%S.000000',
            :begins + (number - :first) * :seconds / :records, 'unixepoch'
        ) as at
        from drawn
    )
    insert into activity
    select timed.number,
        case when luck % 1009 = 1 then 'nobody-' || (luck % 97)
            when student < :accounts and luck / 2 % 2 then 'p-' || student
            else students.id end,
        case luck / 4 % 4 when 0 then 'lesson_completion' when 1 then 'assessment'
            when 2 then 'attendance' else 'content' end,
        case when luck / 16 % 3 = 0 then sections.id end,
        case when luck / 4 % 4 = 1 then luck % 101 / 100.0 end,
        60.0 + luck % 3600, at, '{"unit": ' || (luck % 500) || '}', at
    from timed
    join students on students.number = student
    join sections on sections.number = (student + luck / 48 % :turns * :students) / :class_size
"""


@dataclass(frozen=True)
class Application:
    """The database of an application that a district's users work with.

    One in forty users had an account before Clever, of which one in ten is linked to nobody. For
    every fifty users there is an edit.
    """

    district: District
    file: Path

    @property
    def url(self) -> str:
        """What SQLAlchemy calls the database."""
        return f"sqlite:///{self.file}"

    @property
    def accounts(self) -> int:
        """How many accounts there are, of the first students."""
        return max(1, self.district.students // 40)

    @property
    def edits(self) -> int:
        """How many edits there are."""
        return max(100, self.district.users // 50)

    def write(self, records: int) -> None:
        """Make the database with so many records of a school year."""
        with self._open() as connection:
            connection.executescript(SCHEMA)
            _insert(connection, "people", self._people())
            _insert(connection, "admin_changes", self._admin_changes())
            self._add(connection, 1, records, YEAR_BEGINS, YEAR_ENDS)

    def pass_day(self, day: datetime) -> None:
        """What happens on a day: many new records, some change, and a few of the oldest go."""
        morning, evening = day + timedelta(hours=8), day + timedelta(hours=20)
        with self._open() as connection:
            [(last,)] = connection.execute("select coalesce(max(activity_id), 0) from activity")
            connection.execute("delete from activity where activity_id <= ?", [_DELETED])
            connection.execute(
                "update activity set seconds = seconds + 1, changed_at = ? "
                "where activity_id % (? / ?) = 1 and activity_id <= ?",
                [_written(evening), max(last, _CHANGED), _CHANGED, last],
            )
            self._add(connection, last + 1, _ADDED, morning, evening)

    def _add(
        self,
        connection: sqlite3.Connection,
        first: int,
        records: int,
        begins: datetime,
        ends: datetime,
    ) -> None:
        """So many records from a number on, evenly from one time until before another."""
        if not records:
            return
        district = self.district
        for kind, size in (("students", district.students), ("sections", district.sections)):
            connection.execute(f"create temp table {kind} (number integer primary key, id text)")
            ids = ((number, clever_id(_LISTED[kind], number)) for number in range(size))
            connection.executemany(f"insert into {kind} values (?, ?)", ids)
        connection.execute(
            _RECORDS,
            {
                "first": first,
                "records": records,
                "begins": int((begins - datetime(1970, 1, 1)).total_seconds()),
                "seconds": int((ends - begins).total_seconds()),
                "students": district.students,
                "accounts": self.accounts,
                "turns": max(1, district.sections * district.class_size // district.students),
                "class_size": district.class_size,
            },
        )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """One transaction, which nobody needs after a crash."""
        with closing(sqlite3.connect(self.file)) as connection, connection:
            connection.execute("pragma journal_mode = off")
            connection.execute("pragma synchronous = off")
            yield connection

    def _people(self) -> Iterator[tuple[object, ...]]:
        joined = _written(YEAR_BEGINS)
        for number in range(self.accounts):
            who = None if number % 10 == 9 else clever_id("users", number)
            login = f"user.{number}"
            email = f"{login}@school.example"
            yield (
                f"p-{number}", who, "student", email, "A", "B", login,
                *_NO_NUMBER_BIRTHDAY_SCHOOL_GRADE, joined, joined,
            )  # fmt: skip

    def _admin_changes(self) -> Iterator[tuple[object, ...]]:
        """Students into sections of others and out of their own, into groups, roles and so on."""
        for number in range(self.edits):
            made = YEAR_BEGINS + (YEAR_ENDS - YEAR_BEGINS) * number / self.edits
            undone = made + timedelta(days=30) if number % 7 == 3 else None
            yield (
                number + 1, *self._edit(number), _written(made), undone and _written(undone),
                "admin-1", _written(max(made, undone or made)),
            )  # fmt: skip

    def _edit(self, number: int) -> tuple[object, ...]:
        """What, district, person, class, grouping, label, role, permission."""
        student = number * 31 % self.district.students
        section = student // self.district.class_size
        own, other = (
            clever_id("sections", place % self.district.sections)
            for place in (section, section + 1)
        )
        if number < _GROUPS:
            return ("add_group", DISTRICT_ID, None, other, f"group-{number}", "Lab", None, None)
        kind = _EDITS[number % len(_EDITS)]
        return (
            kind,
            DISTRICT_ID,
            clever_id("users", student),
            {"add_student": other, "remove_student": own}.get(kind),
            f"group-{number // len(_EDITS) % _GROUPS}" if kind == "add_to_group" else None,
            None,
            "coordinator" if kind == "add_role" else None,
            "see_reports" if kind == "add_permission" else None,
        )


_LISTED = {"students": "users", "sections": "sections"}


def _written(at: datetime) -> str:
    """A time as SQLAlchemy writes it into SQLite."""
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")


def _insert(connection: sqlite3.Connection, table: str, rows: Iterator[tuple[object, ...]]) -> None:
    columns = [row[1] for row in connection.execute(f"pragma table_info({table})")]
    connection.executemany(f"insert into {table} values ({', '.join('?' * len(columns))})", rows)

"""What of the sample names or numbers a person."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

from dlt_sources.application.settings import SAMPLE
from tests.end_to_end.conftest import Installation

#: Columns of the sample's application that name or number somebody, or what somebody wrote.
OF_PERSONS = (
    "person_id", "clever_id", "email", "given_name", "family_name", "login", "student_no", "born",
    "details", "made_by", "reason",
)  # fmt: skip
#: Those that name a place.
OF_PLACES = ("label", "name", "number", "nces", "city")

_IN_THE_ROSTER = """
    select user_id, first_name || ' ' || last_name, email from roster.users
    union all select student_id, sis_id, student_number from roster.students
    union all select student_id, state_id, cast(dob as varchar) from roster.students
    union all select teacher_id, teacher_number, sis_id from roster.teachers
    union all select section_id, name, sis_id from roster.sections
"""


def of_the_application(columns: Sequence[str]) -> Iterator[str]:
    """What stands in these columns, whatever their tables."""
    with sqlite3.connect(f"file:{SAMPLE}?mode=ro", uri=True) as database:
        database.row_factory = sqlite3.Row
        tables = database.execute("select name from sqlite_master where type = 'table'").fetchall()
        for (table,) in tables:
            for row in database.execute(f'select * from "{table}"').fetchall():
                given = dict(row)
                yield from (str(given[name]) for name in columns if name in given)


def of_the_roster(installation: Installation) -> set[str]:
    """IDs, whole names, addresses, numbers and birthdays of everybody in the published file."""
    return {str(each) for row in installation.query(_IN_THE_ROSTER) for each in row if each}

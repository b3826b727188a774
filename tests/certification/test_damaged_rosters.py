"""A roster with one thing wrong in it fails the case that is about it, and says what was found."""

import os
import re
from pathlib import Path

import duckdb
import pytest

from dlt_sources.certification.catalogue import cases
from dlt_sources.certification.ids import clever_id
from expectations.certification.asking import ask, facts_of
from expectations.certification.evidence import Evidence, moment_of
from tests.certification.conftest import LAST_DAY, Certified


def _is(column: str, name: str) -> str:
    return f"{column} = '{clever_id(name)}'"


_TEACHER = _is("teacher_id", "teacher 48")
_ROBIN = _is("student_id", "student 300460")

#: case, the one thing wrong in the last roster, the check that finds it
DAMAGE = [
    ("A0", f"insert into roster.teacher_history from roster.teacher_history where {_TEACHER}",
     "unique"),
    ("A8", f"update roster.teacher_history set email = 'hattie' where {_TEACHER}", "kept"),
    ("A3", f"delete from roster.school_membership_history where {_is('user_id', 'staff 4')}",
     "schools"),
    ("B6", "update roster.contact_relationship_history set relationship_type = 'Parent' "
     f"where {_is('contact_id', 'contact 502')}", "relationships"),
    ("B10", f"delete from roster.teaching_history where {_is('teacher_id', 'teacher 7312')}",
     "teaching"),
    ("B10", f"delete from roster.enrollment_history where {_is('student_id', 'student 300410')}",
     "teachers_of"),
    ("B18", "update roster.student_history set dob = dob + 1 "
     f"where {_is('student_id', 'student 300428')}", "value"),
    ("C4", "update roster.user_history set roles = ['teacher'] "
     f"where {_is('user_id', 'teacher 344')}", "roles"),
    ("C20", f"update roster.student_history set record_status = 'archived' where {_ROBIN}",
     "status"),
    ("D2", f"delete from roster.course_history where {_is('course_id', 'course 100')}", "count"),
    ("D8", f"delete from roster.enrollment_history where {_is('section_id', 'section 808')}",
     "enrolled"),
    ("D10", "update roster.student_history set race = 'Unknown' "
     f"where {_is('student_id', 'student 300512')}", "filled"),
    ("D12", "update roster.user_history set extra = null "
     f"where {_is('user_id', 'student 300514')}", "extra"),
    ("D29", f"delete from roster.contact_relationship_history where "
     f"{_is('contact_id', 'contact 533')}", "contacts_of"),
    ("F2", f"delete from roster.enrollment_history where {_is('section_id', 'section 604')}",
     "enrollments"),
    ("F48", f"update roster.student_history set valid_from = '{moment_of(1)}' where {_ROBIN}",
     "new_versions"),
    ("M20", "update matching.account_status set reason = 'several candidates' "
     f"where {_is('account_id', 'maple account 201')}", "stands"),
    ("M21", "update matching.account_matches set rule = 'email' "
     f"where {_is('account_id', 'maple account 210')}", "matched"),
    ("M21", f"delete from progress.student_progress where "
     f"{_is('progress_id', 'maple progress 210')}", "credited"),
    ("M24", "update matching.match_review set contradicted = ['name'] "
     f"where {_is('account_id', 'maple account 240')}", "candidates"),
    ("M32", "update roster.effective_enrollments set managed_by = 'clever' "
     f"where {_is('section_id', 'maple section 320')}", "effective"),
    ("M34", "update matching.district_matches set rule = 'name_city' "
     f"where {_is('crm_id', 'hollow customer 1')}", "matched"),
    ("F48", f"update ops.syncs set status = 'failed' where observed_at = '{moment_of(1)}'", "sync"),
]  # fmt: skip


def _damaged(evidence: Evidence, folder: Path, damage: str) -> Evidence:
    """The same replay, but for one thing in its last roster."""
    spoiled = Evidence(folder)
    spoiled.published(0).parent.mkdir(parents=True)
    os.link(evidence.log, spoiled.log)
    for day in evidence.days():
        if day < LAST_DAY:
            os.link(evidence.published(day), spoiled.published(day))
    spoiled.published(LAST_DAY).write_bytes(evidence.published(LAST_DAY).read_bytes())
    with duckdb.connect(str(spoiled.published(LAST_DAY))) as roster:
        _as_table(roster, damage)
        roster.execute(damage)
    return spoiled


def _as_table(roster: duckdb.DuckDBPyConnection, damage: str) -> None:
    """A view is damaged as a table of what it shows."""
    found = re.search(r"\w+\.\w+", damage)
    assert found
    views = "select schema_name || '.' || view_name from duckdb_views()"
    if (found[0],) in roster.execute(views).fetchall():
        roster.execute(f"create table shown as from {found[0]}")
        roster.execute(f"drop view {found[0]}")
        roster.execute(f"create table {found[0]} as from shown")


@pytest.mark.parametrize(
    ("case_id", "damage", "check"), DAMAGE, ids=[f"{bad[0]}-{bad[2]}" for bad in DAMAGE]
)
def test_one_thing_wrong_is_found(
    certified: Certified, tmp_path: Path, case_id: str, damage: str, check: str
) -> None:
    [case] = [case for case in cases() if case.id == case_id]

    findings = ask(_damaged(certified.evidence, tmp_path / "spoiled", damage), [case])

    assert check in {fact.expect for fact in facts_of(case)}
    assert [each for each in findings if each.fact.startswith(f"{check}:") and not each.holds]

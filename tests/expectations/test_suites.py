"""Every check passes on good data and fails on the one bad datum it is for."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from expectations.suites import SUITES
from tests.expectations.hand_made_home import (
    BART,
    CONTACT,
    DAY,
    DISTRICT,
    LISA,
    PERSONAL,
    SCHOOL,
    SECTION,
    TEACHER,
    Home,
    clever_id,
)

USERS, SYNCS = "warehouse.clever_raw.users", "warehouse.clever_raw.syncs"
COUNTS = "warehouse.clever_raw.sync_counts"
STUDENTS, SECTIONS = "build.roster.student_history", "build.roster.section_history"
HISTORY = "build.roster.user_history"
UNKNOWN = clever_id(0xFF)

#: check, the one thing wrong, how many records of how many, and which ids show it
BAD_DATA = [
    (
        "every_change_is_of_a_known_kind",
        f"update {USERS} set change = 'vanished' where id = '{BART}'",
        (1, 11, (BART,)),
    ),
    (
        "every_change_is_of_a_known_kind",
        f"update {USERS} set change = null where id = '{BART}'",
        (1, 11, (BART,)),
    ),
    (
        "every_change_names_its_record",
        f"update {USERS} set id = null where id = '{BART}'",
        (1, 11, ()),
    ),
    (
        "every_change_names_its_district",
        f"update {USERS} set district_id = null where id = '{BART}'",
        (1, 11, (BART,)),
    ),
    (
        "every_change_has_its_hash",
        f"update {USERS} set hash = null where id = '{BART}'",
        (1, 11, (BART,)),
    ),
    (
        "every_change_has_its_time",
        f"update {USERS} set observed_at = null where id = '{BART}'",
        (1, 11, (BART,)),
    ),
    (
        "every_id_looks_like_a_clever_id",
        f"update {USERS} set id = 'bart' where id = '{BART}'",
        (1, 11, ("(4 characters)",)),
    ),
    (
        "every_sync_ended_in_a_known_status",
        f"update {SYNCS} set status = 'fine'",
        (1, 1, (DISTRICT,)),
    ),
    ("every_sync_ran_in_a_known_mode", f"update {SYNCS} set mode = null", (1, 1, (DISTRICT,))),
    ("every_sync_names_its_run", f"update {SYNCS} set run_id = null", (1, 1, (DISTRICT,))),
    ("every_sync_has_its_time", f"update {SYNCS} set observed_at = null", (1, 1, (DISTRICT,))),
    ("every_sync_has_a_start", f"update {SYNCS} set started_at = null", (1, 1, (DISTRICT,))),
    ("every_sync_has_an_end", f"update {SYNCS} set finished_at = null", (1, 1, (DISTRICT,))),
    ("every_change_was_loaded", f"delete from {USERS} where id = '{BART}'", (1, 11, (DISTRICT,))),
    (
        "every_change_was_loaded",
        f"update {COUNTS} set archived = 2 where object = 'users'",
        (2, 13, (DISTRICT,)),
    ),
    (
        "as_many_are_present_as_clever_showed",
        f"update {COUNTS} set seen = 5 where object = 'users'",
        (1, 11, (DISTRICT,)),
    ),
    (
        "as_many_are_present_as_clever_showed",
        f"delete from {COUNTS} where object = 'users'",
        (6, 11, (DISTRICT,)),
    ),
    (
        "every_version_has_a_known_status",
        f"update {STUDENTS} set record_status = 'gone' where student_id = '{BART}'",
        (1, 17, (BART,)),
    ),
    (
        "every_version_has_a_known_change",
        f"update {STUDENTS} set change_type = 'moved' where student_id = '{BART}'",
        (1, 17, (BART,)),
    ),
    (
        "only_an_archiving_archives",
        f"update {STUDENTS} set change_type = 'archived' where student_id = '{BART}'",
        (1, 17, (BART,)),
    ),
    (
        "every_active_record_can_be_placed",
        f"update {STUDENTS} set first_seen_at = null where student_id = '{BART}'",
        (1, 17, (BART,)),
    ),
    (
        "every_active_record_has_what_clever_guarantees",
        f"update {STUDENTS} set sis_id = null where student_id = '{BART}'",
        (1, 17, (BART,)),
    ),
    (
        "every_reference_leads_somewhere",
        f"update {SECTIONS} set school_id = '{UNKNOWN}'",
        (1, 16, (SECTION,)),
    ),
    (
        "every_reference_leads_somewhere",
        f"update build.roster.enrollments set student_id = '{UNKNOWN}' where student_id = '{BART}'",
        (1, 16, (SECTION,)),
    ),
    (
        "every_reference_leads_somewhere",
        f"update build.roster.teacher_history set record_status = 'archived', "
        f"change_type = 'archived' where teacher_id = '{TEACHER}'",
        (1, 15, (SECTION,)),
    ),
    (
        "every_reference_leads_somewhere",
        f"update build.roster.contact_relationships set student_id = '{UNKNOWN}'",
        (1, 16, (CONTACT,)),
    ),
    (
        "every_reference_leads_somewhere",
        f"update build.roster.school_memberships set school_id = '{UNKNOWN}'",
        (1, 16, (BART,)),
    ),
    (
        "as_many_are_active_as_clever_showed",
        f"delete from build.roster.user_history where user_id = '{BART}'",
        (1, 11, (DISTRICT,)),
    ),
    (
        "every_email_has_an_at_sign",
        f"update {HISTORY} set email = 'bart.example.org' where user_id = '{BART}'",
        (1, 6, (BART,)),
    ),
    (
        "no_email_has_blanks_around_it",
        f"update {HISTORY} set email = ' bart@example.org' where user_id = '{BART}'",
        (1, 6, (BART,)),
    ),
]


def _suite_of(check: str) -> str:
    return next(suite.name for suite in SUITES if check in {one.name for one in suite.checks})


def test_good_data_passes_every_check(home: Home) -> None:
    results = home.results()

    assert [check for check, result in results.items() if not result.passed] == []
    assert [check for check, result in results.items() if result.unexpected] == []
    assert all(result.evaluated for result in results.values())


@pytest.mark.parametrize(
    ("check", "damage", "expected"),
    BAD_DATA,
    ids=[f"{i}-{bad[0]}" for i, bad in enumerate(BAD_DATA)],
)
def test_a_bad_datum_fails_the_check_that_is_for_it(
    home: Home, check: str, damage: str, expected: tuple[int, int, tuple[str, ...]]
) -> None:
    home.change(damage)

    result = home.results(_suite_of(check))[check]

    assert not result.passed
    assert (result.unexpected, result.evaluated, result.sample_ids) == expected
    nobodys = check == "every_change_names_its_district"
    assert result.districts == (None if nobodys else (DISTRICT,))


def test_every_check_has_its_bad_datum() -> None:
    checks = [check.name for suite in SUITES for check in suite.checks]

    assert sorted(checks) == sorted({check for check, _, _ in BAD_DATA})


def test_only_what_is_clevers_to_keep_is_a_warning() -> None:
    warnings = [
        check.name for suite in SUITES for check in suite.checks if check.severity == "warn"
    ]

    assert warnings == [
        "every_id_looks_like_a_clever_id",
        "every_active_record_has_what_clever_guarantees",
        "every_email_has_an_at_sign",
        "no_email_has_blanks_around_it",
    ]


def test_a_reference_that_is_listed_as_unresolved_is_no_fault(home: Home) -> None:
    home.change(f"update {SECTIONS} set school_id = '{UNKNOWN}'")
    home.change(
        "insert into build.ops.unresolved_references values "
        f"('{DISTRICT}', 'sections', '{SECTION}', 'school', 'schools', '{UNKNOWN}', '{DAY}')"
    )

    assert home.results("roster_references")["every_reference_leads_somewhere"].passed


def test_a_removed_record_counts_no_longer_and_needs_no_hash(home: Home) -> None:
    home.change(f"""
        insert into {SYNCS} select * replace (2 as sync_id) from {SYNCS};
        insert into {USERS} select * replace (2 as sync_id, 'removed' as change, null as hash)
            from {USERS} where id = '{LISA}';
        insert into {COUNTS} select * replace (
            2 as sync_id, 0 as created,
            case when object = 'users' then 5 else seen end as seen,
            case when object = 'users' then 1 else 0 end as archived) from {COUNTS};
    """)

    results = home.results("raw_log", "raw_loads", "raw_present")

    assert [check for check, result in results.items() if not result.passed] == []
    assert results["as_many_are_present_as_clever_showed"].evaluated == 10


def test_a_known_record_that_was_refused_is_present_without_having_been_seen(home: Home) -> None:
    home.change(f"update {COUNTS} set seen = 5 where object = 'users'")
    suites = ("raw_present", "roster_counts")
    assert not any(result.passed for result in home.results(*suites).values())

    home.change(f"""
        insert into warehouse.clever_raw.rejected_records
        values (1, '{DISTRICT}', 'users', '{LISA}', 'the record names another district')
    """)

    assert all(result.passed for result in home.results(*suites).values())
    home.change(f"update {COUNTS} set seen = 4 where object = 'users'")
    assert not any(result.passed for result in home.results(*suites).values())


def test_rows_of_a_sync_that_was_not_committed_are_no_ones_business(home: Home) -> None:
    home.change(f"""
        insert into {SYNCS} select * replace (2 as sync_id, 'failed' as status) from {SYNCS};
        insert into {USERS} select * replace (2 as sync_id, null as hash) from {USERS};
    """)

    results = home.results("raw_log", "raw_loads", "raw_present")

    assert [check for check, result in results.items() if not result.passed] == []


def test_what_an_earlier_build_has_seen_is_not_judged_again(home: Home) -> None:
    home.change(f"update {USERS} set hash = null where id = '{BART}'")
    home.change(f"delete from {USERS} where id = '{LISA}'")
    home.change("insert into build.ops.builds values (1, 'fingerprint')")

    results = home.results("raw_log", "raw_syncs", "raw_loads")

    assert all(result.passed and not result.evaluated for result in results.values())


def test_a_school_archived_today_is_missed_by_a_section_untouched_since_yesterday(
    home: Home,
) -> None:
    home.change("insert into build.ops.builds values (1, 'fingerprint')")
    home.change(f"""
        insert into warehouse.clever_raw.schools
            select * replace (2 as sync_id, 'removed' as change) from warehouse.clever_raw.schools;
        update build.roster.school_history
            set record_status = 'archived', change_type = 'archived' where school_id = '{SCHOOL}';
    """)

    result = home.results("roster_references")["every_reference_leads_somewhere"]

    assert SECTION in result.sample_ids


def test_no_result_names_a_person_whatever_is_wrong(home: Home) -> None:
    """Whatever stands where; only who was ever synced as a district is named as one."""
    home.change(f"""
        update {USERS} set id = '{PERSONAL[2]}', change = '{PERSONAL[0]}', district_id = null,
            hash = null, observed_at = null;
        update {SYNCS} set mode = '{PERSONAL[1]}', run_id = null, status = '{PERSONAL[0]}';
        insert into {SYNCS} select * replace ('complete' as status) from {SYNCS};
        update {STUDENTS} set student_id = first_name, record_status = last_name,
            change_type = location_address where first_name is not null;
        update build.roster.enrollments set section_id = '{PERSONAL[4]}',
            district_id = '{PERSONAL[1]}';
        update build.roster.contact_relationships set contact_id = '{PERSONAL[3]}';
    """)

    told = json.dumps([asdict(result) for result in home.results().values()])

    assert '"passed": false' in told
    assert [value for value in PERSONAL if value in told] == []

"""The checks after a build: they pass on what was built and find what was spoilt by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.defs.transform import _stop_on_failure
from orchestration.lib.building import failed_nodes
from orchestration.lib.dbt_runner import EVERYTHING, NodeResult, manifest
from orchestration.lib.home import Home
from tests.dbt.building import built, opened
from tests.dbt.dbt_warehouse import DISTRICT, Record, Warehouse

_SAMPLE: dict[str, list[Record]] = {
    "schools": [{"id": "elm"}],
    "terms": [{"id": "fall"}],
    "courses": [{"id": "m1"}],
    "sections": [
        {"id": "math", "teacher": "kim", "teachers": ["kim", "lee"], "students": ["ana", "ben"]}
    ],
    "users": [
        {"id": "ana", "roles": {"student": {"grade": "7", "schools": ["elm"]}}},
        {"id": "ben", "roles": {"student": {"grade": "Year 9", "school": "elm"}}},
        {"id": "kim", "roles": {"teacher": {}, "staff": {"title": "Dean"}}},
        {"id": "lee", "roles": {"teacher": {}}},
        {
            "id": "mum",
            "roles": {
                "contact": {
                    "student_relationships": [
                        {"student": "ana", "relationship": "Parent", "type": "Family"}
                    ]
                }
            },
        },
    ],
}
#: By check what is done to the table it belongs to. dbt leaves out the checks of an association
#: when one of its records' fails, so they are spoilt first.
_ASSOCIATIONS: Mapping[str, tuple[str, str]] = {
    "enrollments_neither_overlap_nor_dangle": (
        "enrollment_history",
        "insert into {table} from {table} where student_id = 'ana'",
    ),
    "teaching_neither_overlaps_nor_dangles": (
        "teaching_history",
        "update {table} set is_primary = true",
    ),
    "school_memberships_neither_overlap_nor_dangle": (
        "school_membership_history",
        "update {table} set school_id = 'gone' where user_id = 'ana'",
    ),
    "contact_relationships_neither_overlap_nor_dangle": (
        "contact_relationship_history",
        "update {table} set valid_to = valid_from, is_current = false",
    ),
}
_RECORDS: Mapping[str, tuple[str, str]] = {
    "users_have_one_version_at_any_time": (
        "user_history",
        "insert into {table} from {table} where user_id = 'ana' and is_current",
    ),
    "students_have_one_version_at_any_time": (
        "student_history",
        "update {table} set valid_to = valid_to - interval 1 hour where not is_current",
    ),
    "sections_have_one_version_at_any_time": (
        "section_history",
        "update {table} set name = 'Math', primary_teacher_id = 'kim'",
    ),
    "courses_have_one_version_at_any_time": (
        "course_history",
        "update {table} set district_id = null",
    ),
    "schools_have_one_version_at_any_time": (
        "school_history",
        "delete from {table} where change_type = 'created'",
    ),
    "terms_have_one_version_at_any_time": ("term_history", "update {table} set is_current = false"),
    "teachers_have_one_version_at_any_time": (
        "teacher_history",
        "update {table} set record_status = 'archived'",
    ),
}
_CHECKS = ("--select", "test_type:data")


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Two days: on the second everything has changed, and lee is the primary teacher."""
    home: Path = tmp_path_factory.mktemp("checks") / "home"
    warehouse = Warehouse(home)
    warehouse.sync(_SAMPLE)
    (math,) = _SAMPLE["sections"]
    tomorrow = {name: [record | {"name": "B"} for record in _SAMPLE[name]] for name in _SAMPLE}
    users = [user | {"email": "new@example.org"} for user in _SAMPLE["users"]]
    warehouse.sync(
        tomorrow | {"users": users, "sections": [math | {"teacher": "lee", "name": "B"}]}
    )
    return warehouse


def _spoil(warehouse: Warehouse, wrongs: Mapping[str, tuple[str, str]]) -> None:
    with opened(warehouse.home) as connection:
        for table, wrong in wrongs.values():
            connection.execute(wrong.format(table=f"build.roster.{table}"))


def _nodes(results: list[NodeResult], status: str) -> set[str]:
    return {result.name for result in results if result.status == status}


def test_checks_pass_on_a_build_and_find_what_is_spoilt(warehouse: Warehouse) -> None:
    before = built(warehouse, *EVERYTHING)
    assert _nodes(before, "fail") | _nodes(before, "error") == set()
    # A value that Clever's lists lack is kept; it is worth a warning, no more.
    assert _nodes(before, "warn") == {"students_hold_known_values", "the_schema_has_not_drifted"}

    _spoil(warehouse, _ASSOCIATIONS)
    associations = built(warehouse, *_CHECKS)
    assert _nodes(associations, "fail") == set(_ASSOCIATIONS)

    _spoil(warehouse, _RECORDS)
    records = built(warehouse, *_CHECKS)
    assert _nodes(records, "fail") >= set(_RECORDS)

    # Each says whose rows fail; a record that has lost its district is nobody's.
    failures = list(failed_nodes(Home(warehouse.home), [*associations, *records]))
    assert {failure.check: failure.districts for failure in failures} == {
        **dict.fromkeys(_nodes([*associations, *records], "fail"), (DISTRICT,)),
        "courses_have_one_version_at_any_time": None,
    }
    # And a few of their IDs, which are enough to look at.
    told = {failure.check: failure.told(DISTRICT) for failure in failures}
    assert re.fullmatch(
        r"\w+ \(such as \w+(, \w+){0,2}\)", told["students_have_one_version_at_any_time"]
    )


def test_every_check_that_keeps_a_roster_back_says_whose_rows_fail() -> None:
    """But for those of what does not come from Clever, of which no district's sync is at fault."""
    silent = [
        node["name"]
        for node in manifest()["nodes"].values()
        if node["resource_type"] == "test" and node["config"]["severity"].lower() == "error"
        if "district_id" not in _arguments(node)
        and node["test_metadata"]["name"] not in ("is_history", "is_association")
        and not (node["test_metadata"]["name"] == "has_grain" and _by_district(node))
    ]

    assert sorted(silent) == [
        "every_local_day_is_there_once",
        "has_grain_edit_versions_False__edit_id__valid_from",
        "progress_is_neither_lost_nor_doubled",
        "retirements_have_one_line_each",
    ]


def _arguments(node: Mapping[str, Any]) -> list[str]:
    return list(node["test_metadata"]["kwargs"].get("key", ()))


def _by_district(node: Mapping[str, Any]) -> bool:
    return bool(node["test_metadata"]["kwargs"].get("by_district", True))


def test_checks_look_only_at_what_has_news(warehouse: Warehouse) -> None:
    """The rest was looked at when it was made; a day with one change must not pay for all of it."""
    built(warehouse, *EVERYTHING)
    _spoil(warehouse, {**_ASSOCIATIONS, **_RECORDS})
    with opened(warehouse.home) as connection:
        connection.execute("delete from build.intermediate.touched_records")

    assert _nodes(built(warehouse, *_CHECKS), "fail") == set()


def test_a_check_that_no_district_can_be_at_fault_for_says_what_to_do() -> None:
    for name, table in (
        ("progress_is_neither_lost_nor_doubled", "progress"),
        ("has_grain_edit_versions_False__edit_id__valid_from", "manual_edits"),
    ):
        [unique_id] = [key for key in manifest()["nodes"] if key.split(".")[2] == name]
        failed = NodeResult(unique_id, "fail", 0.1, 3, "Got 3 results, configured to fail if != 0")

        with pytest.raises(dg.Failure) as raised:
            _stop_on_failure([failed])

        said = str(raised.value.description)
        assert f"{name}: 3 rows. " in said and f"the application's table {table}" in said
        assert "`rollbook rebuild`" in said and "correct them" in said

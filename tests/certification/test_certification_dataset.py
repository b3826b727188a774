"""The stored days are what the script makes, and every case is in them."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dlt_sources.certification.catalogue import FOLDER, LAST_DAY, Case, cases
from dlt_sources.certification.ids import clever_id, list_of, split_name
from dlt_sources.certification.script import APPLICATION, date_of, write
from dlt_sources.sandbox.dataset import Dataset

_ISD, _WILLOW = clever_id("district 1"), clever_id("willow district 1")


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return Dataset.open(FOLDER)


@pytest.fixture(scope="module")
def ids(dataset: Dataset) -> Mapping[str, set[str]]:
    """Every ID that a list, or the application, shows on any day, by the list's or table's name."""
    found: dict[str, set[str]] = {}
    for file in FOLDER.glob(f"days/*/{APPLICATION}"):
        for name, rows in msgspec.json.decode(file.read_bytes()).items():
            found.setdefault(name, set()).update(row["id"] for row in rows)
    for day in range(LAST_DAY + 1):
        for lists in dataset.as_of(day).districts.values():
            for name, records in lists.items():
                found.setdefault(name, set()).update(map(records.id_at, range(len(records))))
    return found


def _users(dataset: Dataset, district: str) -> list[dict[str, Any]]:
    records = dataset.as_of(0).districts[district]["users"]
    return [msgspec.json.decode(records.raw(place)) for place in range(len(records))]


def _roles(users: list[dict[str, Any]], role: str) -> Iterator[dict[str, Any]]:
    return (user for user in users if role in user["roles"])


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_the_stored_days_are_what_the_script_makes(tmp_path: Path) -> None:
    write(tmp_path)

    assert _files(tmp_path / "days") == _files(FOLDER / "days")


@pytest.mark.parametrize(
    "case", [case for case in cases() if not case.needs], ids=lambda case: case.id
)
def test_every_record_of_a_case_is_in_the_dataset(case: Case, ids: Mapping[str, set[str]]) -> None:
    missing = [name for name in case.shown_by if clever_id(name) not in ids[list_of(name)]]

    assert missing == []


def test_every_case_of_a_later_day_changes_something_or_orders_a_fault(dataset: Dataset) -> None:
    told = {day.number: day.story for day in dataset.days()}

    for case in cases():
        for event in case.events:
            if event.day:
                assert any(line.startswith(f"{case.id}:") for line in told[event.day]), case.id


def test_a_district_of_five_schools_and_a_thousand_students(dataset: Dataset) -> None:
    lists = dataset.as_of(0).districts[_ISD]
    students = list(_roles(_users(dataset, _ISD), "student"))

    assert len(lists["schools"]) == 6  # five, and one that nobody is in
    assert len({student["roles"]["student"]["school"] for student in students}) == 5
    assert 950 <= len(students) <= 1_100
    assert (len(lists["sections"]), len(lists["courses"])) == (200, 100)


def test_the_second_district_shares_sis_ids_and_emails(dataset: Dataset) -> None:
    def keys(district: str) -> set[tuple[str, str | None]]:
        students = _roles(_users(dataset, district), "student")
        return {(each["roles"]["student"]["sis_id"], each.get("email")) for each in students}

    assert len(keys(_ISD) & keys(_WILLOW)) >= 40


def test_no_id_stands_in_two_districts_but_the_one_that_intrudes(dataset: Dataset) -> None:
    lists = dataset.as_of(LAST_DAY).districts
    users = {
        district: set(map(each["users"].id_at, range(len(each["users"]))))
        for district, each in lists.items()
    }

    assert users[_ISD] & users[_WILLOW] == {clever_id("student 100002")}


def test_days_after_the_first_hold_only_what_changed() -> None:
    last: dict[str, bytes] = {}
    for day in range(LAST_DAY + 1):
        for name, text in _files(FOLDER / "days" / f"{day:02}").items():
            if name != "day.json":
                assert last.get(name) != text, f"day {day}: {name} is stored again unchanged"
                last[name] = text


def test_the_dataset_stays_small() -> None:
    assert sum(map(len, _files(FOLDER).values())) < 12_000_000


def test_dates_go_forward_and_one_day_is_missed() -> None:
    dates = [date_of(day) for day in range(LAST_DAY + 1)]

    assert dates == sorted(set(dates))
    assert 2 in {(after - before).days for before, after in pairwise(dates)}


def test_every_person_is_where_the_name_says() -> None:
    assert {split_name(name)[0] for case in cases() for name in case.shown_by} == {
        "",
        "willow",
        "hollow",
        "maple",
    }

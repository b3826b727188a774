"""The generated district: what its four days have in common and where they differ."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import orjson
import pytest

from dlt_sources.clever.objects import CLEVER_OBJECTS
from dlt_sources.sandbox.dataset import Dataset
from tests.bench.generator import CHANGED, FIRST, REORDERED, UNCHANGED, District, write_dataset

DISTRICT = District(users=2_000)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench") / "dataset"
    write_dataset(DISTRICT, folder)
    return folder


def lines(folder: Path, day: int, name: str) -> dict[str, bytes]:
    """The records of a list on a day, by id, as their bytes."""
    (lists,) = Dataset.open(folder).as_of(day).districts.values()
    records = lists[name]
    return {records.id_at(at): records.raw(at) for at in range(len(records))}


def settled(value: Any) -> Any:
    """A value without the order of its keys and lists."""
    if isinstance(value, dict):
        return {key: settled(inner) for key, inner in sorted(value.items())}
    if isinstance(value, list):
        return sorted((settled(inner) for inner in value), key=repr)
    return value


def digest(folder: Path) -> str:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def test_the_district_is_as_large_as_was_asked(folder: Path) -> None:
    sizes = [len(lines(folder, FIRST, item.name)) for item in CLEVER_OBJECTS]

    assert sizes == [1, 4, 2, 95, 400, 2_000]
    assert sum(sizes) == DISTRICT.records


def test_a_million_users_have_five_million_enrollments_and_a_quarter_million_other_records() -> (
    None
):
    district = District(users=1_000_000)

    assert district.sections * district.class_size == 5_000_000
    assert round(district.records - district.users, -4) == 250_000


def test_every_section_lists_students_and_a_teacher_of_the_district(folder: Path) -> None:
    users = {key: orjson.loads(raw) for key, raw in lines(folder, FIRST, "users").items()}

    for raw in lines(folder, FIRST, "sections").values():
        section = orjson.loads(raw)
        assert len(set(section["students"])) == 25
        assert all("student" in users[key]["roles"] for key in section["students"])
        assert "teacher" in users[section["teacher"]]["roles"]


@pytest.mark.parametrize("item", CLEVER_OBJECTS, ids=lambda item: item.name)
def test_on_a_day_without_changes_the_bytes_are_the_same(folder: Path, item: Any) -> None:
    assert lines(folder, FIRST, item.name) == lines(folder, UNCHANGED, item.name)


@pytest.mark.parametrize("name", ["sections", "users"])
def test_a_reordered_record_says_the_same_in_other_bytes(folder: Path, name: str) -> None:
    before, after = lines(folder, FIRST, name), lines(folder, REORDERED, name)

    assert before.keys() == after.keys()
    assert not set(before.values()) & set(after.values())
    assert all(
        settled(orjson.loads(before[key])) == settled(orjson.loads(after[key])) for key in before
    )


@pytest.mark.parametrize(("name", "changed", "removed"), [("users", 20, 10), ("sections", 4, 2)])
def test_the_asked_share_changes_and_goes_and_all_else_keeps_its_bytes(
    folder: Path, name: str, changed: int, removed: int
) -> None:
    before, after = lines(folder, REORDERED, name), lines(folder, CHANGED, name)

    assert len(before.keys() - after.keys()) == removed
    assert sum(before[key] != raw for key, raw in after.items()) == changed


def test_the_smallest_district_has_one_change(tmp_path: Path) -> None:
    write_dataset(District(users=10), tmp_path / "dataset")
    before = lines(tmp_path / "dataset", REORDERED, "users")
    after = lines(tmp_path / "dataset", CHANGED, "users")

    assert len(before) == len(after) == 10
    assert len(set(before.values()) - set(after.values())) == 1


def test_the_same_seed_makes_the_same_district(folder: Path, tmp_path: Path) -> None:
    write_dataset(DISTRICT, tmp_path / "again")
    write_dataset(District(users=2_000, seed=2), tmp_path / "other")

    assert digest(tmp_path / "again") == digest(folder)
    assert digest(tmp_path / "other") != digest(folder)

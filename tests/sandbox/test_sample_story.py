"""What the sample's stories tell is what its files hold, and nothing else changes."""

from __future__ import annotations

from typing import Any

import pytest

from dlt_sources.sandbox import Dataset, Sandbox

from .client import Client
from .conftest import SAMPLE

#: What is not a change: Clever's own notes of when it touched a record.
NOTES = ("created", "last_modified", "last_sync")

A, B = "66a0c000a1", "66a0c000b1"
MATH_7, SCIENCE_7, ENGLISH_7 = (f"{A}5ec{n:011d}" for n in (4, 6, 7))
MATH_8_FIRST, MATH_8_SECOND, STUDIO_ART = (f"{B}5ec{n:011d}" for n in (3, 4, 6))
QUARTER, QUARTER_AGAIN = f"{B}7e000000000002", "6a8e80e0b17e000000000002"
NOAH, VERA, ANTON = f"{A}57d{19:011d}", f"{A}c07{2:011d}", f"{A}c07{3:011d}"
XAVIER = "6a8697e0b157d00000000024"

CHANGES: dict[int, dict[str, str]] = {
    2: {
        f"{A}5ec{8:011d}": "updated",  # Algebra I, which Mila Novak leaves
        f"{A}5ec{9:011d}": "updated",  # and the other one, which she enters
        f"{A}57d{24:011d}": "updated",  # Katherine, now Catherine Oduya
    },
    3: {
        f"{A}57d{11:011d}": "updated",  # Diego Fuentes changes school
        f"{A}5ec{3:011d}": "updated",  # he leaves Grade 7 Core
        **dict.fromkeys((MATH_7, SCIENCE_7, ENGLISH_7), "updated"),  # SCIENCE_7: co-teacher, too
    },
    4: {
        **dict.fromkeys((NOAH, ANTON), "gone"),
        VERA: "updated",
        **dict.fromkeys((MATH_7, SCIENCE_7, ENGLISH_7), "updated"),
        f"{A}57d{39:011d}": "new",  # Yusuf Haddad is shared
        XAVIER: "new",
        f"{B}5ec{2:011d}": "updated",  # Xavier's Fifth Grade
    },
    5: {},
    6: {
        f"{A}5ec{11:011d}": "updated",  # English 9: Ito for Marsh
        f"{B}7ea{3:011d}": "updated",  # Priya Raman is staff, too
    },
    7: {
        **dict.fromkeys((NOAH, ANTON), "new"),
        VERA: "updated",
        **dict.fromkeys((MATH_7, SCIENCE_7, ENGLISH_7), "updated"),
    },
    8: {
        QUARTER: "gone",
        QUARTER_AGAIN: "new",
        MATH_8_SECOND: "gone",
        **dict.fromkeys((MATH_8_FIRST, STUDIO_ART), "updated"),
    },
}


def plain(value: Any) -> Any:
    """Return a value without notes and blanks, its keys and lists in one order."""
    if isinstance(value, dict):
        inner = {key: plain(each) for key, each in value.items() if key not in NOTES}
        return {key: inner[key] for key in sorted(inner) if inner[key] not in ("", {}, [])}
    if isinstance(value, list):
        return sorted(map(plain, value), key=str)
    return value


def everything(sandbox: Sandbox, day: int) -> dict[str, Any]:
    sandbox.set_day(day)
    return {
        record["id"]: plain(record)
        for token in sandbox.site.snapshot.tokens
        for name in ("districts", "schools", "terms", "courses", "sections", "users")
        for record in Client(sandbox, token).records(f"/{name}", limit=10_000)
    }


@pytest.mark.parametrize("day", CHANGES)
def test_each_day_changes_what_its_story_tells(sample: Sandbox, day: int) -> None:
    before, after = everything(sample, day - 1), everything(sample, day)
    changes = {
        **dict.fromkeys(before.keys() - after.keys(), "gone"),
        **dict.fromkeys(after.keys() - before.keys(), "new"),
        **{each: "updated" for each in before.keys() & after.keys() if before[each] != after[each]},
    }
    assert changes == CHANGES[day]


def section(sandbox: Sandbox, day: int, section_id: str) -> dict[str, Any]:
    found: dict[str, Any] = everything(sandbox, day)[section_id]
    return found


def test_noah_returns_as_the_same_record(sample: Sandbox) -> None:
    assert everything(sample, 7)[NOAH] == everything(sample, 3)[NOAH]


def test_the_co_teacher_of_science_comes_and_goes(sample: Sandbox) -> None:
    teachers = [len(section(sample, day, SCIENCE_7)["teachers"]) for day in range(1, 9)]
    assert teachers == [1, 1, 2, 2, 2, 2, 1, 1]


def test_english_9_keeps_its_teachers_when_the_primary_one_changes(sample: Sandbox) -> None:
    before, after = (section(sample, day, f"{A}5ec{11:011d}") for day in (5, 6))
    assert before["teachers"] == after["teachers"]
    assert (before["teacher"], after["teacher"]) == (f"{A}7ea{8:011d}", f"{A}7ea{9:011d}")


def test_the_term_that_is_created_again_differs_by_its_id_and_end(sample: Sandbox) -> None:
    before, after = everything(sample, 7)[QUARTER], everything(sample, 8)[QUARTER_AGAIN]
    assert {key for key in before if before[key] != after[key]} == {"id", "end_date"}
    assert section(sample, 8, MATH_8_FIRST)["term_id"] == QUARTER_AGAIN


def test_the_quiet_day_still_brings_other_bytes(sample: Sandbox) -> None:
    snapshots = [sample.site.dataset.as_of(day) for day in (4, 5)]
    before, after = (each.districts["63e0a000a1d0000000000001"] for each in snapshots)
    for name in ("schools", "terms", "courses", "sections", "users"):
        lines = zip(range(len(before[name])), range(len(after[name])), strict=True)
        assert all(before[name].raw(old) != after[name].raw(new) for old, new in lines), name


def test_every_day_has_a_story_and_is_later_than_the_one_before() -> None:
    days = Dataset.open(SAMPLE).days()
    assert [day.number for day in days] == list(range(1, 9))
    assert all(day.story for day in days)
    dates = [day.date for day in days]
    assert dates == sorted(set(dates))


def test_the_sample_stays_small_enough_to_read() -> None:
    assert sum(file.stat().st_size for file in SAMPLE.rglob("*") if file.is_file()) < 400_000

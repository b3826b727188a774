"""What an older version loaded under another spelling of an ID is one record with what came."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.dbt.edit_story import edit
from tests.dbt.side_by_side import Day, Told, side_by_side
from tests.dbt.story import HOUR, MON, TUE, WED, Story, begun, record, section, student


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return begun(tmp_path)


def test_a_key_that_was_spelt_otherwise_is_the_same_record(story: Story) -> None:
    """On Tuesday the key's type changed, and an older version withdrew and created in one load."""
    roster = ([student("ana")], [section("x", "ana")])
    old = record("42.0", MON + HOUR, user="7.000")
    new = record("42", MON + HOUR, user="7")
    story.day(MON, *roster, progress=[old], accounts=[{"id": "7", "clever_id": "ana"}])
    story.day(TUE, *roster, progress=[new])
    story.day(WED, *roster, progress=[new])

    assert story.context("42") == ("ana", "elm", "x", "kim", None, "7", "fall")
    assert story.ask("select progress_id from intermediate.progress_records") == [("42",)]
    story.ends_as_a_full_build_would()


@side_by_side
def test_what_an_older_version_took_for_an_id_or_a_time_is_none(story: Told) -> Iterator[Day]:
    """A blank ID links nobody, and a row that has none is no record."""
    roster = ([student("ana")], [section("x", "ana")])
    records = [record("mon", MON + HOUR, user="7"), record("  ", MON + HOUR)]
    records.append(record("given", MON + HOUR, user="ana", section_id="\t"))
    yield story.day(MON, *roster, progress=records, accounts=[{"id": "7", "clever_id": "  "}])
    yield story.day(TUE, *roster, accounts=[{"id": "7", "clever_id": "ana"}])

    assert story.context("mon") == story.context("given") == (
        "ana", "elm", "x", "kim", None, "7", "fall",
    )  # fmt: skip
    assert story.ask("select count(*) from intermediate.progress_records") == [(2,)]
    yield from story.ends_as_a_full_build_would()


@pytest.mark.parametrize(
    "never",
    [datetime(9999, 12, 31), datetime.max, datetime(9998, 12, 31, 23, 59, 59), datetime.min],
)
@side_by_side
def test_the_ends_of_time_stop_no_roster(story: Told, never: datetime) -> Iterator[Day]:
    """Whatever a time of the application is, every record and edit has its one place."""
    roster = ([student("ana")], [section("x", "ana"), section("y")])
    edits = [
        edit("ends", "add_student", MON, user_id="ana", section_id="y", withdrawn_at=never),
        edit("begins", "add_student", never, user_id="ana", section_id="y"),
    ]
    records = [record("odd", never), record("given", never, section_id="x")]
    accounts = [{"id": "7", "clever_id": "ana", "created_at": never}]
    records.append(record("account", never, user="7"))
    yield story.day(MON, *roster, progress=records, edits=edits, accounts=accounts)
    yield story.day(TUE, *roster)

    found = story.ask(
        "select distinct coalesce(student_id, unmatched_reason) from intermediate.progress_records"
    )
    assert found == [("it has no time" if never.year == 9999 else "ana",)]
    in_y = "select valid_to from roster.effective_enrollments where section_id = 'y'"
    assert all(end is None or end == never for (end,) in story.ask(in_y))
    yield from story.ends_as_a_full_build_would()

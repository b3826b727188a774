"""Progress stays with its student, in the context of its own moment, whatever the roster does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.dbt.dbt_warehouse import Record
from tests.dbt.side_by_side import Day, Told, side_by_side
from tests.dbt.story import HOUR, MON, THU, TUE, WED, Story, begun, record, section, student


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return begun(tmp_path)


@side_by_side
def test_each_record_keeps_the_roster_of_its_moment(story: Told) -> Iterator[Day]:
    """Ana moves class on Tuesday, school and grade on Wednesday; lee takes over on Thursday."""
    records = [record("mon", MON + HOUR), record("tue", TUE + HOUR)]
    yield story.day(
        MON, [student("ana")], [section("x", "ana"), section("y")], progress=records[:1]
    )
    yield story.day(TUE, [student("ana")], [section("x"), section("y", "ana")], progress=records)
    moved = student("ana", school="oak", grade="8")
    records += [record("wed", WED + HOUR), record("given", WED + HOUR, section_id="x")]
    yield story.day(WED, [moved], [section("x"), section("y", "ana")], progress=records)
    records.append(record("thu", THU + HOUR))
    shared = section("y", "ana", teachers=["lee", "kim"])
    yield story.day(THU, [moved], [section("x"), shared], progress=records)

    assert story.context("mon") == ("ana", "elm", "x", "kim", None, "7", "fall")
    assert story.context("tue") == ("ana", "elm", "y", "kim", None, "7", "fall")
    assert story.context("wed") == ("ana", "oak", "y", "kim", None, "8", "fall")
    assert story.context("given") == ("ana", "oak", "x", "kim", None, "8", "fall")
    assert story.context("thu") == ("ana", "oak", "y", "lee", ["kim"], "8", "fall")
    yield from story.ends_as_a_full_build_would()


@side_by_side
def test_archiving_restoring_and_deletions_neither_lose_nor_double_a_record(
    story: Told,
) -> Iterator[Day]:
    """Ana is gone on Tuesday with class and term, and back on Wednesday."""
    records = [record("mon", MON + HOUR)]
    yield story.day(MON, [student("ana")], [section("x", "ana")], progress=records)
    before = story.context("mon")
    yield story.day(TUE, [student("ben")], [], terms=[], progress=records)
    assert story.context("mon") == before

    records.append(record("away", TUE + HOUR))
    yield story.day(WED, [student("ana")], [section("x", "ana")], progress=records)
    records.append(record("back", WED + HOUR))
    yield story.day(THU, [student("ana")], [section("x", "ana")], progress=records)

    assert story.context("mon") == before
    assert story.context("away") == ("ana", "elm", None, None, None, "7", None)
    assert story.context("back") == before
    yield from story.ends_as_a_full_build_would()


@side_by_side
def test_a_late_record_lands_in_the_context_of_its_own_date(story: Told) -> Iterator[Day]:
    yield story.day(MON, [student("ana")], [section("x", "ana")])
    yield story.day(TUE, [student("ana", grade="8")], [section("x"), section("y", "ana")])
    late = [record("late", MON + HOUR), record("before_clever", MON - HOUR)]
    yield story.day(WED, [student("ana", grade="9")], [section("y", "ana")], progress=late)

    assert story.context("late") == ("ana", "elm", "x", "kim", None, "7", "fall")
    assert story.context("before_clever") == ("ana", None, None, None, None, None, None)


@side_by_side
def test_a_record_of_the_future_follows_the_roster_until_its_day_has_come(
    story: Told,
) -> Iterator[Day]:
    ahead = [record("ahead", WED + HOUR)]
    yield story.day(MON, [student("ana")], [section("x", "ana")], progress=ahead)
    assert story.context("ahead")[2] == "x"
    yield story.day(TUE, [student("ana")], [section("x"), section("y", "ana")])

    assert story.context("ahead")[2] == "y"
    yield from story.ends_as_a_full_build_would()


@side_by_side
def test_of_several_sections_none_is_guessed(story: Told) -> Iterator[Day]:
    both = [section("x", "ana"), section("y", "ana")]
    yield story.day(MON, [student("ana")], both, progress=[record("mon", MON + HOUR)])

    assert story.context("mon")[2] is None
    source = "select section_source from progress.student_progress"
    assert story.ask(source) == [("several",)]


def test_an_id_that_lost_its_leading_zeros_says_so(story: Story) -> None:
    """A number in one table and a text in the other: they do not meet, and the reason tells."""
    records = [record(ref, MON + HOUR, ref) for ref in ("417", "00417", "418", "account-1")]
    accounts: list[Record] = [
        {"id": "0417", "clever_id": None},
        {"id": "account-1", "clever_id": "nobody"},
    ]
    story.day(MON, [student("ana")], progress=records, accounts=accounts)

    assert story.ask("select user_ref, reason from progress.unmatched_progress order by 1") == [
        ("00417", "no such user is known; an account differs by leading zeros"),
        ("417", "no such user is known; an account differs by leading zeros"),
        ("418", "no such user is known"),
        ("account-1", "no such user is known"),
    ]


@side_by_side
def test_unmatched_records_say_why_and_move_over_when_the_student_is_known(
    story: Told,
) -> Iterator[Day]:
    records = [
        record("unknown", MON + HOUR, "ben"),
        record("teacher", MON + HOUR, "kim"),
        record("unlinked", MON + HOUR, "account-1"),
        record("nameless", MON + HOUR, user_id=None) | {"user_id": None},
    ]
    account = {"id": "account-1", "clever_id": None}
    yield story.day(MON, [student("ana")], progress=records, accounts=[account])
    unmatched = "select progress_id, reason from progress.unmatched_progress order by 1"
    assert story.ask(unmatched) == [
        ("nameless", "it names no user"),
        ("teacher", "the user is no student"),
        ("unknown", "no such user is known"),
        ("unlinked", "the account has no Clever ID"),
    ]

    yield story.day(
        TUE, [student("ana"), student("ben")],
        progress=records, accounts=[account | {"clever_id": "ana"}],
    )  # fmt: skip

    assert [row[0] for row in story.ask(unmatched)] == ["nameless", "teacher"]
    assert story.ask(
        "select progress_id, student_id from progress.student_progress order by 1"
    ) == [
        ("unknown", "ben"),
        ("unlinked", "ana"),
    ]
    yield from story.ends_as_a_full_build_would()


@side_by_side
def test_a_record_that_names_nobody_may_say_so_by_an_empty_text(story: Told) -> Iterator[Day]:
    yield story.day(MON, [student("ana")], progress=[record("one", MON + HOUR, "")])

    assert story.ask("select user_ref, reason from progress.unmatched_progress") == [
        (None, "it names no user")
    ]


@side_by_side
def test_a_record_the_application_deletes_is_withdrawn_and_counts_no_more(
    story: Told,
) -> Iterator[Day]:
    kept, deleted = record("kept", MON + HOUR, score=1.0), record("deleted", MON + HOUR, score=0.0)
    yield story.day(MON, [student("ana")], [section("x", "ana")], progress=[kept, deleted])
    yield story.day(TUE, [student("ana")], [section("x", "ana")], progress=[kept])

    rows = (
        "select progress_id, record_status, withdrawn_at from progress.student_progress order by 1"
    )
    assert story.ask(rows) == [("deleted", "withdrawn", TUE), ("kept", "active", None)]
    for mart, by in (
        ("student_year", "reporting_student_id, school_year"),
        ("section_term", "reporting_section_id, reporting_term_id"),
        ("school", "school_id, school_year"),
    ):
        [totals] = story.ask(
            f"select {by}, records, average_score from progress.progress_by_{mart}"
        )
        assert totals[2:] == (1, 1.0)
    yield from story.ends_as_a_full_build_would()


@pytest.mark.parametrize(
    ("at", "school_year"),
    [(datetime(2026, 6, 30, 23, 59), "2025-2026"), (datetime(2026, 7, 1), "2026-2027")],
)
@side_by_side
def test_the_school_year_turns_on_the_first_of_july(
    story: Told, at: datetime, school_year: str
) -> Iterator[Day]:
    yield story.day(MON, [student("ana")], progress=[record("one", at)])

    assert story.ask("select school_year from progress.student_progress") == [(school_year,)]


@side_by_side
def test_progress_says_whether_clever_showed_the_student_then(story: Told) -> Iterator[Day]:
    records = [record("early", MON - HOUR), record("mon", MON + HOUR), record("tue", TUE + HOUR)]
    yield story.day(MON, [student("ana")], progress=records[:2])
    yield story.day(TUE, [student("ben")], progress=records)
    yield story.day(WED, [student("ana"), student("ben")], progress=records)

    assert story.ask(
        "select progress_id, roster_state from progress.student_progress order by occurred_at"
    ) == [("early", "not yet seen"), ("mon", "active"), ("tue", "archived")]
    yield from story.ends_as_a_full_build_would()


@side_by_side
def test_a_total_does_not_depend_on_the_order_in_which_records_came(story: Told) -> Iterator[Day]:
    """Added as doubles, 0.1, 0.7 and 1e16 make three different sums; none spoils the others."""
    numbers = (1e16, 0.1, 0.7, -1e16, 0.2, float("nan"), float("inf"), 1e300)
    records = [
        record(str(place), MON + HOUR, score=number, duration_seconds=number)
        for place, number in enumerate(numbers)
    ]
    yield story.day(MON, [student("ana")], [section("x", "ana")], progress=records)

    for mart in ("student_year", "section_term", "school"):
        assert story.ask(
            f"select records, scored, average_score, duration_seconds "
            f"from progress.progress_by_{mart}"
        ) == [(8, 5, 0.2, 1.0)]
    years = "select progress_seconds from roster.student_school_years where student_id = 'ana'"
    assert story.ask(years) == [(1.0,)]

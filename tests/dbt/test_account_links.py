"""What happened while an account belonged to a user stays that user's, whatever its link is now."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.dbt.building import opened
from tests.dbt.dbt_warehouse import DISTRICT, Record
from tests.dbt.edit_story import ADD, ANA, BEN, edit, enrollments
from tests.dbt.side_by_side import Day, Told, side_by_side
from tests.dbt.story import (
    FRI,
    HOUR,
    MON,
    THU,
    TUE,
    WED,
    Story,
    begun,
    record,
    section,
    student,
)

ACCOUNT: Record = {"id": "account-1"}
TO_ANA, TO_BEN, TO_NOBODY = (ACCOUNT | {"clever_id": id_} for id_ in ("ana", "ben", None))


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return begun(tmp_path)


def belongs(story: Story | Told) -> dict[str, str | None]:
    """Of each record the student, or why there is none."""
    return dict(
        story.ask(
            "select progress_id, coalesce(student_id, unmatched_reason) "
            "from intermediate.progress_records"
        )
    )


def did(*times: Any) -> list[dict[str, Any]]:
    return [record(f"{time:%a}".lower(), time + HOUR, "account-1") for time in times]


def test_a_match_of_a_day_on_which_clever_was_still_is_not_news_for_ever(story: Story) -> None:
    """A mark set by hand stays on its link while only other news come; it goes with its own."""
    users = [{"id": "ana", "email": "ana@elm.org", "roles": {"student": {"school": "elm"}}}]
    mine = ACCOUNT | {"role": "student", "email": "ana@elm.org"}
    districts = [{"id": DISTRICT, "name": "Elm"}]
    story.day(MON, users, districts=districts)
    story.day(TUE, users, accounts=[mine], districts=districts)
    [(matched, news, load)] = story.ask(
        "select clever_id, news_id, load_id from warehouse.matching_raw.account_matches"
    )
    assert matched == "ana"
    # What orchestration notes is the newest sync that brought something.
    story.note(news - 1, load)
    with opened(story.warehouse.home) as connection:
        connection.execute("update build.intermediate.account_links set load_id = -7")

    story.day(WED, users, progress=did(WED), districts=districts)
    assert story.ask("select distinct load_id from intermediate.account_links") == [(-7,)]
    assert belongs(story) == {"wed": "ana"}
    story.note(news - 1, load + 1)

    story.day(THU, users, accounts=[mine | {"clever_id": "ben"}], districts=districts)
    assert (-7,) not in story.ask("select distinct load_id from intermediate.account_links")


@side_by_side
def test_a_child_who_comes_back_under_a_new_id_takes_only_new_records_along(
    story: Told,
) -> Iterator[Day]:
    """Ana is archived on Tuesday and comes back as Ana 2; the account is linked to her so."""
    old = {"id": "ana", "roles": {"student": {"grade": "7", "school": "elm", "sis_id": "1"}}}
    new = {"id": "ana-2", "roles": {"student": {"grade": "8", "school": "oak", "sis_id": "1"}}}
    to_new = ACCOUNT | {"clever_id": "ana-2"}
    totals = (
        "select reporting_student_id, records, average_score, grades, school_ids, section_ids "
        "from progress.progress_by_student_year"
    )
    mon = [record("mon", MON + HOUR, "account-1", score=0.5)]
    yield story.day(MON, [old], [section("x", "ana")], progress=mon, accounts=[TO_ANA])
    before, totals_before = story.context("mon"), story.ask(totals)
    tue = [*mon, record("tue", TUE + HOUR, "account-1", score=0.25)]
    yield story.day(TUE, [new], [section("y", "ana-2")], progress=mon)
    wed = [*tue, record("wed", WED + HOUR, "account-1", score=0.75)]
    yield story.day(WED, [new], [section("y", "ana-2")], progress=wed, accounts=[to_new])

    assert story.context("mon") == before == ("ana", "elm", "x", "kim", None, "7", "fall")
    assert totals_before == [("ana", 1, 0.5, ["7"], ["elm"], ["x"])]
    assert story.ask(
        "select progress_id, student_id, reporting_student_id, grade, roster_state "
        "from progress.student_progress order by occurred_at"
    ) == [
        ("mon", "ana", "ana", "7", "active"),
        ("tue", "ana", "ana", "7", "archived"),
        ("wed", "ana-2", "ana", "8", "active"),
    ]
    assert story.ask(totals) == [("ana", 3, 0.5, ["7", "8"], ["elm", "oak"], ["x", "y"])]
    assert story.ask("select students from progress.progress_by_school order by 1 desc") == [
        (1,), (1,),
    ]  # fmt: skip
    yield from story.ends_as_a_full_build_would()


@side_by_side
def test_a_record_that_arrives_after_the_link_moved_is_whose_the_account_was_when_it_happened(
    story: Told,
) -> Iterator[Day]:
    there = [student("ana"), student("ben")], [section("x", "ana"), section("y", "ben")]
    yield story.day(MON, *there, accounts=[TO_ANA])
    yield story.day(WED, *there, accounts=[TO_BEN])
    yield story.day(THU, *there, progress=did(TUE, WED))

    assert belongs(story) == {"tue": "ana", "wed": "ben"}
    assert story.context("tue")[2] == "x"
    yield from story.ends_as_a_full_build_would()


@pytest.mark.parametrize(("again", "then"), [(TO_ANA, "ana"), (TO_BEN, "ben")])
@side_by_side
def test_only_the_first_link_takes_the_unlinked_past_along(
    story: Told, again: dict[str, Any], then: str
) -> Iterator[Day]:
    """Linked to Ana on Tuesday, to nobody on Wednesday, and to somebody again on Friday."""
    there = [student("ana"), student("ben")]
    yield story.day(MON, there, progress=did(MON), accounts=[TO_NOBODY])
    assert belongs(story) == {"mon": "the account has no Clever ID"}
    yield story.day(TUE, there, progress=did(MON, TUE), accounts=[TO_ANA])
    assert belongs(story) == {"mon": "ana", "tue": "ana"}
    yield story.day(WED, there, progress=did(MON, TUE, WED), accounts=[TO_NOBODY])
    assert belongs(story)["wed"] == "the account has no Clever ID"
    yield story.day(FRI, there, progress=did(MON, TUE, WED, FRI), accounts=[again])

    assert belongs(story) == {
        "mon": "ana",
        "tue": "ana",
        "wed": "the account had no Clever ID then",
        "fri": then,
    }
    yield from story.ends_as_a_full_build_would()


@side_by_side
def test_an_account_that_is_withdrawn_and_restored_belongs_to_the_same_user(
    story: Told,
) -> Iterator[Day]:
    there = [student("ana"), student("ben")]
    yield story.day(MON, there, progress=did(MON), accounts=[TO_ANA])
    yield story.day(TUE, there, progress=did(MON, TUE), accounts=[])
    assert belongs(story) == {"mon": "ana", "tue": "ana"}
    yield story.day(WED, there, progress=did(MON, TUE, WED), accounts=[TO_BEN])

    assert belongs(story) == {"mon": "ana", "tue": "ana", "wed": "ben"}
    assert story.ask(
        "select clever_id, linked_at, valid_to from intermediate.account_links order by valid_from"
    ) == [("ana", MON, WED), ("ben", WED, None)]
    yield from story.ends_as_a_full_build_would()


@side_by_side
def test_a_note_on_an_account_moves_nothing(story: Told) -> Iterator[Day]:
    """And it makes no record again: those of the account are not among what a build looks at."""
    there = [student("ana")]
    yield story.day(MON, there, progress=did(MON), accounts=[TO_ANA])
    yield story.day(TUE, there, accounts=[TO_ANA | {"payload": "logged in"}])

    assert story.ask("from intermediate.touched_progress") == []
    assert belongs(story) == {"mon": "ana"}


@side_by_side
def test_an_edit_concerns_whom_its_account_belonged_to(story: Told) -> Iterator[Day]:
    """Linked to Ana, on Tuesday to Ben, on Wednesday to nobody."""
    there, named = ([ANA, BEN], [section("x")]), ADD | {"user_id": "account-1"}
    for day, account in ((MON, TO_ANA), (TUE, TO_BEN), (WED, TO_NOBODY)):
        yield story.day(day, *there, edits=[named], accounts=[account])

    found = (
        "select student_id, valid_from, valid_to, is_current from roster.effective_enrollments "
        "order by 2"
    )
    assert story.ask(found) == [("ana", MON + HOUR, TUE, False), ("ben", TUE, WED, False)]
    assert story.ask(
        "select user_id, problem, valid_from, valid_to from roster.manual_edits order by 3"
    ) == [
        ("ana", None, MON + HOUR, TUE),
        ("ben", None, TUE, WED),
        ("account-1", "no such student is known", WED, None),
    ]


@side_by_side
def test_an_edit_first_told_with_the_link_is_the_linked_users_from_its_beginning(
    story: Told,
) -> Iterator[Day]:
    there, named = ([ANA], [section("x")]), ADD | {"user_id": "account-1"}
    yield story.day(MON, *there, accounts=[TO_NOBODY])
    yield story.day(TUE, *there, edits=[named], accounts=[TO_ANA])

    assert enrollments(story, "student_id = 'ana'") == [("application", "e1", MON + HOUR, None)]


TUTOR = [
    edit("u1", "add_user", user_id="gus", role="tutor", district_id="district-1"),
    edit("a1", "add_student", user_id="gus", section_id="x"),
    edit("g1", "add_group", group_id="lab", section_id="x"),
    edit("m1", "add_to_group", group_id="lab", user_id="gus"),
    edit("p1", "add_permission", user_id="gus", permission="reports"),
]


@pytest.mark.parametrize("role", ["student", "teacher"])
@side_by_side
def test_what_was_published_of_an_added_user_stays_when_clever_shares_the_user(
    story: Told, role: str
) -> Iterator[Day]:
    yield story.day(MON, [ANA], [section("x")], edits=TUTOR)
    yield story.day(TUE, [ANA], [section("x")], edits=TUTOR)
    tables = ("effective_enrollments", "group_members", "effective_roles")
    on_monday = "from roster.{} where valid_from = timestamp '2026-08-17 03:00:00' order by all"
    columns = "select * exclude (valid_to, is_current) "
    before = [story.ask(columns + on_monday.format(table)) for table in tables]
    assert [len(rows) for rows in before] == [1, 1, 2]

    shared = {"id": "gus", "roles": {role: {"school": "elm"}}}
    yield story.day(WED, [ANA, shared], [section("x")], edits=TUTOR)

    assert [story.ask(columns + on_monday.format(table)) for table in tables] == before
    until = None if role == "student" else WED
    assert enrollments(story, "student_id = 'gus'") == [("application", "a1", MON + HOUR, until)]
    assert story.ask("select valid_to from roster.group_members") == [(until,)]
    yield from story.ends_as_a_full_build_would()


def test_keys_of_several_parts_are_compared_part_by_part(story: Story) -> None:
    """In a group `a` somebody called `b c`, in another `a b` somebody called `c`."""
    people = ("b c", "c", "x role y", "x")
    edits = [
        *(edit(f"u-{id_}", "add_user", user_id=id_) for id_ in people),
        *(edit(f"g-{id_}", "add_group", group_id=id_) for id_ in ("a", "a b")),
        edit("m1", "add_to_group", group_id="a", user_id="b c", withdrawn_at=TUE),
        edit("m2", "add_to_group", MON + 2 * HOUR, group_id="a b", user_id="c"),
        edit("r1", "add_role", user_id="x role y", role="z"),
        edit("r2", "add_role", MON + 2 * HOUR, user_id="x", role="y role z"),
    ]
    story.day(MON, [ANA], edits=edits)

    assert story.ask(
        "select * exclude (is_current) from roster.group_members order by group_id"
    ) == [
        (None, "a", "b c", "application", "m1", MON + HOUR, TUE),
        (None, "a b", "c", "application", "m2", MON + 2 * HOUR, None),
    ]
    assert story.ask(
        "select user_id, role, edit_id, valid_from from roster.effective_roles "
        "where edit_id in ('r1', 'r2') order by 3"
    ) == [("x role y", "z", "r1", MON + HOUR), ("x", "y role z", "r2", MON + 2 * HOUR)]

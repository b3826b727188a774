"""Edits by hand lie over every sync until they are withdrawn, and meet Clever's changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from tests.dbt.dbt_warehouse import Record
from tests.dbt.edit_story import ADD, ANA, BEN, REMOVE, edit, enrollments
from tests.dbt.side_by_side import Day, Told, side_by_side
from tests.dbt.story import FRI, HOUR, MON, THU, TUE, WED, section


def _play(
    story: Told,
    days: Mapping[datetime, tuple[list[Record], list[Record]]],
    edits: list[dict[str, Any]],
) -> Iterator[Day]:
    """Days of users and sections; the edits are loaded, and all is built, on the last."""
    last = max(days)
    for day, (users, sections) in days.items():
        is_last = day == last
        yield story.day(day, users, sections, edits=edits if is_last else None, build=is_last)


@side_by_side
def test_an_edit_survives_syncs_until_it_is_withdrawn(story: Told) -> Iterator[Day]:
    both = [ANA, BEN], [section("x", "ben")]
    done = ADD | {"withdrawn_at": WED + HOUR}
    yield from _play(story, {MON: both, TUE: both, WED: both, THU: both}, [done])

    assert enrollments(story) == [("application", "e1", MON + HOUR, WED + HOUR)]
    assert enrollments(story, "student_id = 'ben'") == [("clever", None, MON, None)]


@side_by_side
def test_an_edit_that_the_application_deletes_ends_when_that_is_seen(story: Told) -> Iterator[Day]:
    yield story.day(MON, [ANA], [section("x")], edits=[ADD])
    assert enrollments(story) == [("application", "e1", MON + HOUR, None)]
    yield story.day(TUE, [ANA], [section("x")], edits=[])

    assert enrollments(story) == [("application", "e1", MON + HOUR, TUE)]


@side_by_side
def test_clever_makes_the_same_change_and_the_edit_is_absorbed_not_doubled(
    story: Told,
) -> Iterator[Day]:
    without, with_ana = ([ANA], [section("x")]), ([ANA], [section("x", "ana")])
    yield from _play(story, {MON: without, TUE: with_ana, WED: with_ana, THU: without}, [ADD])

    assert enrollments(story) == [
        ("application", "e1", MON + HOUR, TUE),
        ("clever", None, TUE, THU),
        ("application", "e1", THU, None),
    ]


@side_by_side
def test_the_edit_sleeps_while_the_section_is_archived_and_wakes_on_restore(
    story: Told,
) -> Iterator[Day]:
    there = [ANA], [section("x")]
    yield from _play(story, {MON: there, TUE: ([ANA], []), WED: there}, [ADD])

    assert enrollments(story) == [
        ("application", "e1", MON + HOUR, TUE),
        ("application", "e1", WED, None),
    ]


@side_by_side
def test_the_edit_sleeps_while_the_student_is_archived_and_wakes_on_restore(
    story: Told,
) -> Iterator[Day]:
    there = [ANA], [section("x")]
    yield from _play(story, {MON: there, TUE: ([BEN], [section("x")]), WED: there}, [ADD])

    assert enrollments(story) == [
        ("application", "e1", MON + HOUR, TUE),
        ("application", "e1", WED, None),
    ]


@side_by_side
def test_clever_restores_what_an_edit_had_removed_and_the_edit_still_holds(
    story: Told,
) -> Iterator[Day]:
    with_ana, without = ([ANA], [section("x", "ana")]), ([ANA], [section("x")])
    removal = REMOVE | {"withdrawn_at": THU + HOUR}
    days = {MON: with_ana, TUE: without, WED: with_ana, THU: with_ana, FRI: with_ana}
    yield from _play(story, days, [removal])

    assert enrollments(story) == [
        ("clever", None, MON, MON + HOUR),
        ("clever", None, THU + HOUR, None),
    ]


@side_by_side
def test_of_two_edits_that_contradict_each_other_the_later_holds(story: Told) -> Iterator[Day]:
    again = ADD | {"id": "e3", "made_at": TUE + HOUR}
    there = [ANA], [section("x")]
    yield from _play(
        story, {MON: there, TUE: there}, [ADD, REMOVE | {"made_at": MON + 2 * HOUR}, again]
    )

    assert enrollments(story) == [
        ("application", "e1", MON + HOUR, MON + 2 * HOUR),
        ("application", "e3", TUE + HOUR, None),
    ]


@side_by_side
def test_a_subgroup_loses_its_last_student_and_stays_empty(story: Told) -> Iterator[Day]:
    """Ana leaves the section on Tuesday; ben is taken out of the group; ana is back on Thursday."""
    edits = [
        edit("g1", "add_group", group_id="lab", section_id="x", name="Lab"),
        edit("m1", "add_to_group", group_id="lab", user_id="ana"),
        edit("m2", "add_to_group", group_id="lab", user_id="ben", withdrawn_at=TUE + HOUR),
    ]
    with_both = [ANA, BEN], [section("x", "ana", "ben")]
    with_ben = [ANA, BEN], [section("x", "ben")]
    yield from _play(story, {MON: with_both, TUE: with_ben, WED: with_ben}, edits)

    groups = "select name, managed_by, edit_id, students, state from roster.groups"
    assert story.ask(groups) == [("Lab", "application", "g1", 0, "empty")]

    yield story.day(THU, *with_both, edits=edits)
    assert story.ask(groups) == [("Lab", "application", "g1", 1, "active")]
    assert story.ask(
        "select student_id, edit_id, valid_from, valid_to from roster.group_members order by 1, 3"
    ) == [
        ("ana", "m1", MON + HOUR, TUE),
        ("ana", "m1", THU, None),
        ("ben", "m2", MON + HOUR, TUE + HOUR),
    ]

    yield story.day(FRI, [ANA, BEN], [], edits=edits)
    assert story.ask(groups) == [("Lab", "application", "g1", 0, "asleep")]


@side_by_side
def test_a_student_added_by_hand_may_be_in_a_subgroup(story: Told) -> Iterator[Day]:
    edits = [
        ADD,
        edit("g1", "add_group", group_id="lab", section_id="x"),
        edit("m1", "add_to_group", group_id="lab", user_id="ana"),
    ]
    there = [ANA], [section("x")]
    yield from _play(story, {MON: there, TUE: there}, edits)

    assert story.ask("select student_id from roster.group_members where is_current") == [("ana",)]


@side_by_side
def test_roles_permissions_and_users_of_the_applications_own(story: Told) -> Iterator[Day]:
    """Ivy becomes staff at Clever on Tuesday, is gone on Wednesday, and back as a teacher."""
    teacher: Record = {"id": "ivy", "roles": {"teacher": {"school": "elm"}}}
    both = teacher | {"roles": {**teacher["roles"], "staff": {"schools": ["elm"]}}}
    edits = [
        edit("r1", "add_role", user_id="ivy", role="staff"),
        edit("p1", "add_permission", user_id="ivy", permission="reports"),
        edit("u1", "add_user", user_id="tutor-1", role="tutor", district_id="district-1"),
    ]
    days: dict[datetime, tuple[list[Record], list[Record]]] = {
        MON: ([teacher], []), TUE: ([both], []), WED: ([ANA], []), THU: ([teacher], []),
    }  # fmt: skip
    yield from _play(story, days, edits)

    roles = story.ask(
        "select user_id, coalesce(role, permission), managed_by, edit_id, valid_from, valid_to "
        "from roster.effective_roles where user_id in ('ivy', 'tutor-1') order by 1, 2, 5"
    )
    assert roles == [
        ("ivy", "reports", "application", "p1", MON + HOUR, WED),
        ("ivy", "reports", "application", "p1", THU, None),
        ("ivy", "staff", "application", "r1", MON + HOUR, TUE),
        ("ivy", "staff", "clever", None, TUE, WED),
        ("ivy", "staff", "application", "r1", THU, None),
        ("ivy", "teacher", "clever", None, MON, WED),
        ("ivy", "teacher", "clever", None, THU, None),
        ("tutor-1", "tutor", "application", "u1", MON + HOUR, None),
    ]

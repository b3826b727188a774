"""Edits by hand lie over every sync until they are withdrawn, and meet Clever's changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.dbt.dbt_warehouse import Record
from tests.dbt.story import HOUR, MON, THU, TUE, WED, Story, begun, section, student

FRI = datetime(2026, 8, 21, 2)
ANA, BEN = student("ana"), student("ben")


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return begun(tmp_path)


def _edit(id_: str, kind: str, made: datetime = MON + HOUR, **about: Any) -> dict[str, Any]:
    return {"id": id_, "kind": kind, "made_at": made, **about}


def _play(
    story: Story,
    days: Mapping[datetime, tuple[list[Record], list[Record]]],
    edits: list[dict[str, Any]],
    accounts: list[dict[str, Any]] | None = None,
) -> None:
    """Days of users and sections; the edits are loaded, and all is built, on the last."""
    last = max(days)
    for day, (users, sections) in days.items():
        is_last = day == last
        story.day(
            day, users, sections, edits=edits if is_last else None,
            accounts=accounts if is_last else None, build=is_last,
        )  # fmt: skip


def _enrollments(story: Story, where: str = "student_id = 'ana'") -> list[tuple[Any, ...]]:
    return story.ask(
        "select managed_by, edit_id, valid_from, valid_to from roster.effective_enrollments "
        f"where section_id = 'x' and {where} order by valid_from"
    )


ADD = _edit("e1", "add_student", user_id="ana", section_id="x")
REMOVE = _edit("e2", "remove_student", user_id="ana", section_id="x")


def test_an_edit_survives_syncs_until_it_is_withdrawn(story: Story) -> None:
    both = [ANA, BEN], [section("x", "ben")]
    done = ADD | {"withdrawn_at": WED + HOUR}
    _play(story, {MON: both, TUE: both, WED: both, THU: both}, [done])

    assert _enrollments(story) == [("application", "e1", MON + HOUR, WED + HOUR)]
    assert _enrollments(story, "student_id = 'ben'") == [("clever", None, MON, None)]


def test_an_edit_that_the_application_deletes_ends_when_that_is_seen(story: Story) -> None:
    story.day(MON, [ANA], [section("x")], edits=[ADD])
    assert _enrollments(story) == [("application", "e1", MON + HOUR, None)]
    story.day(TUE, [ANA], [section("x")], edits=[])

    assert _enrollments(story) == [("application", "e1", MON + HOUR, TUE)]


def test_clever_makes_the_same_change_and_the_edit_is_absorbed_not_doubled(story: Story) -> None:
    without, with_ana = ([ANA], [section("x")]), ([ANA], [section("x", "ana")])
    _play(story, {MON: without, TUE: with_ana, WED: with_ana, THU: without}, [ADD])

    assert _enrollments(story) == [
        ("application", "e1", MON + HOUR, TUE),
        ("clever", None, TUE, THU),
        ("application", "e1", THU, None),
    ]


def test_the_edit_sleeps_while_the_section_is_archived_and_wakes_on_restore(story: Story) -> None:
    there = [ANA], [section("x")]
    _play(story, {MON: there, TUE: ([ANA], []), WED: there}, [ADD])

    assert _enrollments(story) == [
        ("application", "e1", MON + HOUR, TUE),
        ("application", "e1", WED, None),
    ]


def test_the_edit_sleeps_while_the_student_is_archived_and_wakes_on_restore(story: Story) -> None:
    there = [ANA], [section("x")]
    _play(story, {MON: there, TUE: ([BEN], [section("x")]), WED: there}, [ADD])

    assert _enrollments(story) == [
        ("application", "e1", MON + HOUR, TUE),
        ("application", "e1", WED, None),
    ]


def test_clever_restores_what_an_edit_had_removed_and_the_edit_still_holds(story: Story) -> None:
    with_ana, without = ([ANA], [section("x", "ana")]), ([ANA], [section("x")])
    removal = REMOVE | {"withdrawn_at": THU + HOUR}
    days = {MON: with_ana, TUE: without, WED: with_ana, THU: with_ana, FRI: with_ana}
    _play(story, days, [removal])

    assert _enrollments(story) == [
        ("clever", None, MON, MON + HOUR),
        ("clever", None, THU + HOUR, None),
    ]


def test_of_two_edits_that_contradict_each_other_the_later_holds(story: Story) -> None:
    again = ADD | {"id": "e3", "made_at": TUE + HOUR}
    there = [ANA], [section("x")]
    _play(story, {MON: there, TUE: there}, [ADD, REMOVE | {"made_at": MON + 2 * HOUR}, again])

    assert _enrollments(story) == [
        ("application", "e1", MON + HOUR, MON + 2 * HOUR),
        ("application", "e3", TUE + HOUR, None),
    ]


def test_a_subgroup_loses_its_last_student_and_stays_empty(story: Story) -> None:
    """Ana leaves the section on Tuesday; ben is taken out of the group; ana is back on Thursday."""
    edits = [
        _edit("g1", "add_group", group_id="lab", section_id="x", name="Lab"),
        _edit("m1", "add_to_group", group_id="lab", user_id="ana"),
        _edit("m2", "add_to_group", group_id="lab", user_id="ben", withdrawn_at=TUE + HOUR),
    ]
    with_both = [ANA, BEN], [section("x", "ana", "ben")]
    with_ben = [ANA, BEN], [section("x", "ben")]
    _play(story, {MON: with_both, TUE: with_ben, WED: with_ben}, edits)

    groups = "select name, managed_by, edit_id, students, state from roster.groups"
    assert story.ask(groups) == [("Lab", "application", "g1", 0, "empty")]

    story.day(THU, *with_both, edits=edits)
    assert story.ask(groups) == [("Lab", "application", "g1", 1, "active")]
    assert story.ask(
        "select student_id, edit_id, valid_from, valid_to from roster.group_members order by 1, 3"
    ) == [
        ("ana", "m1", MON + HOUR, TUE),
        ("ana", "m1", THU, None),
        ("ben", "m2", MON + HOUR, TUE + HOUR),
    ]

    story.day(FRI, [ANA, BEN], [], edits=edits)
    assert story.ask(groups) == [("Lab", "application", "g1", 0, "asleep")]


def test_a_student_added_by_hand_may_be_in_a_subgroup(story: Story) -> None:
    edits = [
        ADD,
        _edit("g1", "add_group", group_id="lab", section_id="x"),
        _edit("m1", "add_to_group", group_id="lab", user_id="ana"),
    ]
    _play(story, {MON: ([ANA], [section("x")])}, edits)

    assert story.ask("select student_id from roster.group_members where is_current") == [("ana",)]


def test_roles_permissions_and_users_of_the_applications_own(story: Story) -> None:
    """Ivy becomes staff at Clever on Tuesday, is gone on Wednesday, and back as a teacher."""
    teacher: Record = {"id": "ivy", "roles": {"teacher": {"school": "elm"}}}
    both = teacher | {"roles": {**teacher["roles"], "staff": {"schools": ["elm"]}}}
    edits = [
        _edit("r1", "add_role", user_id="ivy", role="staff"),
        _edit("p1", "add_permission", user_id="ivy", permission="reports"),
        _edit("u1", "add_user", user_id="tutor-1", role="tutor", district_id="district-1"),
    ]
    days: dict[datetime, tuple[list[Record], list[Record]]] = {
        MON: ([teacher], []), TUE: ([both], []), WED: ([ANA], []), THU: ([teacher], []),
    }  # fmt: skip
    _play(story, days, edits)

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


def test_an_edit_names_whom_an_account_is_linked_to(story: Story) -> None:
    account = {"id": "account-1", "clever_id": "ana"}
    edit = ADD | {"user_id": "account-1"}
    _play(story, {MON: ([ANA], [section("x")])}, [edit], [account])

    assert _enrollments(story) == [("application", "e1", MON + HOUR, None)]


def test_a_changed_edit_is_another_version_and_its_past_stays(story: Story) -> None:
    """Ana is added to x; on Wednesday it is seen that she should have been added to y."""
    both = [section("x"), section("y")]
    story.day(MON, [ANA], both, edits=[ADD])
    story.day(TUE, [ANA], both, edits=[ADD | {"payload": "of no importance"}])
    story.day(WED, [ANA], both, edits=[ADD | {"section_id": "y"}])

    assert story.ask(
        "select section_id, edit_id, valid_from, valid_to from roster.effective_enrollments "
        "order by valid_from"
    ) == [("x", "e1", MON + HOUR, WED), ("y", "e1", WED, None)]
    assert story.ask(
        "select section_id, valid_from, valid_to, is_current from roster.manual_edits order by 2"
    ) == [("x", MON + HOUR, WED, False), ("y", WED, None, True)]


def test_an_edit_that_comes_back_leaves_a_gap(story: Story) -> None:
    there = [ANA], [section("x")]
    story.day(MON, *there, edits=[ADD])
    story.day(TUE, *there, edits=[ADD | {"withdrawn_at": MON + 2 * HOUR}])
    story.day(WED, *there, edits=[ADD])
    story.day(THU, *there, edits=[])

    assert _enrollments(story) == [
        ("application", "e1", MON + HOUR, MON + 2 * HOUR),
        ("application", "e1", WED, THU),
    ]


def test_a_group_keeps_its_former_names(story: Story) -> None:
    group = _edit("g1", "add_group", group_id="lab", name="Lab")
    member = _edit("m1", "add_to_group", group_id="lab", user_id="ana")
    story.day(MON, [ANA], edits=[group, member])
    story.day(TUE, [ANA], edits=[group | {"name": "Laboratory"}, member])

    assert story.ask(
        "select name, valid_from, valid_to, students, state from roster.groups order by 2"
    ) == [("Lab", MON + HOUR, TUE, 0, "ended"), ("Laboratory", TUE, None, 1, "active")]
    assert story.ask("select student_id, valid_from, valid_to from roster.group_members") == [
        ("ana", MON + HOUR, None)
    ]


def test_users_that_clever_does_not_manage_may_be_in_sections_and_groups(story: Story) -> None:
    """Gus has no Clever ID until Wednesday, when his account is linked to Ben's."""
    edits = [
        _edit("u1", "add_user", user_id="gus", role="student", district_id="district-1"),
        _edit("a1", "add_student", user_id="gus", section_id="x"),
        _edit("g1", "add_group", group_id="lab", section_id="x"),
        _edit("m1", "add_to_group", group_id="lab", user_id="gus"),
    ]
    account = {"id": "gus", "clever_id": None}
    story.day(MON, [ANA], [section("x")], edits=edits, accounts=[account])
    members = "select district_id, student_id, valid_from, valid_to from roster.group_members"
    assert _enrollments(story, "true") == [("application", "a1", MON + HOUR, None)]
    assert story.ask(members) == [("district-1", "gus", MON + HOUR, None)]

    story.day(TUE, [ANA], [], edits=edits)
    assert _enrollments(story, "true") == [("application", "a1", MON + HOUR, TUE)]

    linked = [account | {"clever_id": "ben"}]
    story.day(WED, [ANA, BEN], [section("x", "ben")], edits=edits, accounts=linked)
    assert _enrollments(story, "true") == [("clever", None, WED, None)]
    assert story.ask(members) == [("district-1", "ben", WED, None)]


def test_edits_without_effect_say_why(story: Story) -> None:
    edits = [
        _edit("1", "add_studnet", user_id="ana", section_id="x"),
        _edit("2", "add_student", section_id="x"),
        _edit("3", "add_student", user_id="ana"),
        _edit("4", "add_student", user_id="ana", section_id="nowhere"),
        _edit("5", "add_student", user_id="nobody", section_id="x"),
        _edit("6", "add_to_group", user_id="ana", group_id="none"),
        _edit("7", "add_role", user_id="ana"),
        _edit("8", "remove_student", user_id="ana", section_id="x", withdrawn_at=MON),
        _edit("9", "add_permission", user_id="ana", permission="reports"),
    ]
    story.day(MON, [ANA], [section("x")], edits=edits)

    assert story.ask("select edit_id, problem from roster.manual_edits order by 1") == [
        ("1", "it is of no known kind"),
        ("2", "it names no user"),
        ("3", "it names no section"),
        ("4", "no such section is known"),
        ("5", "no such student is known"),
        ("6", "no such group is known"),
        ("7", "it names no role"),
        ("8", "it was withdrawn before it began"),
        ("9", None),
    ]
    assert _enrollments(story) == []


def test_of_two_edits_of_the_same_moment_the_choice_is_always_the_same(story: Story) -> None:
    twice = [ADD | {"id": "e9"}, ADD]
    story.day(MON, [ANA], [section("x")], edits=twice)

    assert _enrollments(story) == [("application", "e9", MON + HOUR, None)]


def test_an_edit_that_is_to_begin_later_may_be_changed_before(story: Story) -> None:
    later = ADD | {"made_at": WED + HOUR}
    both = [section("x"), section("y")]
    story.day(MON, [ANA], both, edits=[later])
    story.day(TUE, [ANA], both, edits=[later | {"section_id": "y"}])

    assert story.ask(
        "select section_id, valid_from, valid_to from roster.effective_enrollments"
    ) == [("y", WED + HOUR, None)]
    assert story.ask("select section_id, problem from roster.manual_edits") == [("y", None)]


def test_an_edit_that_is_to_end_later_ends_at_once_if_it_is_deleted(story: Story) -> None:
    there = [ANA], [section("x")]
    story.day(MON, *there, edits=[ADD | {"withdrawn_at": FRI}])
    story.day(TUE, *there, edits=[])

    assert _enrollments(story) == [("application", "e1", MON + HOUR, TUE)]


def test_an_edit_that_is_put_off_holds_no_longer_until_it_begins_again(story: Story) -> None:
    """On Tuesday the edit names another section from Thursday on; on Wednesday, from Monday on."""
    both = [section("x"), section("y")]
    story.day(MON, [ANA], both, edits=[ADD])
    put_off = ADD | {"section_id": "y", "made_at": THU}
    story.day(TUE, [ANA], both, edits=[put_off])
    story.day(WED, [ANA], both, edits=[ADD])

    assert story.ask(
        "select section_id, valid_from, valid_to from roster.manual_edits order by 2"
    ) == [("x", MON + HOUR, TUE), ("x", WED, None)]


def test_an_edit_whose_end_is_told_ahead_stays_the_same_version(story: Story) -> None:
    """So it is not the one made last only because it is going to end."""
    there = [ANA], [section("x", "ana")]
    removal = REMOVE | {"made_at": MON + 2 * HOUR}
    story.day(MON, *there, edits=[ADD, removal])
    story.day(TUE, *there, edits=[ADD | {"withdrawn_at": FRI}, removal])

    assert _enrollments(story) == [("clever", None, MON, MON + 2 * HOUR)]
    assert story.ask(
        "select valid_from, valid_to from roster.manual_edits where edit_id = 'e1'"
    ) == [(MON + HOUR, FRI)]


def test_a_user_whom_clever_manages_is_no_student_because_an_edit_adds_the_user(
    story: Story,
) -> None:
    edits = [
        _edit("u1", "add_user", user_id="kim", role="tutor"),
        _edit("a1", "add_student", user_id="kim", section_id="x"),
    ]
    story.day(MON, [ANA], [section("x")], edits=edits)

    assert story.ask("select problem from roster.manual_edits where edit_id = 'a1'") == [
        ("no such student is known",)
    ]
    assert _enrollments(story, "student_id = 'kim'") == []


def test_an_edit_names_whom_an_account_was_linked_to_no_longer(story: Story) -> None:
    there, edit = ([ANA], [section("x")]), ADD | {"user_id": "account-1"}
    account = {"id": "account-1", "clever_id": "ana"}
    story.day(MON, *there, edits=[edit], accounts=[account])
    story.day(TUE, *there, edits=[edit], accounts=[account | {"clever_id": None}])

    assert _enrollments(story, "true") == []


def test_the_kind_of_an_edit_says_whether_it_gives_a_role_or_a_permission(story: Story) -> None:
    """Applications fill what a row does not need with an empty text, or with something."""
    edits = [
        _edit("r1", "add_role", user_id="ana", role="helper", permission=""),
        _edit("r2", "add_role", user_id="ana", role="reader", permission="reports"),
        _edit("r3", "add_role", user_id="ana", role=""),
        _edit("p1", "add_permission", user_id="ana", role="tutor", permission="settings"),
    ]
    story.day(MON, [ANA], edits=edits)

    assert story.ask(
        "select edit_id, role, permission from roster.effective_roles "
        "where managed_by = 'application' order by 1"
    ) == [("p1", None, "settings"), ("r1", "helper", None), ("r2", "reader", None)]
    assert story.ask("select problem from roster.manual_edits where edit_id = 'r3'") == [
        ("it names no role",)
    ]

"""An edit has versions, names whom it concerns, and says why it has no effect."""

from __future__ import annotations

from collections.abc import Iterator

from tests.dbt.edit_story import ADD, ANA, BEN, REMOVE, edit, enrollments
from tests.dbt.side_by_side import Day, Told, side_by_side
from tests.dbt.story import FRI, HOUR, MON, THU, TUE, WED, section


@side_by_side
def test_an_edit_names_whom_an_account_is_linked_to(story: Told) -> Iterator[Day]:
    account = {"id": "account-1", "clever_id": "ana"}
    named = ADD | {"user_id": "account-1"}
    yield story.day(MON, [ANA], [section("x")], edits=[named], accounts=[account])

    assert enrollments(story) == [("application", "e1", MON + HOUR, None)]


@side_by_side
def test_a_changed_edit_is_another_version_and_its_past_stays(story: Told) -> Iterator[Day]:
    """Ana is added to x; on Wednesday it is seen that she should have been added to y."""
    both = [section("x"), section("y")]
    yield story.day(MON, [ANA], both, edits=[ADD])
    yield story.day(TUE, [ANA], both, edits=[ADD | {"payload": "of no importance"}])
    yield story.day(WED, [ANA], both, edits=[ADD | {"section_id": "y"}])

    assert story.ask(
        "select section_id, edit_id, valid_from, valid_to from roster.effective_enrollments "
        "order by valid_from"
    ) == [("x", "e1", MON + HOUR, WED), ("y", "e1", WED, None)]
    assert story.ask(
        "select section_id, valid_from, valid_to, is_current from roster.manual_edits order by 2"
    ) == [("x", MON + HOUR, WED, False), ("y", WED, None, True)]


@side_by_side
def test_an_edit_that_comes_back_leaves_a_gap(story: Told) -> Iterator[Day]:
    there = [ANA], [section("x")]
    yield story.day(MON, *there, edits=[ADD])
    yield story.day(TUE, *there, edits=[ADD | {"withdrawn_at": MON + 2 * HOUR}])
    yield story.day(WED, *there, edits=[ADD])
    yield story.day(THU, *there, edits=[])

    assert enrollments(story) == [
        ("application", "e1", MON + HOUR, MON + 2 * HOUR),
        ("application", "e1", WED, THU),
    ]


@side_by_side
def test_a_group_keeps_its_former_names(story: Told) -> Iterator[Day]:
    group = edit("g1", "add_group", group_id="lab", name="Lab")
    member = edit("m1", "add_to_group", group_id="lab", user_id="ana")
    yield story.day(MON, [ANA], edits=[group, member])
    yield story.day(TUE, [ANA], edits=[group | {"name": "Laboratory"}, member])

    assert story.ask(
        "select name, valid_from, valid_to, students, state from roster.groups order by 2"
    ) == [("Lab", MON + HOUR, TUE, 0, "ended"), ("Laboratory", TUE, None, 1, "active")]
    assert story.ask("select student_id, valid_from, valid_to from roster.group_members") == [
        ("ana", MON + HOUR, None)
    ]


@side_by_side
def test_users_that_clever_does_not_manage_may_be_in_sections_and_groups(
    story: Told,
) -> Iterator[Day]:
    """Gus has no Clever ID until Wednesday, when his account is linked to Ben's.

    What was published of Gus stays; from the link on it is Ben.
    """
    edits = [
        edit("u1", "add_user", user_id="gus", role="student", district_id="district-1"),
        edit("a1", "add_student", user_id="gus", section_id="x"),
        edit("g1", "add_group", group_id="lab", section_id="x"),
        edit("m1", "add_to_group", group_id="lab", user_id="gus"),
    ]
    account = {"id": "gus", "clever_id": None}
    yield story.day(MON, [ANA], [section("x")], edits=edits, accounts=[account])
    members = "select district_id, student_id, valid_from, valid_to from roster.group_members"
    assert enrollments(story, "true") == [("application", "a1", MON + HOUR, None)]
    assert story.ask(members) == [("district-1", "gus", MON + HOUR, None)]

    yield story.day(TUE, [ANA], [], edits=edits)
    assert enrollments(story, "true") == [("application", "a1", MON + HOUR, TUE)]

    linked = [account | {"clever_id": "ben"}]
    yield story.day(WED, [ANA, BEN], [section("x", "ben")], edits=edits, accounts=linked)
    assert enrollments(story, "true") == [
        ("application", "a1", MON + HOUR, TUE),
        ("clever", None, WED, None),
    ]
    assert story.ask(f"{members} order by 3") == [
        ("district-1", "gus", MON + HOUR, TUE),
        ("district-1", "ben", WED, None),
    ]


@side_by_side
def test_edits_without_effect_say_why(story: Told) -> Iterator[Day]:
    edits = [
        edit("1", "add_studnet", user_id="ana", section_id="x"),
        edit("2", "add_student", section_id="x"),
        edit("3", "add_student", user_id="ana"),
        edit("4", "add_student", user_id="ana", section_id="nowhere"),
        edit("5", "add_student", user_id="nobody", section_id="x"),
        edit("6", "add_to_group", user_id="ana", group_id="none"),
        edit("7", "add_role", user_id="ana"),
        edit("8", "remove_student", user_id="ana", section_id="x", withdrawn_at=MON),
        edit("9", "add_permission", user_id="ana", permission="reports"),
        edit("a", "add_group", group_id="abroad", district_id="district-2"),
        edit("b", "add_to_group", user_id="ana", group_id="abroad"),
        edit("c", "add_group", group_id="here", section_id="x"),
        edit("d", "add_to_group", user_id="ana", group_id="here"),
    ]
    yield story.day(MON, [ANA], [section("x")], edits=edits)

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
        ("a", None),
        ("b", "the student is in another district"),
        ("c", None),
        ("d", None),
    ]
    assert enrollments(story) == []


@side_by_side
def test_of_two_edits_of_the_same_moment_the_choice_is_always_the_same(
    story: Told,
) -> Iterator[Day]:
    twice = [ADD | {"id": "e9"}, ADD]
    yield story.day(MON, [ANA], [section("x")], edits=twice)

    assert enrollments(story) == [("application", "e9", MON + HOUR, None)]


@side_by_side
def test_an_edit_that_is_to_begin_later_may_be_changed_before(story: Told) -> Iterator[Day]:
    later = ADD | {"made_at": WED + HOUR}
    both = [section("x"), section("y")]
    yield story.day(MON, [ANA], both, edits=[later])
    yield story.day(TUE, [ANA], both, edits=[later | {"section_id": "y"}])

    assert story.ask(
        "select section_id, valid_from, valid_to from roster.effective_enrollments"
    ) == [("y", WED + HOUR, None)]
    assert story.ask("select section_id, problem from roster.manual_edits") == [("y", None)]


@side_by_side
def test_an_edit_that_is_to_end_later_ends_at_once_if_it_is_deleted(story: Told) -> Iterator[Day]:
    there = [ANA], [section("x")]
    yield story.day(MON, *there, edits=[ADD | {"withdrawn_at": FRI}])
    yield story.day(TUE, *there, edits=[])

    assert enrollments(story) == [("application", "e1", MON + HOUR, TUE)]


@side_by_side
def test_an_edit_that_is_put_off_holds_no_longer_until_it_begins_again(
    story: Told,
) -> Iterator[Day]:
    """On Tuesday the edit names another section from Thursday on; on Wednesday, from Monday on."""
    both = [section("x"), section("y")]
    yield story.day(MON, [ANA], both, edits=[ADD])
    put_off = ADD | {"section_id": "y", "made_at": THU}
    yield story.day(TUE, [ANA], both, edits=[put_off])
    yield story.day(WED, [ANA], both, edits=[ADD])

    assert story.ask(
        "select section_id, valid_from, valid_to from roster.manual_edits order by 2"
    ) == [("x", MON + HOUR, TUE), ("x", WED, None)]


@side_by_side
def test_an_edit_whose_end_is_told_ahead_stays_the_same_version(story: Told) -> Iterator[Day]:
    """So it is not the one made last only because it is going to end."""
    there = [ANA], [section("x", "ana")]
    removal = REMOVE | {"made_at": MON + 2 * HOUR}
    yield story.day(MON, *there, edits=[ADD, removal])
    yield story.day(TUE, *there, edits=[ADD | {"withdrawn_at": FRI}, removal])

    assert enrollments(story) == [("clever", None, MON, MON + 2 * HOUR)]
    assert story.ask(
        "select valid_from, valid_to from roster.manual_edits where edit_id = 'e1'"
    ) == [(MON + HOUR, FRI)]


@side_by_side
def test_a_user_whom_clever_manages_is_no_student_because_an_edit_adds_the_user(
    story: Told,
) -> Iterator[Day]:
    edits = [
        edit("u1", "add_user", user_id="kim", role="tutor"),
        edit("a1", "add_student", user_id="kim", section_id="x"),
    ]
    yield story.day(MON, [ANA], [section("x")], edits=edits)

    assert story.ask("select problem from roster.manual_edits where edit_id = 'a1'") == [
        ("no such student is known",)
    ]
    assert enrollments(story, "student_id = 'kim'") == []


@side_by_side
def test_the_kind_of_an_edit_says_whether_it_gives_a_role_or_a_permission(
    story: Told,
) -> Iterator[Day]:
    """Applications fill what a row does not need with an empty text, or with something."""
    edits = [
        edit("r1", "add_role", user_id="ana", role="helper", permission=""),
        edit("r2", "add_role", user_id="ana", role="reader", permission="reports"),
        edit("r3", "add_role", user_id="ana", role=""),
        edit("p1", "add_permission", user_id="ana", role="tutor", permission="settings"),
    ]
    yield story.day(MON, [ANA], edits=edits)

    assert story.ask(
        "select edit_id, role, permission from roster.effective_roles "
        "where managed_by = 'application' order by 1"
    ) == [("p1", None, "settings"), ("r1", "helper", None), ("r2", "reader", None)]
    assert story.ask("select problem from roster.manual_edits where edit_id = 'r3'") == [
        ("it names no role",)
    ]

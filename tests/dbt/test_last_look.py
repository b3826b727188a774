"""What is told ahead is judged at the moment of the last look, by whatever asks for now."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestration.lib.dbt_runner import EVERYTHING
from tests.dbt.building import built
from tests.dbt.edit_story import ADD, ANA, REMOVE, edit
from tests.dbt.side_by_side import Day, Told, side_by_side
from tests.dbt.story import FRI, HOUR, MON, THU, TUE, WED, Story, begun, record, section, student


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return begun(tmp_path)


GROUPS = [
    edit("g1", "add_group", group_id="lab", withdrawn_at=THU),
    edit("m1", "add_to_group", group_id="lab", user_id="ana", withdrawn_at=WED),
    edit("g2", "add_group", THU, group_id="club"),
    edit("m2", "add_to_group", THU, group_id="club", user_id="ana"),
]


def groups(story: Told) -> list[tuple[Any, ...]]:
    return story.ask(
        "select group_id, state, students, is_current from roster.groups order by group_id desc"
    )


@side_by_side
def test_a_group_is_what_it_is_at_the_last_look(story: Told) -> Iterator[Day]:
    """The lab loses Ana on Wednesday and ends on Thursday, when the club begins.

    All of it is told on Monday. No later day brings news, so that nothing is built any more.
    """
    yield story.day(MON, [ANA], edits=GROUPS)
    yield story.day(TUE, [ANA], edits=GROUPS)
    assert groups(story) == [("lab", "active", 1, True), ("club", "planned", 0, False)]

    yield story.day(WED, [ANA], edits=GROUPS, build=False)
    assert groups(story) == [("lab", "empty", 0, True), ("club", "planned", 0, False)]

    yield story.load(THU, manual_edits=GROUPS)
    assert groups(story) == [("lab", "ended", 0, False), ("club", "active", 1, True)]


@side_by_side
def test_an_edit_whose_end_is_told_ahead_is_current_until_then(story: Told) -> Iterator[Day]:
    edits = [
        ADD | {"withdrawn_at": FRI},
        REMOVE | {"made_at": THU},
        edit("r1", "add_role", user_id="ana", role="helper", withdrawn_at=WED),
    ]
    current = (
        "select 'edit', edit_id from roster.manual_edits where is_current union all "
        "select 'role', edit_id from roster.effective_roles where is_current and edit_id <> '' "
        "union all select 'class', edit_id from roster.effective_enrollments where is_current "
        "order by all"
    )
    yield story.day(MON, [ANA], [section("x")], edits=edits)
    yield story.day(TUE, [ANA], [section("x")], edits=edits)
    assert story.ask(current) == [
        ("class", "e1"),
        ("edit", "e1"),
        ("edit", "r1"),
        ("role", "r1"),
    ]

    yield story.day(THU, [ANA], [section("x")], edits=edits, build=False)
    assert story.ask(current) == [("edit", "e1"), ("edit", "e2")]


@side_by_side
def test_the_timeline_tells_nothing_that_has_not_happened(story: Told) -> Iterator[Day]:
    edits = [ADD | {"withdrawn_at": FRI}, edit("m1", "add_role", FRI, user_id="ana", role="helper")]
    ahead = [record("ahead", FRI + HOUR)]
    told = "select event from roster.student_timeline where student_id = 'ana' order by all"
    yield story.day(MON, [ANA], [section("x")], edits=edits, progress=ahead)
    yield story.day(TUE, [ANA], [section("x")], edits=edits, progress=ahead)
    assert story.ask(told) == [("created",), ("edited by hand",)]

    yield story.load(FRI + 2 * HOUR, manual_edits=edits)
    assert [event for (event,) in story.ask(told)] == [
        "created", "edit withdrawn", "edited by hand", "edited by hand", "progress milestone",
    ]  # fmt: skip


@side_by_side
def test_a_sync_that_was_not_taken_over_is_no_look(story: Told) -> Iterator[Day]:
    yield story.day(MON, [ANA], edits=GROUPS)
    yield story.day(TUE, [ANA], edits=GROUPS)
    story.hold(FRI)

    assert groups(story) == [("lab", "active", 1, True), ("club", "planned", 0, False)]


#: All that the records of progress are made of, and their checks.
_PROGRESS = (*EVERYTHING, "--select", "+progress_records", "+touched_progress")


def test_a_check_tells_of_progress_that_comes_in_under_an_archived_student(story: Story) -> None:
    def failures() -> int | None:
        [check] = [
            result
            for result in built(story.warehouse, *_PROGRESS)
            if result.name.startswith("has_none_of_archived")
        ]
        assert check.status == ("warn" if check.failures else "pass")
        return check.failures

    records = [record("mon", MON + HOUR), record("gone", TUE + HOUR)]
    story.day(MON, [student("ana")], progress=records[:1], build=False)
    story.day(TUE, [student("ben")], progress=records[:1], build=False)
    assert failures() == 0
    story.application.load(WED, progress=records)
    assert failures() == 1
    story.application.load(THU, progress=records[:1])
    assert failures() == 0

"""A student's life, event by event."""

from __future__ import annotations

from pathlib import Path

from tests.dbt.story import HOUR, MON, THU, TUE, WED, begun, record, section, student


def test_a_life_is_told_in_order_and_completely(tmp_path: Path) -> None:
    """Created, another class of the same teacher, moved school and grade, gone, back with lee."""
    story = begun(tmp_path)
    done = [record("p1", MON + HOUR), record("p2", MON + 2 * HOUR)]
    story.day(MON, [student("ana")], [section("x", "ana")], progress=done, build=False)
    moved = student("ana", grade="8", school="oak")
    story.day(TUE, [moved], [section("x"), section("y", "ana")], build=False)
    story.day(WED, [student("ben")], [section("x"), section("y")], build=False)
    edit = {"id": "e1", "kind": "add_to_group", "user_id": "ana", "group_id": "chess"}
    edits = [{**edit, "made_at": TUE + HOUR, "withdrawn_at": WED + HOUR}]
    story.day(THU, [moved], [section("x"), section("y", "ana", teachers=["lee"])], edits=edits)

    events = story.ask(
        "select event_number, happened_at, line from roster.student_timeline "
        "where student_id = 'ana' order by event_number"
    )
    assert events == [
        (1, MON, "first seen at Clever"),
        (2, MON, "entered section x"),
        (3, MON, "gained teacher kim"),
        (4, MON + HOUR, "first lesson_completion of 2026-2027"),
        (5, TUE, "grade changed from 7 to 8"),
        (6, TUE, "moved from school elm to oak"),
        (7, TUE, "left section x"),
        (8, TUE, "entered section y"),
        (9, TUE + HOUR, "edited by hand: add_to_group group chess"),
        (10, WED, "archived: Clever shows the student no longer"),
        (11, WED, "left section y"),
        (12, WED, "lost teacher kim"),
        (13, WED + HOUR, "edit withdrawn: add_to_group group chess"),
        (14, THU, "restored: Clever shows the student again"),
        (15, THU, "entered section y"),
        (16, THU, "gained teacher lee"),
    ]

"""A student's life, event by event."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.dbt.dbt_warehouse import Record
from tests.dbt.story import FRI, HOUR, MON, THU, TUE, WED, begun, record, section, student


def test_a_life_is_told_in_order_and_completely(tmp_path: Path) -> None:
    """Created, another class of the same teacher, moved school and grade, gone, back with lee."""
    story = begun(tmp_path)
    done = [record("p1", MON + HOUR), record("p2", MON + 2 * HOUR)]
    story.day(MON, [student("ana")], [section("x", "ana")], progress=done, build=False)
    moved = student("ana", grade="8", school="oak")
    story.day(TUE, [moved], [section("x"), section("y", "ana")], build=False)
    story.day(WED, [student("ben")], [section("x"), section("y")], build=False)
    group = {"id": "g1", "kind": "add_group", "group_id": "chess", "name": "Chess club"}
    edit = {"id": "e1", "kind": "add_to_group", "user_id": "ana", "group_id": "chess"}
    edits = [
        {**group, "made_at": MON},
        {**edit, "made_at": TUE + HOUR, "withdrawn_at": WED + HOUR},
    ]
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
        (9, TUE + HOUR, "edited by hand: added to group Chess club"),
        (10, WED, "archived: Clever shows the student no longer"),
        (11, WED, "left section y"),
        (12, WED, "lost teacher kim"),
        (13, WED + HOUR, "edit withdrawn: added to group Chess club"),
        (14, THU, "restored: Clever shows the student again"),
        (15, THU, "entered section y"),
        (16, THU, "gained teacher lee"),
    ]


def test_names_are_those_of_the_time_where_an_id_is_used_again(tmp_path: Path) -> None:
    """The section x is Biology until Tuesday, and Art from then on, without Ana."""
    story = begun(tmp_path)
    schools = [{"id": "elm", "name": "Elm School"}, {"id": "oak", "name": "Oak School"}]
    teacher = {"id": "joy", "name": {"first": "Joy", "last": "Reed"}}
    joy = {**teacher, "roles": {"teacher": {"school": "elm"}}}
    biology = section("x", "ana", teachers=["joy"], name="Biology")
    story.day(MON, [student("ana"), joy], [biology], build=False, schools=schools)
    art = section("x", teachers=["joy"], name="Art")
    moved = student("ana", school="oak")
    story.day(TUE, [moved, joy], [art], schools=schools)

    lines = story.ask(
        "select line from roster.student_timeline where student_id = 'ana' order by event_number"
    )
    assert [line for (line,) in lines] == [
        "first seen at Clever",
        "entered section Biology",
        "gained teacher Joy Reed",
        "moved from school Elm School to Oak School",
        "left section Biology",
        "lost teacher Joy Reed",
    ]


def test_schools_and_teachers_are_called_what_they_were_called_then(tmp_path: Path) -> None:
    """Elm is renamed on Tuesday, when Ana leaves it and Joy Reed, who marries on Wednesday."""
    story = begun(tmp_path)

    def schools(elm: str) -> dict[str, Any]:
        return {"schools": [{"id": "elm", "name": elm}, {"id": "oak", "name": "Oak"}]}

    def joy(last: str) -> dict[str, Any]:
        name = {"first": "Joy", "last": last}
        return {"id": "joy", "name": name, "roles": {"teacher": {"school": "elm"}}}

    x, moved = section("x", "ana", teachers=["joy"]), student("ana", school="oak")
    story.day(MON, [student("ana"), joy("Reed")], [x], build=False, **schools("Elm"))
    story.day(TUE, [moved, joy("Reed")], [section("x")], build=False, **schools("Elm II"))
    story.day(WED, [moved, joy("Hill")], [x], build=False, **schools("Elm II"))
    story.day(THU, [student("ana"), joy("Hill")], [x], **schools("Elm III"))

    told = story.ask(
        "select happened_at, object_id, previous_id, line from roster.student_timeline "
        "where object in ('teachers', 'schools') and object_id <> 'kim' order by event_number"
    )
    assert told == [
        (MON, "joy", None, "gained teacher Joy Reed"),
        (TUE, "oak", "elm", "moved from school Elm to Oak"),
        (TUE, "joy", None, "lost teacher Joy Reed"),
        (WED, "joy", None, "gained teacher Joy Hill"),
        (THU, "elm", "oak", "moved from school Oak to Elm III"),
    ]


def test_an_edit_is_told_by_the_names_of_its_time(tmp_path: Path) -> None:
    """The class is renamed on Wednesday, the group on Thursday, when the edits are withdrawn."""
    story = begun(tmp_path)
    group: Record = {"id": "e1", "kind": "add_group", "group_id": "g", "made_at": MON + HOUR}
    into = {"id": "e2", "kind": "add_to_group", "user_id": "ana", "group_id": "g"}
    added = {"id": "e3", "kind": "add_student", "user_id": "ana", "section_id": "x"}
    days = ((MON, "Math", "Chess"), (WED, "Maths", "Chess"), (THU, "Maths", "Go"))
    for day, class_, club in days:
        times: Record = {
            "made_at": MON + 2 * HOUR,
            "withdrawn_at": THU + HOUR if day == THU else None,
        }
        edits = [group | {"name": club}, into | times, added | times]
        story.day(day, [student("ana")], [section("x", name=class_)], edits=edits, build=False)
    story.day(FRI, [student("ana")], [section("x", name="Maths")])

    told = story.ask(
        "select event, line from roster.student_timeline "
        "where object = 'edits' order by event_number"
    )
    assert told == [
        ("edited by hand", "edited by hand: added to group Chess"),
        ("edited by hand", "edited by hand: added to section Math"),
        ("edit withdrawn", "edit withdrawn: added to group Go"),
        ("edit withdrawn", "edit withdrawn: added to section Maths"),
    ]


def test_who_stays_without_being_a_student_is_told_so(tmp_path: Path) -> None:
    story = begun(tmp_path)
    story.day(MON, [student("ana")], build=False)
    story.day(TUE, [{"id": "ana", "roles": {"staff": {"schools": ["elm"]}}}])

    assert story.ask("select line from roster.student_timeline order by event_number") == [
        ("first seen at Clever",),
        ("archived: the user is a student no longer",),
    ]

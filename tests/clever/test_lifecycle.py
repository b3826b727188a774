"""What a district's days become in the change log."""

from __future__ import annotations

import json

from .world import ELM, OAK, Home, World, counts, line, oid, school, section, student, user


def test_the_first_sync_logs_every_record_as_created(world: World, home: Home) -> None:
    result = home.sync()

    assert counts(result) == {"created": 5}
    assert home.log() == [(1, "1", "created"), (1, "2", "created"), (1, "3", "created")]
    assert home.log("districts") == [(1, str(int(ELM[1:], 16)), "created")]
    assert home.sql(
        "select payload, roles, extra from clever_raw.users where id = " + q(oid(1))
    ) == [
        (
            '{"district":"' + ELM + '","email":"user1@example.org","id":"' + oid(1) + '",'
            '"name":{"first":"Ada","last":"Lee"},"roles":{"student":{"grade":"3",'
            '"school":"' + oid(1, "c") + '","schools":["' + oid(1, "c") + '"],"sis_id":"1"}}}',
            "student",
            None,
        )
    ]


def test_all_raw_tables_exist_even_when_a_district_is_empty(world: World, home: Home) -> None:
    world.day(1)

    result = home.sync()

    assert result.complete
    tables = "districts schools terms courses sections users syncs sync_counts rejected_records"
    for table in tables.split():
        home.sql(f"from clever_raw.{table}")


def test_a_day_without_changes_adds_only_its_line(world: World, home: Home) -> None:
    world.day(2)
    home.sync()

    result = home.sync(day=2)

    assert counts(result) == {"unchanged": 5}
    assert result.rows == 0
    assert home.status(2) == ("complete", None)
    assert home.sql("select count(*) from clever_raw._dlt_loads") == [(1,)]


def test_other_orders_and_blanks_are_no_change(world: World, home: Home) -> None:
    world.day(1, {"sections": [section(1, [1, 2, 3], ext={"a": "1", "b": [{"x": ""}]})]})
    shuffled = section(1, [3, 1, 2, 2], period=None, subject="", ext={"b": [], "a": "1"})
    world.day(2, {"sections": [dict(reversed(shuffled.items()))]})
    home.sync()

    assert counts(home.sync(day=2)) == {"unchanged": 1}


def test_volatile_fields_are_no_change(world: World, home: Home) -> None:
    moved = {**student(1, email="other@example.org"), "last_modified": "2026-08-18T00:00:00.000Z"}
    world.day(2, {"users": [moved, student(2), student(3)]}, state="pending", pause_start="2027")
    home.sync()

    result = home.sync(day=2)

    assert counts(result) == {"unchanged": 5}
    assert line(result).rows == 0
    assert line(result).clever.state == "pending"


def test_each_change_is_logged_once_as_what_it_is(world: World, home: Home) -> None:
    world.day(2, {"users": [student(1, grade="4"), student(3), student(4)]})
    world.day(3)
    world.day(4, {"users": [student(1, grade="4"), student(2), student(3), student(4)]})
    home.sync()
    for day in (2, 3, 4):
        home.sync(day=day)

    assert home.log()[3:] == [
        (2, "1", "updated"),
        (2, "2", "removed"),
        (2, "4", "created"),
        (4, "2", "restored"),
    ]
    assert home.sql("select payload, hash, roles from clever_raw.users where change='removed'") == [
        (None, None, None)
    ]


def test_a_record_restored_with_other_data_is_restored(world: World, home: Home) -> None:
    world.day(2, {"users": [student(1)]})
    world.day(3, {"users": [student(1), student(2, grade="5")]})
    for day in (1, 2, 3):
        home.sync(day=day)

    assert home.log()[-1] == (3, "2", "restored")
    assert (
        json.loads(home.sql("select payload from clever_raw.users where sync_id = 3")[0][0])[
            "roles"
        ]["student"]["grade"]
        == "5"
    )


def test_an_empty_role_is_a_role(world: World, home: Home) -> None:
    world.day(1, {"users": [user(1, teacher={}, staff={"title": ""})]})
    world.day(2, {"users": [user(1, teacher={})]})
    home.sync()
    home.sync(day=2)

    assert home.sql("select change, roles from clever_raw.users order by sync_id") == [
        ("created", "staff,teacher"),
        ("updated", "teacher"),
    ]


def test_unknown_fields_are_kept_apart_by_kind_of_record(world: World, home: Home) -> None:
    odd = {**user(1, student={"clubs": ["b", "a"], "location": {"city": "X", "county": "Y"}})}
    world.day(1, {"users": [{**odd, "nick": "Z"}, student(2)], "schools": [{**school(), "x": 1}]})
    home.sync()

    assert [
        row[0] and json.loads(row[0])
        for row in home.sql("select extra from clever_raw.users order by id")
    ] == [
        {"user": {"nick": "Z"}, "student": {"clubs": ["b", "a"], "location": {"county": "Y"}}},
        None,
    ]
    assert home.sql("select extra from clever_raw.schools") == [('{"school":{"x":1}}',)]


def test_an_unknown_role_is_a_role_and_kept(world: World, home: Home) -> None:
    world.day(1, {"users": [user(1, librarian={"shelf": 3}, staff={})]})
    home.sync()

    assert home.sql("select roles, extra from clever_raw.users") == [
        ("librarian,staff", '{"user":{"roles":{"librarian":{"shelf":3}}}}')
    ]


def test_a_field_of_another_type_stops_nothing(world: World, home: Home) -> None:
    world.day(1, {"users": [student(1, grade=3), {**student(2), "name": "Ada Lee"}]})
    home.sync()

    assert home.sql("select extra from clever_raw.users order by id") == [
        (None,),
        ('{"user":{"name":"Ada Lee"}}',),
    ]
    assert '"grade":3' in home.sql("select payload from clever_raw.users order by id")[0][0]


def test_users_are_counted_by_role_for_whoever_judges_them(world: World, home: Home) -> None:
    world.day(1, {"users": [user(1, teacher={}, staff={}), user(2, teacher={}), student(3)]})
    changed = user(1, teacher={"title": "Dr"}, district_admin={})
    world.day(2, {"users": [changed, student(3), student(4)]})
    home.sync()

    users = line(home.sync(day=2)).objects[-1]

    found = {
        role: (c.present, c.created, c.updated, c.removed) for role, c in users.turnover.items()
    }
    assert found == {
        "users": (3, 1, 1, 1),
        "students": (1, 1, 0, 0),
        "teachers": (2, 0, 1, 1),
        "staff": (1, 0, 0, 1),
        "district_admins": (0, 1, 0, 0),
        "contacts": (0, 0, 0, 0),
    }


def test_the_lines_of_a_sync_add_up(world: World, home: Home) -> None:
    world.day(2, {"users": [student(1, grade="4"), student(4)]}, state="error", error="Held.")
    home.sync()
    home.sync(day=2)

    assert home.sql(
        "select records_seen, created, updated, archived, restored, unchanged, clever_state, "
        "clever_error, clever_last_sync::varchar, mode, run_id, observed_at::varchar "
        f"from clever_raw.syncs where sync_id = 2 and district_id = {q(ELM)}"
    ) == [
        (
            5,
            1,
            1,
            2,
            0,
            3,
            "error",
            "Held.",
            "2026-08-18 01:00:00",
            "full",
            "run-2",
            "2026-08-18 02:00:00",
        )
    ]
    assert home.sql(
        "select object, seen, created, updated, archived, restored, unchanged "
        f"from clever_raw.sync_counts where sync_id = 2 and district_id = {q(ELM)} and seen > 0"
    ) == [
        ("districts", 1, 0, 0, 0, 0, 1),
        ("schools", 1, 0, 0, 0, 0, 1),
        ("sections", 1, 0, 0, 0, 0, 1),
        ("users", 2, 1, 1, 2, 0, 0),
    ]


def test_districts_share_nothing_but_the_number_of_the_sync(world: World, home: Home) -> None:
    world.day(1, {"users": [student(1)]}, {"users": [student(9, OAK)]})
    world.day(2, None, {"users": []})
    home.sync()
    home.sync(day=2)

    assert home.log() == [(1, "1", "created")]
    assert home.log(district=OAK) == [(1, "9", "created"), (2, "9", "removed")]


def test_nothing_is_left_behind_by_a_finished_sync(world: World, home: Home) -> None:
    home.sync()

    left = [path for path in home.folder.rglob("*") if path.is_file()]
    assert not [path for path in left if path.suffix in (".parquet", ".jsonl", ".arrow")]
    assert not (home.folder / "runs" / "run-1").exists()
    for path in left:
        if path.name != "warehouse.duckdb":
            assert b"user1@example.org" not in path.read_bytes()


def q(text: str) -> str:
    return f"'{text}'"

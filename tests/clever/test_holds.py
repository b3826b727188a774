"""A district of which too much is gone or changed at once is held: nothing of it is taken over."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from dlt_sources.clever.limits import Limits, Rollover, read_setting

from .world import ELM, OAK, Home, Lists, World, counts, line, oid, school, section, student, user

#: The world's days are in August; without windows nothing may turn over.
_NO_WINDOWS = Rollover(windows=[])
_TURNOVER = (
    "select object, present, created, updated, removed, limit_hit, applied_as, approved_by "
    "from clever_raw.turnover where sync_id = {} and limit_hit is not null order by object"
)


def _students(*numbers: int, **role: Any) -> Lists:
    return {"users": [student(number, **role) for number in numbers]}


def _held(home: Home, sync_id: int) -> list[tuple[Any, ...]]:
    return home.sql(_TURNOVER.format(sync_id))


@pytest.fixture
def hundred(world: World, home: Home) -> Home:
    """Elm with a hundred students, synced; Oak shows one who changes every day."""
    world.day(1, _students(*range(100)), _oak(1))
    home.set(rollover=_NO_WINDOWS)
    home.sync()
    return home


def _oak(day: int) -> Lists:
    return {"users": [student(500, OAK, grade=str(day))]}


def test_more_than_a_tenth_gone_holds_the_district_and_no_other(
    world: World, hundred: Home
) -> None:
    world.day(2, _students(*range(11, 100)), _oak(2))

    result = hundred.sync(day=2)

    status, error = hundred.status(2)
    assert status == "held"
    assert "of 100 students 11 would be removed" in (error or "")
    assert f"--approve-removals --district {ELM}" in (error or "")
    assert line(result).rows == 0
    assert {change for _, _, change in hundred.log()} == {"created"}
    assert _held(hundred, 2) == [("students", 100, 0, 0, 11, "more than 10 % removed", None, None)]
    assert hundred.sql("select sample_ids from clever_raw.turnover where sync_id = 2 "
                       f"and district_id = '{ELM}'") == [
        (",".join(oid(number) for number in range(5)),)
    ]  # fmt: skip
    assert hundred.status(2, OAK)[0] == "complete"
    assert hundred.log(district=OAK)[-1] == (2, "500", "updated")


def test_exactly_a_tenth_gone_is_taken_over(world: World, hundred: Home) -> None:
    world.day(2, _students(*range(10, 100)), _oak(2))

    assert counts(hundred.sync(day=2)) == {"archived": 10, "unchanged": 90}
    assert _held(hundred, 2) == []


def test_more_than_three_quarters_changed_hold_the_district(world: World, hundred: Home) -> None:
    changed = [student(number, grade="4") for number in range(76)]
    world.day(2, {"users": [*changed, *(student(number) for number in range(76, 100))]})

    hundred.sync(day=2)

    assert hundred.status(2)[0] == "held"
    assert _held(hundred, 2) == [("students", 100, 0, 76, 0, "more than 75 % updated", None, None)]


def test_a_list_that_is_suddenly_empty_is_held(world: World, hundred: Home) -> None:
    world.day(2, {"users": []})

    hundred.sync(day=2)

    assert hundred.status(2)[0] == "held"


def test_users_are_judged_by_role(world: World, home: Home) -> None:
    """Twelve teachers are few among all users, but they are all the teachers."""
    teachers = [user(number, teacher={"sis_id": str(number)}) for number in range(200, 212)]
    world.day(1, {"users": [*_students(*range(200))["users"], *teachers]})
    world.day(2, _students(*range(200)))
    home.set(rollover=_NO_WINDOWS)
    home.sync()

    home.sync(day=2)

    assert _held(home, 2) == [("teachers", 12, 0, 0, 12, "more than 10 % removed", None, None)]


def test_a_role_taken_from_many_who_stay_counts_as_removed(world: World, home: Home) -> None:
    both = [user(number, teacher={}, staff={}) for number in range(12)]
    world.day(1, {"users": both})
    world.day(2, {"users": [user(number, teacher={}) for number in range(12)]})
    home.sync()

    home.sync(day=2)

    held = _held(home, 2)
    assert [(name, removed) for name, _, _, _, removed, *_ in held] == [
        ("staff", 12),
        ("teachers", 0),
    ]
    [(sample,)] = home.sql(
        "select sample_ids from clever_raw.turnover where sync_id = 2 and object = 'staff'"
    )
    assert sample.split(",") == [oid(number) for number in range(5)]


def test_a_mistake_that_clever_corrects_heals_by_itself(world: World, hundred: Home) -> None:
    world.day(2, _students(1, 2, 3), _oak(2))
    world.day(3, _students(*range(100)), _oak(3))
    hundred.sync(day=2)
    hundred.sync(day=2)

    result = hundred.sync(day=3)

    assert [hundred.status(number)[0] for number in (2, 3, 4)] == ["held", "held", "complete"]
    assert counts(result) == {"unchanged": 100}
    assert len(hundred.log()) == 100


def test_while_held_a_sync_is_judged_against_the_last_state_taken_over(
    world: World, hundred: Home
) -> None:
    """Step by step below the limit, and yet more than the limit since."""
    world.day(2, _students(*range(11, 100)), _oak(2))
    world.day(3, _students(*range(12, 100)), _oak(3))
    hundred.sync(day=2)

    hundred.sync(day=3)

    assert _held(hundred, 3)[0][:5] == ("students", 100, 0, 0, 12)


def test_an_approval_applies_it_once_and_is_recorded(world: World, hundred: Home) -> None:
    world.day(2, _students(*range(50, 100)), _oak(2))
    world.day(3, _students(*range(80, 100)), _oak(3))
    hundred.sync(day=2)

    approved = hundred.sync(day=2, approved_by="kim")
    hundred.sync(day=3)

    assert counts(approved) == {"archived": 50, "unchanged": 50}
    hit = "more than 10 % removed"
    assert _held(hundred, 3) == [("students", 100, 0, 0, 50, hit, "approved", "kim")]
    assert hundred.status(4)[0] == "held"
    assert _held(hundred, 4) == [("students", 50, 0, 0, 30, hit, None, None)]


def test_in_a_rollover_window_sections_turn_over_but_people_do_not(
    world: World, home: Home
) -> None:
    sections = [section(number, [1]) for number in range(20)]
    people = _students(*range(20))
    world.day(1, {"sections": sections, **people})
    world.day(2, {"sections": []})
    world.day(3, {"users": []})
    home.sync()

    assert counts(home.sync(day=2)) == {"archived": 20, "unchanged": 20}
    assert _held(home, 2) == [
        ("sections", 20, 0, 0, 20, "more than 10 % removed", "rollover", None)
    ]
    home.sync(day=3)
    assert home.status(3)[0] == "held"


def test_outside_of_a_window_sections_are_held_too(world: World, home: Home) -> None:
    world.day(1, {"sections": [section(number, [1]) for number in range(20)]})
    world.day(2, {"sections": []})
    home.set(rollover=_NO_WINDOWS)
    home.sync()

    home.sync(day=2)

    assert home.status(2)[0] == "held"


def test_around_the_end_of_one_of_its_terms_a_district_may_turn_over(
    world: World, home: Home
) -> None:
    """The terms count that it had: the one that has ended is gone today."""
    term = {"id": oid(1, "f"), "district": ELM, "name": "Fall", "end_date": "2026-08-25"}
    many = [section(number, [1]) for number in range(20)]
    world.day(1, {"sections": many, "terms": [term]})
    world.day(2, {"sections": [], "terms": []})
    home.set(rollover=_NO_WINDOWS)
    home.sync()

    home.sync(day=2)

    assert home.status(2)[0] == "complete"
    assert _held(home, 2)[0][-2] == "rollover"


@pytest.fixture
def classes(world: World, home: Home) -> Home:
    """Six classes of twenty, synced."""
    world.day(1, {"sections": [_class(number, 20) for number in range(6)]})
    home.set(rollover=_NO_WINDOWS)
    home.sync()
    return home


def _class(number: int, size: int) -> Any:
    return section(number, range(number * 100, number * 100 + size))


def test_more_than_half_of_the_enrollments_ended_hold_the_district(
    world: World, classes: Home
) -> None:
    world.day(2, {"sections": [_class(number, 9) for number in range(6)]})

    classes.sync(day=2)

    assert classes.status(2)[0] == "held"
    assert _held(classes, 2) == [
        ("enrollments", 120, 0, 0, 66, "more than 50 % removed", None, None)
    ]


def test_enrollments_are_counted_on_from_sync_to_sync(world: World, classes: Home) -> None:
    """Sections that were not touched since the first sync count all the same."""
    world.day(2, {"sections": [_class(0, 25), *(_class(number, 20) for number in range(1, 6))]})
    world.day(3, {"sections": [_class(0, 25), *(_class(number, 8) for number in range(1, 6))]})
    world.day(4, {"sections": [_class(0, 25), *(_class(number, 8) for number in range(2, 6))]})
    classes.sync(day=2)
    classes.sync(day=3)

    assert classes.status(3)[0] == "complete"  # 60 of 125 ended
    classes.sync(day=4)
    assert classes.sql(
        "select present, created, removed from clever_raw.turnover "
        f"where object = 'enrollments' and district_id = '{ELM}' order by sync_id"
    ) == [(0, 120, 0), (120, 5, 0), (125, 0, 60), (65, 0, 8)]


def test_a_log_that_never_noted_its_enrollments_is_counted(world: World, classes: Home) -> None:
    """As one of an older version; half a section is little of six."""
    world.day(2, {"sections": [*(_class(number, 10) for number in range(5)), _class(5, 20)]})
    with duckdb.connect(str(classes.folder / "warehouse.duckdb")) as connection:
        connection.execute("delete from clever_raw.turnover")

    classes.sync(day=2)

    assert classes.status(2)[0] == "complete"
    assert classes.sql(
        "select present, removed from clever_raw.turnover where object = 'enrollments'"
    ) == [(120, 50)]


def test_one_school_of_many_may_have_a_limit_of_its_own(world: World, home: Home) -> None:
    """All of a school's twenty students are a fiftieth of the district's."""
    schools = [school(number) for number in range(50)]
    people = [
        student(number, school=oid(number // 20, "c"), schools=[oid(number // 20, "c")])
        for number in range(1000)
    ]
    world.day(1, {"schools": schools, "users": people})
    world.day(2, {"users": people[20:]})
    world.day(3, {"users": people})
    world.day(4, {"users": people[20:]})
    home.sync()

    assert home.sync(day=2).complete
    home.sync(day=3)
    home.set(limits=read_setting("limits", {"schools": {"removed": 0.5, "at_least": 10}}, Limits))
    home.sync(day=4)

    assert home.status(4)[0] == "held"
    [(_, present, _, _, removed, hit, *_)] = _held(home, 4)
    assert (present, removed) == (1000, 20)
    assert hit == f"school {oid(0, 'c')}: more than 50 % removed"


def test_with_limits_of_all_records_nothing_is_ever_held(world: World, hundred: Home) -> None:
    world.day(2, {"users": []})
    hundred.set(limits=read_setting("limits", {"removed": 1, "updated": 1}, Limits))

    assert counts(hundred.sync(day=2)) == {"archived": 100}

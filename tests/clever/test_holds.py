"""A district of which too much is gone or changed at once is held: nothing of it is taken over."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

from dlt_sources.clever.compare import NAMELESS
from dlt_sources.clever.limits import Limits, Rollover, read_setting
from dlt_sources.sandbox import Fault
from dlt_sources.time_zones import TimeZones

from .world import (
    ELM,
    OAK,
    Home,
    Lists,
    Record,
    World,
    counts,
    line,
    oid,
    school,
    section,
    student,
    user,
)

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

    hit = "all 12 gone with nothing in their place"
    assert _held(home, 2) == [("teachers", 12, 0, 0, 12, hit, None, None)]


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


def _term(number: int, end: str | None) -> Any:
    more = {"end_date": end} if end else {}
    return {"id": oid(number, "f"), "district": ELM, "name": f"Term {number}", **more}


def _of_term(number: int, term: int, course: int = 1) -> Any:
    more = {"term_id": oid(term, "f"), "course": oid(course, "b")}
    return section(number, [number], **more)


def _course(number: int) -> Any:
    return {"id": oid(number, "b"), "district": ELM, "name": f"Course {number}"}


#: The term 1 is over on the world's days (in August, in a window), the term 2 is not.
_TERMS = [_term(1, "2026-06-12"), _term(2, "2027-06-11")]


def test_in_a_rollover_window_what_has_ended_goes_without_a_replacement(
    world: World, home: Home
) -> None:
    """The new year's sections come weeks after the old one's are gone; people never roll over."""
    old = [_of_term(number, 1, course=number) for number in range(20)]
    courses = [_course(number) for number in range(20)]
    people = _students(*range(20))
    world.day(1, {"sections": old, "courses": courses, "terms": _TERMS, **people})
    world.day(2, {"sections": [], "courses": [], "terms": _TERMS[1:]})
    world.day(3, {"sections": [_of_term(number, 2) for number in range(30, 50)]})
    world.day(4, {"users": []})
    home.sync()

    assert counts(home.sync(day=2)) == {"archived": 41, "unchanged": 21}
    assert [
        (name, removed, hit, applied) for name, _, _, _, removed, hit, applied, _ in _held(home, 2)
    ] == [
        ("courses", 20, "more than 10 % removed", "rollover"),
        ("sections", 20, "all 20 gone with nothing in their place", "rollover"),
    ]
    assert home.sync(day=3).complete
    home.sync(day=4)
    assert home.status(4)[0] == "held"


@pytest.mark.parametrize("left", [0, 10])
def test_in_a_rollover_window_an_emptied_list_is_held_while_its_term_is_not_over(
    world: World, home: Home, left: int
) -> None:
    """September: the year has just begun, and the list is empty, or half of it."""
    sections = [_of_term(number, 2) for number in range(20)]
    world.day(1, {"sections": sections, "terms": _TERMS, "users": [student(1)]})
    world.day(2, {"sections": sections[:left]})
    home.sync()

    home.sync(day=2)

    assert home.status(2)[0] == "held"
    approved = home.sync(day=2, approved_by="kim")
    assert approved.complete and counts(approved)["archived"] == 20 - left


@pytest.mark.parametrize(
    ("what", "sections"),
    [("no term", section(0, [1])), ("a term without an end", _of_term(0, 3))],
)
def test_what_says_no_end_has_not_ended(world: World, home: Home, what: str, sections: Any) -> None:
    many = [{**sections, "id": oid(number, "e")} for number in range(20)]
    world.day(1, {"sections": many, "terms": [*_TERMS, _term(3, None)]})
    world.day(2, {"sections": []})
    home.sync()

    home.sync(day=2)

    assert home.status(2)[0] == "held", what


@pytest.mark.parametrize(("came", "status"), [(15, "complete"), (14, "held")])
def test_in_a_rollover_window_about_as_many_must_come_as_go(
    world: World, home: Home, came: int, status: str
) -> None:
    """A new semester in the middle of a term: others take the place of those that go."""
    world.day(1, {"sections": [_of_term(number, 2) for number in range(20)], "terms": _TERMS})
    world.day(2, {"sections": [_of_term(number, 2) for number in range(30, 30 + came)]})
    home.sync()

    home.sync(day=2)

    assert home.status(2)[0] == status


@pytest.mark.parametrize(
    ("form", "status"),
    [
        (str.upper, "held"),
        (lambda one: f"x{one}", "held"),
        (lambda one: oid(int(one[1:], 16) + 100), "held"),  # students who are gone
        (lambda one: oid(int(one[1:], 16) + 200), "complete"),  # students who have come
        (lambda one: oid(int(one[1:], 16) + 300), "complete"),  # students who are there
    ],
)
def test_names_of_nobody_take_nobodys_place_in_a_window(
    world: World, home: Home, form: Any, status: str
) -> None:
    """An enrollment replaces another only if it can be in force: of a student who is there."""
    there, gone, come = list(range(60)), list(range(100, 160)), list(range(200, 260))
    more = list(range(300, 360))
    other: Record = {"roles": {"district_admin": {}}}
    world.day(
        1,
        {
            "users": [student(number) for number in [*there, *gone, *more]],
            "sections": [section(1, there)],
        },
    )
    listed = [form(oid(number)) for number in there]
    left = [{**user(number), **other} for number in gone]
    world.day(
        2,
        {
            "users": [*map(student, there), *left, *map(student, come), *map(student, more)],
            "sections": [{**section(1, []), "students": listed}],
        },
    )
    limits = read_setting("limits", {"objects": {"students": {"removed": 1}}}, Limits)
    home.set(limits=limits)
    home.sync()

    home.sync(day=2)

    assert home.status(2)[0] == status


def test_of_what_has_ended_nothing_counts_for_the_rest(world: World, home: Home) -> None:
    """Eighty of the old year go as they should, and with them half of the new one."""
    old = [_of_term(number, 1) for number in range(80)]
    new = [_of_term(number, 2) for number in range(100, 140)]
    world.day(1, {"sections": [*old, *new], "terms": _TERMS})
    world.day(2, {"sections": new[:20]})
    world.day(3, {"sections": new[:37]})
    home.sync()

    home.sync(day=2)
    home.sync(day=3)

    assert [home.status(number)[0] for number in (2, 3)] == ["held", "complete"]


def test_a_course_goes_with_the_last_section_that_used_it(world: World, home: Home) -> None:
    """A course that nobody used, or that one of this year still uses, has not ended."""
    courses = [_course(number) for number in range(40)]
    old = [_of_term(number, 1, course=number) for number in range(20)]
    new = _of_term(50, 2, course=1)
    world.day(1, {"sections": [*old, new], "courses": courses, "terms": _TERMS})
    world.day(2, {"courses": [courses[0], courses[1], *courses[20:]]})
    world.day(3, {"courses": [*courses[:2], courses[20]]})
    home.sync()

    assert home.sync(day=2).complete
    home.sync(day=3)
    assert home.status(3)[0] == "held"


def test_enrollments_end_with_what_has_ended(world: World, home: Home) -> None:
    """Classes that are over are emptied before they go; those of this year may not be."""

    def classes(old: int, new: int) -> Lists:
        return {
            "sections": [
                *(section(n, range(n * 100, n * 100 + old), term_id=oid(1, "f")) for n in range(4)),
                *(
                    section(n, range(n * 100, n * 100 + new), term_id=oid(2, "f"))
                    for n in range(4, 8)
                ),
            ]
        }

    world.day(1, {**classes(20, 20), "terms": _TERMS})
    world.day(2, classes(0, 20))
    world.day(3, classes(0, 0))
    home.sync()

    assert home.sync(day=2).complete
    home.sync(day=3)
    assert home.status(3)[0] == "held"


def _all_of(name: str, number: int) -> Lists:
    teachers = [user(200 + n, teacher={"sis_id": str(n)}) for n in range(number)]
    lists: dict[str, Lists] = {
        "schools": {"schools": [school(n) for n in range(number)]},
        "students": _students(*range(number)),
        "teachers": {"users": [*_students(100)["users"], *teachers]},
        "sections": {"sections": [section(n, []) for n in range(number)]},
        "staff": {"users": [*_students(100)["users"], *(user(n, staff={}) for n in range(number))]},
    }
    return lists[name]


@pytest.mark.parametrize("windows", [[], ["01-01/12-31"]])
@pytest.mark.parametrize(
    ("name", "number", "came", "status"),
    [
        ("schools", 5, 0, "held"),
        ("students", 3, 0, "held"),
        ("teachers", 9, 0, "held"),
        ("sections", 3, 0, "held"),
        ("sections", 2, 0, "complete"),
        ("schools", 5, 1, "complete"),
        ("staff", 4, 0, "complete"),
    ],
)
def test_all_of_what_no_district_is_without_may_not_go_at_once(
    world: World, home: Home, name: str, number: int, came: int, status: str, windows: list[str]
) -> None:
    """However few there were, and whenever; one in their place is something in their place."""
    key = next(iter(_all_of(name, number)))
    others = _students(100)["users"] if key == "users" and name != "students" else []
    world.day(1, _all_of(name, number))
    world.day(2, {key: [*others, *([school(90)] * came)]})
    home.set(rollover=Rollover(windows=windows))
    home.sync()

    home.sync(day=2)

    assert home.status(2)[0] == status
    if status == "held":
        told = f"all {number} gone with nothing in their place"
        assert (name, number, 0, 0, number, told, None, None) in _held(home, 2)
        assert told in (home.status(2)[1] or "")
        assert home.sync(day=2, approved_by="kim").complete


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
    term = {"id": oid(1, "f"), "district": ELM, "name": "Fall", "end_date": "2026-08-17"}
    many = [section(number, [1], term_id=term["id"]) for number in range(20)]
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


def _strangers(*numbers: int) -> list[Any]:
    """Records that name another district."""
    return [student(number, OAK) for number in numbers]


_REJECTED = (
    "select object, rejected, limit_hit, applied_as, sample_ids from clever_raw.turnover "
    "where sync_id = {} and rejected > 0"
)


def test_a_sync_that_could_not_read_most_of_its_records_is_held_from_the_first_on(
    world: World, home: Home
) -> None:
    """It says what was wrong with them; nothing of the few that could be read is taken over."""
    world.day(1, {"users": [*_strangers(*range(90)), *_students(*range(200, 207))["users"]]})
    broken = tuple(rb'{"id": "%d", "name": "\ud800"}' % number for number in range(3))
    home.sandbox.inject(Fault("records", "/users", district=ELM, records=broken))

    home.sync()

    status, error = home.status(1)
    told = (
        "93 of 100 shown were rejected, more than 10 % rejected: "
        f"the record names another district (90), the record cannot be decoded{NAMELESS} (3)"
    )
    assert status == "held" and told in (error or "")
    ids = ",".join(oid(number) for number in range(5))
    assert home.sql(_REJECTED.format(1)) == [("users", 93, told, None, ids)]
    assert home.sql("select rejected from clever_raw.syncs where error is not null") == [(93,)]
    assert home.log() == [] and home.sql("from clever_raw.rejected_records") == []
    home.sandbox.inject(Fault("records", "/users", district=ELM, records=broken))
    assert home.sync(approved_by="kim").complete
    assert len(home.log()) == 7
    assert home.sql("select count(*) from clever_raw.rejected_records") == [(93,)]
    assert home.sql("select rejected from clever_raw.sync_counts where object = 'users' "
                    f"and district_id = '{ELM}'") == [(93,)]  # fmt: skip


@pytest.mark.parametrize(("broken", "status"), [(9, "complete"), (10, "complete"), (11, "held")])
def test_known_records_that_are_refused_count_though_nothing_changes(
    world: World, hundred: Home, broken: int, status: str
) -> None:
    refused = _strangers(*range(broken))
    world.day(2, {"users": [*refused, *_students(*range(broken, 100))["users"]]})

    result = hundred.sync(day=2)

    assert hundred.status(2)[0] == status
    assert line(result).rejected == broken
    assert len(hundred.log()) == 100, "who was refused stays as he was"


def test_a_window_lets_no_rejected_records_pass(world: World, home: Home) -> None:
    strange = [_of_term(number, 1) | {"district": OAK} for number in range(20)]
    old = [_of_term(number, 1) for number in range(20, 60)]
    world.day(1, {"sections": old, "terms": _TERMS})
    world.day(2, {"sections": strange})
    home.sync()

    home.sync(day=2)

    [(hit, applied_as)] = home.sql(
        "select limit_hit, applied_as from clever_raw.turnover where rejected > 0"
    )
    assert hit.startswith(
        "all 40 gone with nothing in their place and 20 of 20 shown were rejected"
    )
    assert applied_as is None


def test_how_much_may_be_rejected_is_a_setting_by_district_and_list(
    world: World, hundred: Home
) -> None:
    refused = _strangers(*range(30))
    world.day(2, {"users": [*refused, *_students(*range(30, 100))["users"]]})
    own = {"objects": {"users": {"rejected": 0.3}}}
    hundred.set(limits=read_setting("limits", {"districts": {ELM: own}}, Limits))

    assert hundred.sync(day=2).complete


def test_a_log_of_an_older_version_gains_what_it_lacks(world: World, hundred: Home) -> None:
    world.day(2, _students(*range(99)))
    with duckdb.connect(str(hundred.folder / "warehouse.duckdb")) as connection:
        for table in ("syncs", "sync_counts", "turnover"):
            connection.execute(f"alter table clever_raw.{table} drop column rejected")

    assert hundred.sync(day=2).complete

    assert hundred.sql(
        f"select sync_id, rejected from clever_raw.syncs where district_id = '{ELM}' order by 1"
    ) == [(1, None), (2, 0)]


def test_with_limits_of_all_records_nothing_is_ever_held(world: World, hundred: Home) -> None:
    world.day(2, {"users": []})
    hundred.set(limits=read_setting("limits", {"removed": 1, "updated": 1}, Limits))

    assert counts(hundred.sync(day=2)) == {"archived": 100}


@pytest.mark.parametrize(
    ("window", "statuses"),
    [
        ("08-16/08-16", ("held", "held")),
        ("08-17/08-17", ("complete", "held")),
        ("08-18/08-18", ("held", "complete")),
    ],
)
def test_a_window_is_of_days_where_the_district_is(
    world: World, home: Home, window: str, statuses: tuple[str, str]
) -> None:
    """At 02:00 UTC on Tuesday it is Monday evening in Chicago, where Elm is; Oak is in London."""
    zones = TimeZones(ZoneInfo("Europe/London"), {ELM: ZoneInfo("America/Chicago")})
    for day, first in ((1, 0), (2, 100)):
        elm, oak = (
            [section(first + shift + number, [], district) for number in range(20)]
            for district, shift in ((ELM, 0), (OAK, 1000))
        )
        world.day(day, {"sections": elm}, {"sections": oak})
    home.set(rollover=Rollover(windows=[window]), zones=zones)
    home.sync()

    home.sync(day=2)

    assert (home.status(2)[0], home.status(2, OAK)[0]) == statuses


def test_a_term_has_ended_when_its_last_day_is_over_where_the_district_is(
    world: World, home: Home
) -> None:
    """The term's last day is the 17th, which at 02:00 UTC on the 18th still lasts in Chicago."""
    term = {"id": oid(1, "e"), "name": "Summer", "start_date": "2026-06-01",
            "end_date": "2026-08-17"}  # fmt: skip
    world.day(
        1, {"terms": [term], "sections": [section(n, [], term_id=term["id"]) for n in range(20)]}
    )
    world.day(2, {"terms": [term], "sections": [section(99, [])]})
    everyday = Rollover(windows=["01-01/12-31"])
    home.set(rollover=everyday, zones=TimeZones(ZoneInfo("America/Chicago")))
    home.sync()

    home.sync(day=2)
    home.set(rollover=everyday, zones=TimeZones())
    home.sync(day=2)

    assert (home.status(2)[0], home.status(3)[0]) == ("held", "complete")

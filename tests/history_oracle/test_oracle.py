"""The model itself, checked by hand on the smallest cases, so that what it says can be believed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import given, settings

from .changelog import committed, log
from .contract import ASSOCIATIONS, BY_SINGULAR, KINDS, OBJECTS
from .district import new_district
from .limits import Rules
from .oracle import (
    Moment,
    Row,
    World,
    association_history,
    current_records,
    record_history,
    student_teachers,
    unresolved_references,
)
from .reading import attributes, canonical, date_of
from .served import served
from .stories import ROUNDS, Story, play, stories

MONDAY = datetime(2026, 8, 17, 2)
DAYS = [MONDAY + timedelta(days=n) for n in range(9)]


def days(*worlds: World) -> list[Moment]:
    return [Moment(at, world) for at, world in zip(DAYS, worlds, strict=False)]


def user(id_: str, first: str = "Ada", **roles: Any) -> dict[str, Any]:
    return {"id": id_, "name": {"first": first}, "roles": roles}


def users(*records: dict[str, Any]) -> World:
    return {"users": {record["id"]: record for record in records}}


def whole(*records: dict[str, Any]) -> World:
    """All a district shows, with nothing in most lists."""
    return {name: {} for name in OBJECTS} | users(*records)


def lives(singular: str, moments: list[Moment]) -> list[tuple[Any, ...]]:
    """The versions of one kind as (change, day from, day to, first name)."""
    return [
        (row["change_type"], day_of(row["valid_from"]), day_of(row["valid_to"]), row["first_name"])
        for row in record_history(BY_SINGULAR[singular], "d", moments)
    ]


def day_of(at: datetime | None) -> int | None:
    return None if at is None else DAYS.index(at)


def spells(name: str, moments: list[Moment]) -> list[tuple[Any, ...]]:
    """The intervals of one association as (key..., day from, day to)."""
    return [
        (
            *(row[key] for key in ASSOCIATIONS[name]),
            *map(day_of, (row["valid_from"], row["valid_to"])),
        )
        for row in association_history(name, "d", moments)
    ]


class TestRecords:
    def test_a_name_that_changes_and_changes_back_makes_three_versions(self) -> None:
        worlds = (users(user("u", name)) for name in ("Ada", "Eda", "Ada"))
        assert lives("user", days(*worlds)) == [
            ("created", 0, 1, "Ada"),
            ("updated", 1, 2, "Eda"),
            ("updated", 2, None, "Ada"),
        ]

    def test_an_archived_stretch_carries_what_was_last_known(self) -> None:
        here, gone = users(user("u")), users()
        moments = days(here, gone, gone, here, gone)
        assert lives("user", moments) == [
            ("created", 0, 1, "Ada"),
            ("archived", 1, 3, "Ada"),
            ("restored", 3, 4, "Ada"),
            ("archived", 4, None, "Ada"),
        ]

    def test_a_life_is_told_as_of_each_version(self) -> None:
        here, gone = users(user("u")), users()
        rows = record_history(BY_SINGULAR["user"], "d", days(here, gone, here, gone))
        told = [
            (
                *(day_of(row[when]) for when in ("first_seen_at", "archived_at", "restored_at")),
                row["times_archived"],
                row["record_status"],
            )
            for row in rows
        ]
        assert told == [
            (0, None, None, 0, "active"),
            (0, 1, None, 1, "archived"),
            (0, None, 2, 1, "active"),
            (0, 3, 2, 2, "archived"),
        ]

    def test_one_restored_with_another_name_is_restored_not_updated(self) -> None:
        moments = days(users(user("u")), users(), users(user("u", "Eda")))
        assert lives("user", moments)[-1] == ("restored", 2, None, "Eda")

    def test_a_role_that_goes_is_archived_in_its_own_table_only(self) -> None:
        moments = days(
            users(user("u", student={"grade": "1"})),
            users(user("u", "Eda")),
            users(user("u", "Ida", student={})),
        )
        assert lives("student", moments) == [
            ("created", 0, 1, "Ada"),
            ("archived", 1, 2, "Ada"),
            ("restored", 2, None, "Ida"),
        ]
        assert [change for change, *_ in lives("user", moments)] == [
            "created",
            "updated",
            "updated",
        ]

    def test_a_change_inside_a_role_is_none_of_the_user(self) -> None:
        moments = days(users(user("u", student={})), users(user("u", student={"grade": "2"})))
        assert len(lives("user", moments)) == 1
        assert len(lives("student", moments)) == 2

    def test_a_list_that_an_association_holds_makes_no_version(self) -> None:
        moments = days(
            users(user("u", student={"schools": ["a"]})),
            users(user("u", student={"schools": ["b"]})),
        )
        assert len(lives("student", moments)) == 1
        assert log(moments) == [[("users", "u", "created")], [("users", "u", "updated")]]

    def test_the_log_tells_what_changed_and_nothing_else(self) -> None:
        here, gone = users(user("u"), user("v")), users(user("v"))
        changes = [
            [change for _, id_, change in gain] for gain in log(days(here, gone, gone, here))
        ]
        assert changes == [["created", "created"], ["removed"], [], ["restored"]]

    def test_the_current_table_has_one_row_per_id_ever_seen(self) -> None:
        moments = days(users(user("u"), user("v")), users(user("v")), users(user("v")))
        rows = current_records(record_history(BY_SINGULAR["user"], "d", moments))
        assert [
            (row["user_id"], row["record_status"], day_of(row["last_changed_at"])) for row in rows
        ] == [
            ("u", "archived", 1),
            ("v", "active", 0),
        ]


class TestReading:
    def test_all_blanks_are_one_at_any_depth(self) -> None:
        plain = {"id": "s"}
        for blank in (None, "", {}, [], {"first": None}, [""]):
            record = {"id": "s", "name": blank, "ext": {"deep": {"deeper": blank}}}
            assert canonical("schools", record) == canonical("schools", plain)

    def test_false_and_zero_are_values_and_not_the_same(self) -> None:
        told = {canonical("schools", {"id": "s", "ext": {"x": x}}) for x in (False, 0, "", "0")}
        assert len(told) == 4

    def test_a_role_nobody_knows_is_an_unknown_field_of_the_user(self) -> None:
        shown = attributes(BY_SINGULAR["user"], user("u", visitor={"badge": "1"})) or {}
        assert shown["extra"] == '{"roles": {"visitor": {"badge": "1"}}}'
        assert shown["roles"] == ("visitor",)

    def test_a_role_without_fields_is_a_role_and_a_blank_is_none(self) -> None:
        shown = attributes(BY_SINGULAR["user"], user("u", teacher={"title": ""}, staff=None))
        assert shown is not None
        assert shown["roles"] == ("teacher",)

    def test_columns_are_named_as_promised(self) -> None:
        record = {
            "name": {"first": "Ada"},
            "roles": {
                "student": {
                    "school": "s",
                    "dob": "2/11/2007",
                    "credentials": {"district_username": "ada"},
                    "location": {"city": "Ω"},
                    "clubs": ["chess"],
                }
            },
        }
        shown = attributes(BY_SINGULAR["student"], record) or {}
        assert {name: value for name, value in shown.items() if value is not None} == {
            "first_name": "Ada",
            "school_id": "s",
            "dob": date(2007, 2, 11),
            "dob_raw": "2/11/2007",
            "district_username": "ada",
            "location_city": "Ω",
            "extra": '{"clubs": ["chess"]}',
        }

    def test_a_day_is_never_shifted_and_nonsense_is_none(self) -> None:
        assert date_of("2025-01-06T23:59:59.999Z") == date_of("1/6/2025") == date(2025, 1, 6)
        assert date_of("2/30/2008") is date_of("soon") is date_of(None) is None

    def test_however_clever_writes_it_a_district_says_the_same(self) -> None:
        for seed in range(50):
            world = new_district(seed + 1, Random(seed)).world
            assert log(days(world, served(world, Random(seed), calm=0)))[1] == []


class TestAssociations:
    def test_an_enrollment_holds_while_listed_and_both_are_active(self) -> None:
        ada = users(user("a", student={}))
        lists, empty = (
            {"sections": {"s": {"id": "s", "students": ids}}} for ids in (["a", "a"], [])
        )
        moments = days(lists | ada, lists, lists | ada, empty | ada, ada, lists | ada)
        assert spells("enrollment", moments) == [
            ("s", "a", 0, 1),
            ("s", "a", 2, 3),
            ("s", "a", 5, None),
        ]

    def test_a_teacher_who_becomes_primary_begins_a_new_interval(self) -> None:
        staffed = users(user("t", teacher={}), user("u", teacher={}))
        first, second = (
            {"sections": {"s": {"id": "s", "teachers": ["t", "u"], "teacher": who}}} for who in "tu"
        )
        assert spells("teaching", days(first | staffed, second | staffed)) == [
            ("s", "t", False, 1, None),
            ("s", "t", True, 0, 1),
            ("s", "u", False, 0, 1),
            ("s", "u", True, 1, None),
        ]

    def test_a_primary_counts_as_listed(self) -> None:
        world = users(user("t", teacher={"school": "x"})) | {
            "sections": {"s": {"id": "s", "teacher": "t"}},
            "schools": {"x": {"id": "x"}},
        }
        assert spells("teaching", days(world)) == [("s", "t", True, 0, None)]
        assert spells("school_membership", days(world)) == [("t", "teacher", "x", True, 0, None)]

    def test_two_relationships_to_one_student_are_two_rows(self) -> None:
        entries = [
            {"student": "a", "relationship": "Parent", "type": "Primary"},
            {"type": "Primary", "relationship": "Parent", "student": "a"},
            {"student": "a", "relationship": "Parent", "type": ""},
            {"relationship": "Parent"},
        ]
        contact = user("c", contact={"student_relationships": entries})
        assert spells("contact_relationship", days(users(contact, user("a", student={})))) == [
            ("c", "a", "Parent", "Primary", 0, None),
            ("c", "a", "Parent", None, 0, None),
        ]

    def test_co_teachers_of_two_sections_make_one_pair_each(self) -> None:
        world = users(user("a", student={}), user("t", teacher={}), user("u", teacher={})) | {
            "sections": {
                "s": {"id": "s", "students": ["a"], "teachers": ["t", "u"]},
                "r": {"id": "r", "students": ["a"], "teacher": "t"},
            }
        }
        pairs = {
            (row["student_id"], row["teacher_id"]): row["section_ids"]
            for row in student_teachers("d", days(world))
        }
        assert pairs == {("a", "t"): ("r", "s"), ("a", "u"): ("s",)}


class TestReferences:
    def test_what_leads_to_nothing_active_is_unresolved_since_it_does(self) -> None:
        ada = users(user("a", student={}))
        lists = {"sections": {"s": {"id": "s", "students": ["a"]}}}
        rows = unresolved_references("d", days(lists, lists | ada, lists, lists))
        assert [(row["field"], row["referenced_id"], day_of(row["since"])) for row in rows] == [
            ("students", "a", 2)
        ]

    def test_a_member_without_the_role_is_unresolved(self) -> None:
        world = users(user("t", staff={})) | {"sections": {"s": {"id": "s", "teacher": "t"}}}
        rows = unresolved_references("d", days(world))
        assert [(row["field"], row["referenced_id"], row["referenced_object"]) for row in rows] == [
            ("teacher", "t", "teachers"),
            ("teachers", "t", "teachers"),
        ]


class TestWhatCounts:
    def test_other_data_at_a_time_already_committed_does_not_count(self) -> None:
        first, other = whole(user("u")), whole(user("u", "Eda"))
        moments = committed("d", [(MONDAY, first), (MONDAY, other), (MONDAY, first)])
        assert [moment.world for moment in moments] == [first, first]

    def test_a_record_that_names_another_district_is_not_believed_and_not_gone(self) -> None:
        ours, theirs = whole(user("u")), whole(user("u", "Eda") | {"district": "x"})
        moments = committed("d", [(DAYS[0], theirs), (DAYS[1], ours), (DAYS[2], theirs)])
        assert lives("user", moments) == [("created", 1, None, "Ada")]
        assert [len(moment.rejected) for moment in moments] == [1, 0, 1]


def _sections(*ids: str, term: str | None = None) -> World:
    """Sections of a term; the term "old" is over, the term "new" is not."""
    terms = {"old": {"id": "old", "end_date": "6/12/2026"}, "new": {"id": "new"}}
    sections = {id_: {"id": id_, "term_id": term} for id_ in ids}
    return whole() | {"sections": sections, "terms": terms}


class TestRoles:
    def test_only_a_role_left_out_beside_another_is_lost(self) -> None:
        both: dict[str, Any] = {"teacher": {"title": "Dr"}, "staff": {}}
        shown: list[Any] = [["teacher"], None, {"teacher": None}, {"kiosk": {}}, {"staff": {}}]
        worlds = [whole(user("u", **both)), *(whole({"id": "u", "roles": r}) for r in shown)]
        moments = committed("d", zip(DAYS, worlds, strict=False))
        assert [sorted(moment.world["users"]["u"]["roles"]) for moment in moments] == [
            *[["staff", "teacher"]] * 4,
            ["kiosk", "staff", "teacher"],
            ["staff"],
        ]
        assert [bool(moment.keeping) for moment in moments] == [False, *[True] * 4, False]

    def test_who_comes_back_in_an_odd_form_has_the_roles_known_last(self) -> None:
        here, back = whole(user("u", student={"grade": "1"})), whole({"id": "u", "roles": "x"})
        *_, last = committed("d", zip(DAYS, (here, whole(), back), strict=False))
        assert last.world["users"]["u"]["roles"] == {"student": {"grade": "1"}}


class TestLimits:
    def test_all_of_three_gone_are_held_and_two_are_not(self) -> None:
        for number, counted in ((3, 1), (2, 2)):
            schools = {str(n): {"id": str(n)} for n in range(number)}
            looks = zip(DAYS, (whole() | {"schools": schools}, whole()), strict=False)
            assert len(committed("d", looks, Rules(at_least=9))) == counted

    def test_a_window_lets_go_what_is_over_or_replaced(self) -> None:
        old, new = _sections("a", "b", "c", term="old"), _sections("a", "b", "c", term="new")
        cases = [
            (old, _sections(), 2),
            (new, _sections(), 1),
            (new, _sections("a"), 1),
            (new, _sections("d", "e", "f", term="new"), 2),
        ]
        for before, after, counted in cases:
            for rules, number in ((Rules(("01-01/12-31",)), counted), (Rules(), 1)):
                looks = zip(DAYS, (before, after), strict=False)
                assert len(committed("d", looks, rules)) == number

    def test_a_list_of_which_too_much_is_rejected_is_held_from_the_first_look_on(self) -> None:
        foreign = [user(str(n)) | {"district": "x"} for n in range(3)]
        assert committed("d", [(MONDAY, whole(*foreign, user("u")))], Rules()) == []
        assert len(committed("d", [(MONDAY, whole(*foreign, user("u")))])) == 1


@given(stories)
@settings(max_examples=30, deadline=None)
def test_in_every_story_versions_leave_no_gap_and_neighbours_differ(story: Story) -> None:
    shown = zip(ROUNDS, play(1, story), strict=True)
    looks = [(at, world) for at, world in shown if world is not None]
    moments = committed(f"5d{1:022x}", looks)
    for kind in KINDS:
        by_id: dict[str, list[Row]] = {}
        for row in record_history(kind, "d", moments):
            by_id.setdefault(row[kind.key], []).append(row)
        for rows in by_id.values():
            starts = [row["valid_from"] for row in rows]
            assert [row["valid_to"] for row in rows] == [*starts[1:], None]
            assert starts == sorted(set(starts))

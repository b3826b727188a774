"""Teachers, staff and contacts who go on under another ID: without birthdays, two things agree."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dbt.dbt_warehouse import Record
from tests.dbt.lineage_cases import Case, Cases, person

FOLLOWS = {"b": ("a", "a")}
NAMES = ["first_name", "last_name"]
SCHOOL = "ana.lee@elm.org"


def teacher(id_: str, name: str = "Ana Lee", email: str | None = None, **held: Any) -> Record:
    return person(id_, "teacher", name, held, email=email)


def member(id_: str, name: str = "Ana Lee", email: str | None = None, **held: Any) -> Record:
    return person(id_, "staff", name, held, email=email)


def contact(id_: str, name: str = "Eve Lee", *students: str, **more: Any) -> Record:
    related = [{"student": student, "relationship": "Mother"} for student in students or ("kid",)]
    held = {"student_relationships": related, "phone": None, **more}
    return person(id_, "contact", name, held, email=held.pop("email", None))


def kid(id_: str, sis_id: str = "1") -> Record:
    name = "Kai Lee" if sis_id == "1" else "Mia Lee"
    return person(id_, "student", name, {"sis_id": sis_id, "dob": "3/4/2012"})


TEACHERS = {
    "a number and the names": Case(
        [[teacher("a", sis_id="7")], [teacher("b", sis_id="7")]],
        FOLLOWS,
        says={"b": ("sis_id", ["sis_id", *NAMES])},
    ),
    "a teacher number and a name": Case(
        [[teacher("a", teacher_number="7")], [teacher("b", "Ana Ng", teacher_number="7")]],
        FOLLOWS,
        says={"b": ("teacher_number", ["teacher_number", "first_name"])},
    ),
    "the state's number, the address and no names": Case(
        [[teacher("a", "", SCHOOL, state_id="7")], [teacher("b", "", SCHOOL, state_id="7")]],
        FOLLOWS,
        says={"b": ("state_id", ["state_id", "email"])},
    ),
    "a number alone": Case([[teacher("a", "", sis_id="7")], [teacher("b", sis_id="7")]]),
    "a number and other names": Case(
        [[teacher("a", sis_id="7")], [teacher("b", "Ben Ng", sis_id="7")]]
    ),
    "a number, an address and other names": Case(
        [
            [teacher("a", "Ana Lee", SCHOOL, sis_id="7")],
            [teacher("b", "Ben Ng", SCHOOL, sis_id="7")],
        ]
    ),
    "a number of another kind": Case(
        [[teacher("a", sis_id="7")], [teacher("b", teacher_number="7")]]
    ),
    "names alone": Case([[teacher("a", sis_id="7")], [teacher("b", sis_id="8")]]),
    "the address and the names": Case(
        [[teacher("a", "Ana Lee", SCHOOL)], [teacher("b", "Anna Lee", " ANA.LEE@elm.org")]],
        FOLLOWS,
        says={"b": ("email", ["email", "last_name"])},
    ),
    "the address of one whose first name is alike": Case(
        [[teacher("a", "John Lee", "j.lee@x")], [teacher("b", "Joan Lee", "j.lee@x")]]
    ),
    "the address of another of the name": Case(
        [[teacher("a", "John Lee", "j.lee@x")], [teacher("b", "Ann Lee", "j.lee@x")]]
    ),
    "the address and another last name": Case(
        [[teacher("a", "Ana Lee", SCHOOL)], [teacher("b", "Ana Ng", SCHOOL)]]
    ),
    "the address and an unknown name": Case(
        [[teacher("a", "", SCHOOL)], [teacher("b", "Ana Lee", SCHOOL)]]
    ),
    "the address of everybody": Case(
        [
            [
                teacher("a", "Ana Lee", "info@x"),
                *(teacher(f"{id_}", "", "info@x") for id_ in range(20)),
            ],
            [teacher("b", "Ana Lee", "info@x")],
        ]
    ),
    "senior and junior": Case(
        [[teacher("a", "Jon Lee Sr.", sis_id="7")], [teacher("b", "Jon Lee Jr.", sis_id="7")]]
    ),
    "one who is still there": Case(
        [[teacher("a", sis_id="7")], [teacher("a", sis_id="7"), teacher("b", sis_id="7")]]
    ),
    "two who come at once": Case(
        [[teacher("a", sis_id="7")], [teacher("b", sis_id="7"), teacher("c", sis_id="7")]]
    ),
    "an address that moved on to the next number": Case(
        [
            [teacher("a", "Ana Lee", SCHOOL, sis_id="7")],
            [teacher("b", "Ana Lee", SCHOOL, sis_id="8")],
            [teacher("c", "Ana Lee", "new@x", sis_id="8")],
        ],
        {"b": ("a", "a"), "c": ("b", "a")},
    ),
}  # fmt: skip
STAFF = {
    "a number and the names": Case(
        [[member("a", staff_id="7")], [member("b", staff_id=" 7")]],
        FOLLOWS,
        says={"b": ("staff_sis_id", ["staff_sis_id", *NAMES])},
    ),
    "a number alone": Case([[member("a", "", staff_id="7")], [member("b", "", staff_id="7")]]),
    "a number and other names": Case(
        [[member("a", staff_id="7")], [member("b", "Ben Ng", staff_id="7")]]
    ),
    "the address and the names": Case(
        [[member("a", "Lee Ana", SCHOOL)], [member("b", "Ana Lee", SCHOOL)]],
        FOLLOWS,
        says={"b": ("email", ["email"])},
    ),
    "a number of a teacher": Case([[teacher("a", sis_id="7")], [member("b", staff_id="7")]]),
}
CONTACTS = {
    "a number and a name": Case(
        [[contact("a", sis_id="7"), kid("kid")], [contact("b", "Eve Ng", sis_id="7"), kid("kid")]],
        FOLLOWS,
        says={"b": ("sis_id", ["sis_id", "first_name", "student"])},
    ),
    "another telephone": Case(
        [
            [contact("a", phone="555-0101", email="e@x"), kid("kid")],
            [contact("b", phone="555-0102", email="E@x "), kid("kid")],
        ],
        FOLLOWS,
        says={"b": ("email", ["email", *NAMES, "student"])},
    ),
    "another address": Case(
        [
            [contact("a", phone="+1 (212) 555-0101", email="e@x"), kid("kid")],
            [contact("b", phone="212.555.0101", email="eve@x"), kid("kid")],
        ],
        FOLLOWS,
        says={"b": ("phone", ["phone", *NAMES, "student"])},
    ),
    "another telephone and address": Case(
        [
            [contact("a", phone="1", email="e@x"), kid("kid")],
            [contact("b", phone="2", email="eve@x"), kid("kid")],
        ]
    ),
    "another name": Case(
        [[contact("a", phone="1"), kid("kid")], [contact("b", "Eva Lee", phone="1"), kid("kid")]]
    ),
    "the other parent": Case(
        [[contact("a", phone="1"), kid("kid")], [contact("b", "Tom Lee", phone="1"), kid("kid")]]
    ),
    "father and son": Case(
        [
            [contact("a", "Jon Lee Sr", phone="1"), kid("kid")],
            [contact("b", "Jon Lee Jr", phone="1"), kid("kid")],
        ]
    ),
    "the student of another": Case(
        [
            [contact("a", phone="1"), kid("kid")],
            [contact("b", "Eve Lee", "cub", phone="1"), kid("cub", "2")],
        ]
    ),
    "one student more": Case(
        [
            [contact("a", phone="1"), kid("kid"), kid("cub", "2")],
            [contact("b", "Eve Lee", "cub", "kid", phone="1"), kid("kid"), kid("cub", "2")],
        ],
        FOLLOWS,
    ),
    "a student who came back too": Case(
        [
            [contact("a", phone="1"), kid("kid")],
            [contact("b", "Eve Lee", "new", phone="1"), kid("new")],
        ],
        FOLLOWS,
    ),
    "a number, other names, one student": Case(
        [[contact("a", sis_id="7"), kid("kid")], [contact("b", "Tom Ng", sis_id="7"), kid("kid")]]
    ),
    "a number alone": Case(
        [[contact("a", "", sis_id="7"), kid("kid")], [contact("b", sis_id="7"), kid("kid")]]
    ),
    "an edit every day": Case(
        [
            [contact("a", phone="1", email="e@x"), kid("kid")],
            [contact("b", phone="2", email="e@x"), kid("kid")],
            [contact("c", phone="2", email="f@x"), kid("kid")],
        ],
        {"b": ("a", "a"), "c": ("b", "a")},
    ),
}  # fmt: skip
ALL = {
    (kind, name): case
    for kind, cases in {"teacher": TEACHERS, "staff": STAFF, "contact": CONTACTS}.items()
    for name, case in cases.items()
}
SAID = [pair for pair, case in ALL.items() if case.says]


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Cases:
    """All cases side by side in one warehouse."""
    named = {f"{kind}: {name}": case for (kind, name), case in ALL.items()}
    return Cases.played(named, tmp_path_factory.mktemp("people"))


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_who_follows_whom(cases: Cases, kind: str, name: str) -> None:
    assert cases.follows(f"{kind}: {name}", kind) == ALL[kind, name].expected


@pytest.mark.parametrize(("kind", "name"), SAID)
def test_a_line_says_by_what_evidence(cases: Cases, kind: str, name: str) -> None:
    case = f"{kind}: {name}"
    assert cases.says(case, kind, "rule, agreed") == cases.expected_to_say(case)

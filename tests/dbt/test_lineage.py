"""Who goes on under another ID: one at a time, and nobody becomes somebody else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dbt.dbt_warehouse import Record
from tests.dbt.lineage_cases import Case, Cases, person


def child(id_: str, name: str = "Ana Lee", dob: str | None = "3/4/2012", **more: Any) -> Record:
    return person(id_, "student", name, {"sis_id": "S100", "dob": dob, **more})


def term(id_: str) -> Record:
    return {"id": id_, "name": "Fall", "start_date": "2026-08-17", "end_date": "2026-12-18"}


def course(id_: str, number: str | None = "A1") -> Record:
    return {"id": id_, "name": "Algebra", "number": number}


KINDERGARTNER = child("new", "Zoe Ng", "5/6/2020")
FOLLOWS = {"b": ("a", "a")}
NAMES = ("first_name", "last_name")
CASES = {
    "one who comes again": Case([[child("a")], [child("b")]], {"b": ("a", "a")}),
    "a chain": Case(
        [[child("a")], [child("b")], [child("c")]], {"b": ("a", "a"), "c": ("b", "a")}
    ),
    "a chain with days of absence": Case(
        [[child("a")], [], [child("b")], [], [child("c")]], {"b": ("a", "a"), "c": ("b", "a")}
    ),
    "two who come at once with the same number": Case([[child("a")], [child("b"), child("c")]]),
    "of two who come at once the one of whom more agrees": Case(
        [[child("a")], [child("b", "Ben Lee", None), child("c")]], {"c": ("a", "a")}
    ),
    "one who comes while the first is still there": Case(
        [[child("a")], [child("b")], [child("b"), child("c")]], {"b": ("a", "a")}
    ),
    "one who comes while the second of the line is there": Case(
        # d would follow a, of whose line c is there; with b's birthday it does not agree.
        [
            [child("a", dob=None)],
            [child("b", "Ana Ng")],
            [child("c", "Ana Ng")],
            [child("c", "Ana Ng"), child("d", dob="1/1/2010")],
        ],
        {"b": ("a", "a"), "c": ("b", "a")},
    ),
    "one whose follower is gone again": Case(
        [[child("a", dob=None)], [child("b")], [], [child("c", dob="1/1/2010")]],
        {"b": ("a", "a"), "c": ("a", "a")},
    ),
    "one whose follower is gone and comes back later": Case(
        [
            [child("a", dob=None)],
            [child("b")],
            [child("c", dob="1/1/2010")],
            [child("b"), child("c", dob="1/1/2010")],
        ],
        {"b": ("a", "a")},
    ),
    "one who is there again himself": Case([[child("a")], [child("b")], [child("a"), child("b")]]),
    "a kindergartner with a graduate's number": Case([[child("a", grade="12")], [KINDERGARTNER]]),
    "another birthday": Case([[child("a")], [child("b", dob="2012-04-03")]]),
    "another birthday that stands for none": Case(
        [[child("a")], [child("b", dob="1/1/1900")]], {"b": ("a", "a")}
    ),
    "the name, and a birthday that stands for none": Case(
        [
            [child("a", dob="1/1/1970", sis_id="1")],
            [child("b", dob="1/1/1970", sis_id="2")],
        ]
    ),
    "both names differ, birthdays unknown": Case(
        [[child("a", dob=None)], [child("b", "Ben Ng", None)]]
    ),
    "both names differ, the same birthday": Case([[child("a")], [child("b", "Ben Ng")]]),
    "one name differs": Case([[child("a")], [child("b", "Ana Ng", None)]], {"b": ("a", "a")}),
    "names in capitals": Case([[child("a")], [child("b", "ANA LEE ")]], {"b": ("a", "a")}),
    "unknown names and birthday": Case([[child("a")], [child("b", "", None)]], {"b": ("a", "a")}),
    "a birthday that is no date": Case(
        [[child("a")], [child("b", dob="3/4/12")]], {"b": ("a", "a")}
    ),
    "another number": Case(
        [[child("a")], [child("b", sis_id="7")]],
        FOLLOWS,
        says={"b": ("name_birthday", ["birthday", *NAMES])},
    ),
    "another number, birthday unknown": Case(
        [[child("a", dob=None)], [child("b", dob=None, sis_id="7")]]
    ),
    "another number, and a first name like it": Case(
        [[child("a")], [child("b", "Anna Lee", sis_id="7")]]
    ),
    "another number, a day after the other went": Case(
        [[child("a")], [], [child("b", sis_id="7")]], FOLLOWS
    ),
    "another number, a day before the other goes": Case(
        [[child("a")], [child("a"), child("b", sis_id="7")], [child("b", sis_id="7")]]
    ),
    "namesakes who both were there, and one who comes": Case(
        [
            [child("a"), child("z", sis_id="8")],
            [child("z", sis_id="8")],
            [],
            [child("b", sis_id="7")],
        ]
    ),
    "namesakes one after the other, and one who comes": Case(
        [[child("a")], [child("z", sis_id="8")], [], [child("b", sis_id="7")]],
        {"z": ("a", "a"), "b": ("z", "a")},
    ),
    "two namesakes who come at once": Case(
        [[child("a")], [child("b", sis_id="7"), child("c", sis_id="8")]]
    ),
    "no number": Case([[child("a", sis_id=None)], [child("b", sis_id=None)]], FOLLOWS),
    "twins": Case([[child("a")], [child("b", "Ben Lee", sis_id="7")]]),
    "a twin under the number of the other": Case([[child("a")], [child("b", "Ben Lee")]]),
    "twins who both come again with one number": Case(
        [[child("a"), child("z", "Ben Lee")], [], [child("b"), child("y", "Ben Lee")]],
        {"b": ("a", "a"), "y": ("z", "z")},
    ),
    "twins who both come again under new numbers": Case(
        [
            [child("a"), child("z", "Ben Lee", sis_id="8")],
            [child("b", sis_id="7"), child("y", "Ben Lee", sis_id="9")],
        ],
        {"b": ("a", "a"), "y": ("z", "z")},
    ),
    "twins of one first name": Case(
        [[child("a", "Ana *Elena* Lee")], [child("b", "Ana *Isabel* Lee", sis_id="7")]]
    ),
    "a middle name and its first letter": Case(
        [[child("a", "Ana *Elena* Lee")], [child("b", "Ana *E.* Lee", sis_id="7")]], FOLLOWS
    ),
    "another first name, and two numbers": Case(
        [[child("a", "Robert Lee", state_id="9")], [child("b", "Bob Lee", state_id="9")]],
        FOLLOWS,
        says={"b": ("sis_id", ["sis_id", "state_id", "birthday", "last_name"])},
    ),
    "a preferred name that became the first one": Case(
        [
            [child("a", "Robert Lee", preferred_name={"first": "Bob"})],
            [child("b", "Bob Lee")],
        ],
        FOLLOWS,
    ),
    "another first name, and one number entered twice": Case(
        [
            [child("a", "Robert Lee", student_number="TEMP")],
            [child("b", "Bob Lee", student_number="TEMP")],
        ]
    ),
    "a short form of the first name": Case(
        [[child("a", "Alex Lee")], [child("b", "Alexander Lee")]], FOLLOWS
    ),
    "first and last name swapped": Case(
        [[child("a")], [child("b", "Lee Ana")]],
        FOLLOWS,
        says={"b": ("sis_id", ["sis_id", "birthday"])},
    ),
    "a name that is spelt alike": Case(
        [[child("a", "Ben Smith", None)], [child("b", "Bob Smyth", None)]], FOLLOWS
    ),
    "accents, capitals and hyphens": Case(
        [[child("a", "José Núñez-Lee")], [child("b", "JOSE NUNEZ LEE ", sis_id="7")]], FOLLOWS
    ),
    "junior and the third of one number": Case(
        [[child("a", "Ana Lee Jr.", None)], [child("b", "Ana Lee III", None)]]
    ),
    "junior and the third of one name and birthday": Case(
        [[child("a", "Ana Lee Jr.")], [child("b", "Ana Lee, III", sis_id="7")]]
    ),
    "a suffix that is no longer said": Case(
        [[child("a", "Ana Lee Jr.")], [child("b", sis_id="7")]], FOLLOWS
    ),
    "the student number": Case(
        [
            [child("a", dob=None, sis_id="1", student_number="5")],
            [child("b", dob=None, sis_id="2", student_number="5")],
        ],
        FOLLOWS,
        says={"b": ("student_number", ["student_number", *NAMES])},
    ),
    "the state's number": Case(
        [
            [child("a", dob=None, sis_id="1", state_id="5")],
            [child("b", dob=None, sis_id="2", state_id="5")],
        ],
        FOLLOWS,
        says={"b": ("state_id", ["state_id", *NAMES])},
    ),
    "a number of another kind": Case(
        [[child("a", dob=None, sis_id="5")], [child("b", dob=None, sis_id="2", student_number="5")]]
    ),
    "blanks around a number": Case(
        [[child("a", dob=None, sis_id=" 5\u00a0")], [child("b", dob=None, sis_id="5")]], FOLLOWS
    ),
    "leading zeros of a number": Case(
        [[child("a", dob=None, sis_id="05")], [child("b", dob=None, sis_id="5")]]
    ),
    "a number that is everybody's": Case(
        [
            [
                child("a", dob=None, sis_id="1", state_id="N/A"),
                *(child(f"{id_}", "", None, sis_id=None, state_id="N/A") for id_ in range(20)),
            ],
            [child("b", dob=None, sis_id="2", state_id="N/A")],
        ]
    ),
    "a number that is everybody's is no second one of a twin": Case(
        [
            [
                child("a", state_id="N/A"),
                *(child(f"{id_}", "", None, sis_id=None, state_id="N/A") for id_ in range(20)),
            ],
            [child("b", "Ben Lee", state_id="N/A")],
        ]
    ),
    "a number that is everybody's, and name and birthday": Case(
        [
            [
                child("a", state_id="N/A"),
                *(child(f"{id_}", "", None, sis_id=None, state_id="N/A") for id_ in range(20)),
            ],
            [child("b", sis_id="7", state_id="N/A")],
        ],
        FOLLOWS,
        says={"b": ("name_birthday", ["birthday", *NAMES])},
    ),
    "a corrected number that another had": Case(
        [
            [child("a", sis_id="1"), child("z", "Ana Ng", None, sis_id="2")],
            [child("b", sis_id="2")],
        ],
        FOLLOWS,
    ),
    "numbers are given anew afterwards": Case(
        [[child("a")], [child("b")], [child("b", sis_id="new 7")]], {"b": ("a", "a")}
    ),
    "another number before it came": Case(
        [[child("a", dob=None, sis_id="7")], [child("a", dob=None)], [child("b", sis_id="7")]]
    ),
    "the number goes before the student does": Case(
        [[child("a")], [child("a", sis_id=None)], [child("b")]], {"b": ("a", "a")}
    ),
    "both names change afterwards": Case(
        [[child("a")], [child("b")], [child("b", "Bea Ng")]], {"b": ("a", "a")}
    ),
    "the birthday becomes known and is another": Case(
        [[child("a")], [child("b", dob=None)], [child("b", dob="1/1/2010")]]
    ),
    "the birthday was mistyped at first": Case(
        [[child("a")], [child("b", dob="1/1/2010")], [child("b")]], {"b": ("a", "a")}
    ),
    "the better of two who had gone": Case(
        [
            [child("a"), child("z", "Ben Lee", None)],
            [child("z", "Ben Lee", None)],
            [],
            [child("b")],
        ],
        {"b": ("a", "a")},
    ),
    "two equally good ones who went at once": Case([[child("a"), child("z")], [], [child("b")]]),
    "siblings with one number both come again": Case(
        [
            [child("a"), child("z", "Ben Lee", None)],
            [],
            [child("b"), child("y", "Ben Lee", None)],
        ],
        {"b": ("a", "a"), "y": ("z", "z")},
    ),
    "two terms at once": Case([[term("a")], [term("b"), term("c")]], table="terms"),
    "a term and again": Case(
        [[term("a")], [term("b")], [term("c")]], {"b": ("a", "a"), "c": ("b", "a")}, "terms"
    ),
    "two courses at once": Case([[course("a")], [course("b"), course("c")]], table="courses"),
    "courses without numbers": Case(
        [[course("a", None)], [course("b", None)]], {"b": ("a", "a")}, "courses"
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Cases:
    """All cases side by side in one warehouse."""
    return Cases.played(CASES, tmp_path_factory.mktemp("lineage"))


@pytest.mark.parametrize("name", CASES)
def test_who_follows_whom(cases: Cases, name: str) -> None:
    kind = {"users": "student", "terms": "term", "courses": "course"}[CASES[name].table]
    assert cases.follows(name, kind) == CASES[name].expected


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.says])
def test_a_line_of_students_says_by_what_evidence(cases: Cases, name: str) -> None:
    assert cases.says(name, "student", "rule, agreed") == cases.expected_to_say(name)

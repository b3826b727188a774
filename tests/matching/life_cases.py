"""Traps of matching, and what becomes of matches over days, each as a small story."""

from __future__ import annotations

from collections.abc import Mapping

from tests.matching.rule_cases import DOB, NOBODY, OTHER_DOB, stays
from tests.matching.town import Case, account, child, did

TRAPS: Mapping[str, Case] = {
    "twins": Case(
        [
            [
                child("u", "Ana Lee", dob=DOB, email="l@x.example"),
                child("v", "Eva Lee", dob=DOB, email="l@x.example"),
            ]
        ],
        [
            [
                account("a", "Ana Lee", dob=DOB, email="l@x.example"),
                account("b", "Eva Lee", dob=DOB, email="l@x.example"),
            ]
        ],
        {"a": ("u", "name_birthday"), "b": ("v", "name_birthday")},
    ),
    "twins of whom one has an account that names neither": Case(
        [
            [
                child("u", "Ana Lee", dob=DOB, email="l@x.example"),
                child("v", "Eva Lee", dob=DOB, email="l@x.example"),
            ]
        ],
        [[account("a", "Mia Lee", dob=DOB, email="l@x.example")]],
        {"a": ("review", "contradicted")},
    ),
    "siblings with one e-mail, of whom one is in Clever": stays(
        child("u", "Ben Lee", email="l@x.example"),
        account("a", "Ana Lee", email="l@x.example"),
        "contradicted",
    ),
    "father and son of one name": Case(
        [
            [
                child("u", "Al Lee", "contact", email="l@x.example"),
                child("v", "Al Lee", dob=DOB, email="l@x.example"),
            ]
        ],
        [
            [
                account("a", "Al Lee", dob=DOB, email="l@x.example"),
                account("b", "Al Lee", "parent", email="l@x.example"),
            ]
        ],
        {"a": ("v", "email"), "b": ("u", "email")},
    ),
    "a number given to another child": Case(
        [
            [child("u", "Old Grad", sis_id="1", dob=OTHER_DOB)],
            [child("v", "New Kid", sis_id="1", dob="2020-01-01")],
        ],
        [
            [account("a", "Old Grad", sis_id="1", dob=OTHER_DOB)],
            [
                account("a", "Old Grad", sis_id="1", dob=OTHER_DOB),
                account("b", "New Kid", sis_id="1", dob="2020-01-01"),
            ],
        ],
        {"a": ("u", "sis_id"), "b": ("v", "name_birthday")},
    ),
    "a number that a graduate had, and nothing else": Case(
        [[child("u", "Old Grad", sis_id="1")], [child("v", "New Kid", sis_id="1")]],
        [[], [account("a", sis_id="1")]],
        {"a": ("review", "several candidates")},
    ),
    "a child who came back under another Clever ID is one child": Case(
        [
            [child("u", "Ana Lee", sis_id="1", dob=DOB)],
            [child("v", "Ana Lee", sis_id="1", dob=DOB)],
        ],
        [[], [account("a", "Ana Lee", sis_id="1")]],
        {"a": ("v", "sis_id")},
    ),
    "an account stays with whom it was matched, though that one came back as another": Case(
        [
            [child("u", "Ana Lee", sis_id="1", dob=DOB)],
            [child("v", "Ana Lee", sis_id="1", dob=DOB)],
        ],
        [[account("a", "Ana Lee", sis_id="1")]],
        {"a": ("u", "sis_id")},
    ),
    "two accounts of one child": Case(
        [[child("u", "Ana Lee", dob=DOB)]],
        [[account("a", "Ana Lee", dob=DOB), account("b", "Ana Lee", dob=DOB)]],
        {"a": ("review", "several candidates"), "b": ("review", "several candidates")},
    ),
    "a second account of a child that has one": Case(
        [[child("u", "Ana Lee", dob=DOB, sis_id="1")]],
        [[account("a", sis_id="1")], [account("a", sis_id="1"), account("b", "Ana Lee", dob=DOB)]],
        {"a": ("u", "sis_id"), "b": ("review", "the user has another account")},
    ),
    "a teacher who is also staff keeps one account": Case(
        [[child("u", role="teacher+staff", email="t@x.example")]],
        [[account("a", role="teacher", email="t@x.example")]],
        {"a": ("u", "email")},
    ),
    "and another account as staff waits for a person": Case(
        [[child("u", role="teacher+staff", email="t@x.example", staff_id="F")]],
        [
            [
                account("a", role="teacher", email="t@x.example"),
                account("b", role="staff", sis_id="F"),
            ]
        ],
        {"a": ("review", "the user has another account"), "b": ("u", "staff_id")},
    ),
}

STATE: Mapping[str, Case] = {
    "a corrected e-mail unmakes nothing": Case(
        [[child("u", email="a@x.example")], [child("u", email="b@x.example")]],
        [[account("a", email="a@x.example")]],
        {"a": ("u", "email")},
    ),
    "nor does a new number": Case(
        [[child("u", sis_id="1")], [child("u", sis_id="2")]],
        [[account("a", sis_id="1")]],
        {"a": ("u", "sis_id")},
    ),
    "nor another who has the same by now": Case(
        [[child("u", sis_id="1")], [child("u", sis_id="1"), child("v", sis_id="1")]],
        [[account("a", sis_id="1")]],
        {"a": ("u", "sis_id")},
    ),
    "what contradicts later is shown": Case(
        [[child("u", "Ana Lee", sis_id="1")], [child("u", "Ana Lee", sis_id="1", dob=OTHER_DOB)]],
        [[account("a", "Ana Lee", sis_id="1", dob=DOB)]],
        {"a": ("u", "sis_id")},
    ),
    "the right one comes a day later": Case(
        [
            [child("u", "Emily Lee", sis_id="1")],
            [child("u", "Emily Lee", sis_id="1"), child("v", "Emma Lee", dob=DOB)],
        ],
        [[account("a", "Emma Lee", sis_id="1", dob=DOB)]],
        {"a": ("u", "sis_id")},
    ),
    "the right one came, and went": Case(
        [
            [child("u", "Emily Lee", sis_id="1")],
            [child("u", "Emily Lee", sis_id="1"), child("v", "Emma Lee", dob=DOB)],
            [child("u", "Emily Lee", sis_id="1"), child("v", "Emma Lee", dob=OTHER_DOB)],
        ],
        [[account("a", "Emma Lee", sis_id="1", dob=DOB)]],
        {"a": ("u", "sis_id")},
    ),
    "an address goes to another of the family": Case(
        [
            [child("u", "Ana Lee", email="l@x.example")],
            [child("u", "Bob Lee", email="l@x.example")],
        ],
        [[account("a", "Ana Lee", email="l@x.example")]],
        {"a": ("u", "email")},
    ),
    "a number stays with one who is called otherwise": Case(
        [[child("u", "Ana Lee", sis_id="1")], [child("u", "Bob Lee", sis_id="1")]],
        [[account("a", "Ana Lee", sis_id="1")]],
        {"a": ("u", "sis_id")},
    ),
    "an account moves to another district": Case(
        [[child("u", sis_id="1")]],
        [[account("a", sis_id="1")], [account("a", sis_id="1", district_id="!c0-")]],
        {"a": ("u", "sis_id")},
    ),
    "a teacher's account becomes a student's": Case(
        [[child("u", "Ana Lee", "teacher", sis_id="1")]],
        [[account("a", "Ana Lee", "teacher", sis_id="1")], [account("a", "Ana Lee", sis_id="1")]],
        {"a": ("u", "sis_id")},
    ),
    "one who is archived keeps the match": Case(
        [[child("u", sis_id="1")], []], [[account("a", sis_id="1")]], {"a": ("u", "sis_id")}
    ),
    "and so does one who is restored": Case(
        [[child("u", sis_id="1")], [], [child("u", sis_id="1")]],
        [[account("a", sis_id="1")]],
        {"a": ("u", "sis_id")},
    ),
    "an account for one who is archived already": Case(
        [[child("u", sis_id="1")], []],
        [[], [account("a", sis_id="1")]],
        {"a": ("u", "sis_id")},
    ),
    "a user who comes after the account": Case(
        [[], [child("u", sis_id="1")]], [[account("a", sis_id="1")]], {"a": ("u", "sis_id")}
    ),
    "an account that is withdrawn": Case(
        [[child("u", sis_id="1")]],
        [[account("a", sis_id="1")], []],
        {"a": ("withdrawn", "the application has it no more")},
    ),
    "one that comes back is whose it was": Case(
        [[child("u", sis_id="1")], [child("u", sis_id="2")]],
        [[account("a", sis_id="1")], [], [account("a", sis_id="1")]],
        {"a": ("u", "sis_id")},
    ),
    "under its ID somebody else comes back": Case(
        [
            [
                child("u", "Nick Nthree", student_number="3"),
                child("v", "Hugo Second", student_number="4"),
            ]
        ],
        [
            [account("a", "Nick Nthree", student_number="3")],
            [],
            [account("a", "Hugo Second", student_number="4")],
        ],
        {"a": ("v", "student_number")},
        progress=[did("his", "a"), did("hers", "a", 2)],
        belongs={"his": "u", "hers": "v"},
    ),
    "under its ID somebody comes back whom nobody knows": Case(
        [[child("u", "Nick Nthree", student_number="3")]],
        [[account("a", "Nick Nthree", student_number="3")], [], [account("a", "Hugo Second")]],
        {"a": ("no candidate", NOBODY)},
        progress=[did("his", "a"), did("hers", "a", 2)],
        belongs={"his": "u", "hers": None},
    ),
    "what was of somebody else is nobody's": Case(
        [[child("v", "Zed Zimmer", student_number="4")]],
        [[account("a", "Ghost Nobody")], [], [account("a", "Zed Zimmer", student_number="4")]],
        {"a": ("v", "student_number")},
        progress=[did("ghost", "a"), did("own", "a", 2)],
        belongs={"ghost": None, "own": "v"},
    ),
    "unless that user has another by then": Case(
        [[child("u", sis_id="1")]],
        [
            [account("a", sis_id="1")],
            [account("b", sis_id="1")],
            [account("a", sis_id="1"), account("b", sis_id="1")],
        ],
        {"a": ("review", "the user has another account"), "b": ("u", "sis_id")},
    ),
    "the application's own link goes first": Case(
        [[child("u", sis_id="1"), child("v")]],
        [[account("a", sis_id="1", clever_id="v")]],
        {"a": ("v", "application")},
    ),
    "the application links elsewhere": Case(
        [[child("u", sis_id="1"), child("v")]],
        [[account("a", sis_id="1")], [account("a", sis_id="1", clever_id="v")]],
        {"a": ("v", "application")},
        progress=[did("first", "a"), did("then", "a", 1)],
        belongs={"first": "u", "then": "v"},
    ),
    "the application links what was matched": Case(
        [[child("u", sis_id="1")]],
        [[account("a", sis_id="1")], [account("a", sis_id="1", clever_id="u")]],
        {"a": ("u", "sis_id")},
    ),
    "the application links with nothing but zeros": Case(
        [[child("u", sis_id="1")]],
        [[account("a", sis_id="1", clever_id="!00000000-0000-0000-0000-000000000000")]],
        {"a": ("u", "sis_id")},
    ),
    "the application links with nobody that is known": Case(
        [[child("u", sis_id="1")]],
        [[account("a", sis_id="1", clever_id="x")]],
        {
            "a": (
                "unknown user",
                "the application links it with a Clever ID that no district has shown",
            )
        },
    ),
    "one whose own ID is a Clever ID is somebody else": Case(
        [[child("a", "Ana Lee", dob=DOB)]],
        [[account("a", "Zed Zimmer", dob=OTHER_DOB)]],
        {"a": ("a", "application")},
    ),
    "a link that the application took back is not made again": Case(
        [[child("u", sis_id="1")]],
        [[account("a", sis_id="1", clever_id="u")], [account("a", sis_id="1")]],
        {"a": ("review", "contradicted")},
    ),
    "a first match takes the past along": Case(
        [[], [], [child("u", sis_id="1")]],
        [[account("a", sis_id="1")]],
        {"a": ("u", "sis_id")},
        progress=[did("first", "a"), did("then", "a", 1), did("last", "a", 2)],
        belongs={"first": "u", "then": "u", "last": "u"},
    ),
}

"""What people decide of matches, and what follows, each as a small story."""

from __future__ import annotations

from collections.abc import Mapping

from tests.matching.rule_cases import ELSEWHERE, NOBODY, NOBODY_ELSE
from tests.matching.town import MON, Case, account, child, decision, did

DECISIONS: Mapping[str, Case] = {
    "accept": Case(
        [[child("u")]],
        [[account("a")]],
        {"a": ("u", "decision")},
        [[decision("a", "u", "accept")]],
    ),
    "accept goes before every rule": Case(
        [[child("u", sis_id="1"), child("v")]],
        [[account("a", sis_id="1")]],
        {"a": ("v", "decision")},
        [[decision("a", "v", "accept")]],
    ),
    "accept of one who is overwritten by another": Case(
        [[child("u", "Nick Nthree")]],
        [[account("a", "Nick Nthree")], [account("a", "Hugo Second")]],
        {"a": ("u", "decision")},
        [[decision("a", "u", "accept")]],
    ),
    "accept of one who is not called so": Case(
        [[child("u", "Nick Nthree")]],
        [[account("a", "Hugo Second")]],
        {"a": ("u", "decision")},
        [[decision("a", "u", "accept")]],
    ),
    "accept does not go with the ID to somebody else": Case(
        [[child("u", "Nick Nthree")]],
        [[account("a", "Nick Nthree")], [], [account("a", "Hugo Second")]],
        {"a": ("no candidate", NOBODY)},
        [[decision("a", "u", "accept")]],
        [did("his", "a"), did("hers", "a", 2)],
        {"his": "u", "hers": None},
    ),
    "reject keeps the rules away": Case(
        [[child("u", sis_id="1")]],
        [[account("a", sis_id="1")]],
        {"a": ("no candidate", NOBODY_ELSE)},
        [[decision("a", "u", "reject")]],
    ),
    "apart does, too": Case(
        [[child("u", sis_id="1")]],
        [[account("a", sis_id="1")]],
        {"a": ("no candidate", NOBODY_ELSE)},
        [[decision("a", "u", "apart")]],
    ),
    "reject takes back what was wrong": Case(
        [[child("u", sis_id="1")]],
        [[account("a", sis_id="1")]],
        {"a": ("no candidate", NOBODY_ELSE)},
        [[], [decision("a", "u", "reject")]],
        progress=[did("first", "a"), did("then", "a", 1)],
        belongs={"first": None, "then": None},
    ),
    "apart leaves what happened by then": Case(
        [[child("u", sis_id="1")]],
        [[account("a", sis_id="1")]],
        {"a": ("no candidate", NOBODY_ELSE)},
        [[], [decision("a", "u", "apart")]],
        progress=[did("first", "a"), did("then", "a", 1)],
        belongs={"first": "u", "then": None},
    ),
    "accept of another leaves what happened by then": Case(
        [[child("u", sis_id="1"), child("v")]],
        [[account("a", sis_id="1")]],
        {"a": ("v", "decision")},
        [[], [decision("a", "v", "accept")]],
        progress=[did("first", "a"), did("then", "a", 1)],
        belongs={"first": "u", "then": "v"},
    ),
    "reject and accept of another moves all": Case(
        [[child("u", sis_id="1"), child("v")]],
        [[account("a", sis_id="1")]],
        {"a": ("v", "decision")},
        [[], [decision("a", "u", "reject"), decision("a", "v", "accept", 2)]],
        progress=[did("first", "a"), did("then", "a", 1)],
        belongs={"first": "v", "then": "v"},
    ),
    "reject of an earlier link of the application": Case(
        [[child("u"), child("v")]],
        [[account("a", clever_id="u")], [account("a", clever_id="v")]],
        {"a": ("v", "application")},
        [[], [], [decision("a", "u", "reject")]],
        progress=[did("first", "a"), did("then", "a", 1)],
        belongs={"first": "v", "then": "v"},
    ),
    "the later of two on one pair counts": Case(
        [[child("u", sis_id="1")]],
        [[account("a", sis_id="1")]],
        {"a": ("u", "decision")},
        [
            [decision("a", "u", "reject")],
            [decision("a", "u", "reject"), decision("a", "u", "accept", 2)],
        ],
    ),
    "a decision that is taken back": Case(
        [[child("u")]],
        [[account("a", "Zoe Lee")]],
        {"a": ("no candidate", NOBODY)},
        [[decision("a", "u", "accept")], []],
    ),
    "the later of two of one time is the one of the higher number": Case(
        [[child("u")]],
        [[account("a")]],
        {"a": ("nothing to match by", "it has no name, number, address or user name")},
        [
            [
                {**decision("a", "u", "accept", 9), "decided_at": MON},
                {**decision("a", "u", "reject", 10), "decided_at": MON},
            ]
        ],
    ),
    "what a decision made stays when the account names another district": Case(
        [[child("u")]],
        [[account("a")], [account("a", district_id=ELSEWHERE)]],
        {"a": ("u", "decision")},
        [[decision("a", "u", "accept")]],
    ),
    "a rejection that is taken back returns what happened meanwhile": Case(
        [[child("u", sis_id="1")]],
        [[account("a", sis_id="1")]],
        {"a": ("u", "sis_id")},
        [[], [decision("a", "u", "reject")], []],
        progress=[did("first", "a"), did("meanwhile", "a", 1), did("last", "a", 2)],
        belongs={"first": "u", "meanwhile": "u", "last": "u"},
    ),
    "a rejection that is taken back": Case(
        [[child("u", sis_id="1")]],
        [[account("a", sis_id="1")]],
        {"a": ("u", "sis_id")},
        [[decision("a", "u", "reject")], []],
    ),
    "two accounts of one child, by a person": Case(
        [[child("u", sis_id="1")]],
        [[account("a", sis_id="1"), account("b", sis_id="1")]],
        {"a": ("u", "decision"), "b": ("u", "decision")},
        [[decision("a", "u", "accept"), decision("b", "u", "accept")]],
    ),
    "a match the application makes elsewhere goes before a decision": Case(
        [[child("u"), child("v")]],
        [[account("a", clever_id="v")]],
        {"a": ("v", "application")},
        [[decision("a", "u", "accept")]],
    ),
}

"""Every rule of matching, every veto and every trap, by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dbt.story import begun
from tests.matching.cases import CASES
from tests.matching.decision_cases import DECISIONS
from tests.matching.town import Town

_DAYS = 3


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return Town(begun(Path(tmp_path_factory.mktemp("matching"))), CASES, _DAYS)


@pytest.mark.parametrize("name", CASES)
def test_an_account_is_where_it_belongs(town: Town, name: str) -> None:
    assert town.statuses(name) == dict(CASES[name].expected)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.belongs])
def test_progress_is_whose_it_was(town: Town, name: str) -> None:
    assert town.belongs(name) == dict(CASES[name].belongs)


@pytest.mark.parametrize(
    ("name", "contradicted"),
    [
        ("state: what contradicts later is shown", "dob"),
        ("state: the right one comes a day later", "another_has_them"),
        ("state: the right one came, and went", None),
        ("state: an address goes to another of the family", "first_name"),
        ("state: a number stays with one who is called otherwise", None),
        ("state: an account moves to another district", "district"),
        ("state: a teacher's account becomes a student's", "role"),
        ("decision: accept of one who is overwritten by another", "name"),
        ("decision: accept of one who is not called so", None),
    ],
)
def test_what_contradicts_later_is_a_case_for_review(
    town: Town, name: str, contradicted: str | None
) -> None:
    expected = ("a", "u", "matched, and contradicted since", [contradicted])
    assert town.ask(
        name,
        "select account_id, user_id, reason, contradicted from matching.match_review "
        "where account_id like '{prefix}%'",
    ) == ([expected] if contradicted else [])


def test_one_whose_own_id_is_anothers_is_a_case_for_review(town: Town) -> None:
    assert town.ask(
        "state: one whose own ID is a Clever ID is somebody else",
        "select account_id, user_id, contradicted from matching.match_review "
        "where account_id like '{prefix}%'",
    ) == [("a", "a", ["dob", "name"])]


def test_one_who_came_back_under_another_id_is_a_case_for_review(town: Town) -> None:
    assert town.ask(
        "trap: an account stays with whom it was matched, though that one came back as another",
        "select account_id, user_id, reason from matching.match_review "
        "where account_id like '{prefix}%'",
    ) == [("a", "v", "its user came back under another ID")]


def test_the_history_says_why_a_match_ended(town: Town) -> None:
    query = (
        "select user_id, rule, end_reason from matching.account_match_history "
        "where account_id like '{prefix}%' order by valid_from"
    )
    assert town.ask("state: an account that is withdrawn", query) == [("u", "sis_id", "withdrawn")]
    assert town.ask("state: the application links elsewhere", query) == [
        ("u", "sis_id", "moved"),
        ("v", "application", None),
    ]
    assert town.ask("decision: apart leaves what happened by then", query) == [
        ("u", "sis_id", "kept apart")
    ]
    assert town.ask("decision: reject takes back what was wrong", query) == [
        ("u", "sis_id", "rejected")
    ]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        (
            "a match the application makes elsewhere goes before a decision",
            "the application links the account with another",
        )
    ],
)
def test_a_decision_that_cannot_be_is_kept_with_its_problem(
    town: Town, name: str, problem: str
) -> None:
    assert name in DECISIONS
    assert town.ask(
        f"decision: {name}",
        "select problem, is_standing from matching.match_decisions "
        "where account_id like '{prefix}%'",
    ) == [(problem, False)]


def test_a_rebuild_gives_the_same_rows(town: Town) -> None:
    before = town.everything()
    town.rebuild()
    assert town.everything() == before

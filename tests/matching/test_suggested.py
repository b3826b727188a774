"""From the log to the review: who is scored, by what is known of them, and who reads it then."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from orchestration.lib.home import Home
from orchestration.matching.suggesting import suggest
from tests.dbt.dbt_warehouse import DISTRICT, Record
from tests.dbt.story import MON, TUE, Story, begun

_SCHOOLS = ["elm", "oak"]


def _child(id_: str, first: str, last: str, **held: object) -> Record:
    role = {"schools": _SCHOOLS, "school": "elm", "grade": "8", "dob": "5/7/2012", **held}
    return {"id": id_, "name": {"first": first, "last": last}, "roles": {"student": role}}


USERS = [
    _child("ana", "Ana", "Okafor", sis_id="77", preferred_name={"first": "Annie"}),
    _child("ben", "Ben", "Lindqvist", sis_id="88"),
]
#: The first is matched by her number; the second's has a wrong digit, and his name a typo.
ACCOUNTS = [
    {"id": "a-1", "first_name": "Ana", "last_name": "Okafor", "sis_id": "77", "role": "student"},
    {"id": "a-2", "first_name": "Ben", "last_name": "Lindqvst", "sis_id": "98", "role": "student",
     "dob": "2012-05-07", "school_id": "oak", "grade": "8"},
]  # fmt: skip


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    told = begun(Path(tmp_path_factory.mktemp("suggested")))
    districts = [{"id": DISTRICT, "name": "Elm"}]
    told.day(MON, USERS, accounts=ACCOUNTS, districts=districts)
    assert suggest(Home(told.warehouse.home), MON).scored == 1
    told.day(TUE, USERS, accounts=ACCOUNTS, districts=districts)
    return told


def test_an_account_that_a_rule_matched_is_not_scored(story: Story) -> None:
    assert story.ask("select account_id from intermediate.open_accounts") == [("a-2",)]


def test_users_are_compared_by_all_their_schools_and_the_name_they_go_by(story: Story) -> None:
    assert story.ask(
        "select user_id, role, preferred_first_name, dob, school_ids "
        "from intermediate.open_users where role = 'student' order by user_id"
    ) == [
        ("ana", "student", "Annie", date(2012, 5, 7), _SCHOOLS),
        ("ben", "student", None, date(2012, 5, 7), _SCHOOLS),
    ]


def test_the_next_build_shows_what_was_suggested(story: Story) -> None:
    [(account_id, user_id, rank, agreed, probability)] = story.ask(
        "select account_id, user_id, rank, agreed, probability from matching.match_review"
    )

    assert (account_id, user_id, rank) == ("a-2", "ben", 1)
    assert {"dob", "first_name", "last_name", "school_ids", "grade"} <= set(agreed)
    assert probability > 0.5


def test_a_print_changes_with_what_is_known_and_with_nothing_else(story: Story) -> None:
    before = story.ask("select print from intermediate.open_accounts")
    story.day(TUE, USERS, accounts=ACCOUNTS)
    assert story.ask("select print from intermediate.open_accounts") == before

    changed = [ACCOUNTS[0], ACCOUNTS[1] | {"grade": "9"}]
    story.day(TUE, USERS, accounts=changed)
    assert story.ask("select print from intermediate.open_accounts") != before

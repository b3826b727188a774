"""Whatever the rows hold: no crash, no explosion of pairs, the same result in any order."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.matching.blocking import LIMIT
from orchestration.matching.scoring import BEST, score
from tests.matching.homes import people
from tests.matching.people import labelled
from tests.matching.relations import load
from tests.matching.writing import COLUMNS, Row

_ODD = (
    "", " ", "\t", "\x00", "a\x00b", "0", "000", "null", "-", "'", '"; drop table users', "\u200f",
    "مريم", "שרה", "👧🏽", "ﬁ", "İ", "ß", "a" * 300, "Jr.", "III", "de la", "x@", "@", "%", "\\",
    "1e400", "9" * 400, "K", "12th", "-1", "2012-02-30",
)  # fmt: skip
_TEXTS = st.one_of(
    st.none(), st.sampled_from(_ODD), st.text(max_size=8), st.sampled_from(("Ana", "Okafor", "7"))
)
_DATES = st.one_of(
    st.none(), st.dates(), st.sampled_from((date.min, date.max, date(2012, 5, 7)))
)  # fmt: skip
_SCHOOLS = st.one_of(st.none(), st.lists(_TEXTS, max_size=3))


def _rows(person: str) -> st.SearchStrategy[list[Row]]:
    values: dict[str, st.SearchStrategy[Any]] = dict.fromkeys(COLUMNS, _TEXTS)
    values |= {"dob": _DATES, "school_ids": _SCHOOLS, "preferred_first_name": _TEXTS}
    values["district_id"] = st.sampled_from(("d", "e", None, ""))
    values["role"] = st.sampled_from((None, "", "student", "teacher"))
    return st.lists(st.fixed_dictionaries(values), min_size=1, max_size=12).map(
        lambda rows: [{**row, person: f"{person}{number}"} for number, row in enumerate(rows)]
    )


def _scored(users: list[Row], accounts: list[Row], threads: int = 2) -> list[tuple[Any, ...]]:
    with duckdb.connect(config={"threads": threads}) as connection:
        load(connection, people(users, accounts))
        score(connection, "accounts", "users")
        return connection.execute("from scored order by account_id, rank").fetchall()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_rows("user_id"), _rows("account_id"), st.randoms(use_true_random=False))
def test_any_rows_are_scored_alike_in_any_order(
    users: list[Row], accounts: list[Row], chance: Any
) -> None:
    district = {row["account_id"]: row["district_id"] for row in accounts}
    at = {row["user_id"]: row["district_id"] for row in users}

    found = _scored(users, accounts)

    chance.shuffle(users)
    chance.shuffle(accounts)
    assert _scored(users, accounts, threads=1) == found
    for account_id, user_id, probability, _, agreed, contradicted, rank, *_ in found:
        assert district[account_id] == at[user_id]
        assert 0 < probability <= 1
        assert 1 <= rank <= BEST
        assert agreed == sorted(agreed) and contradicted == sorted(contradicted)
        assert not set(agreed) & set(contradicted)


def test_a_pair_s_score_depends_on_nobody_else() -> None:
    everybody = labelled(400, seed=3, districts=1)
    alone = everybody.accounts[::7]

    together = {row[0]: row for row in _scored(everybody.users, everybody.accounts) if row[6] == 1}
    few = [row for row in _scored(everybody.users, alone) if row[6] == 1]

    assert len(few) > 40
    assert few == [together[row[0]] for row in few]


@pytest.mark.parametrize("threads", [1, 4])
def test_more_people_than_a_chunk_holds_come_to_the_same(
    monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    everybody = labelled(400, seed=4, districts=1)
    at_once = _scored(everybody.users, everybody.accounts)

    monkeypatch.setattr("orchestration.matching.scoring._AT_ONCE", 90)

    assert _scored(everybody.users, everybody.accounts, threads) == at_once


@pytest.mark.parametrize("column", ["email", "sis_id", "username", "last_name", "first_name"])
def test_no_value_that_everybody_shares_multiplies_the_pairs(column: str) -> None:
    values = {
        "first_name": "'Ana'",
        "last_name": "'Okafor'",
        "school_ids": "['north']",
        "dob": "date '2012-05-07'",
        column: "'same'",
    }
    replaced = ", ".join(f"{value} as {name}" for name, value in values.items())
    with duckdb.connect() as connection:
        load(connection, people([{"user_id": "u"}], [{"account_id": "a"}]))
        for name, person in (("accounts", "account_id"), ("users", "user_id")):
            connection.execute(
                f"create table many_{name} as select * replace ({replaced}, "
                f"number::varchar as {person}) from {name}, range(5000) as numbers(number)"
            )
        score(connection, "many_accounts", "many_users")

        assert connection.execute("select count(*) from pairs").fetchall() == [(0,)]


def test_a_value_that_as_many_share_as_allowed_still_blocks() -> None:
    rows = [{"sis_id": "77", "first_name": f"N{number}"} for number in range(LIMIT)]
    users = [{"user_id": str(number), **row} for number, row in enumerate(rows)]
    accounts = [{"account_id": str(number), **row} for number, row in enumerate(rows)]

    assert {(row[0], row[1]) for row in _scored(users, accounts) if row[6] == 1} == {
        (str(number), str(number)) for number in range(LIMIT)
    }
    users.append({"user_id": "more", "sis_id": "77"})
    assert _scored(users, accounts) == []


def test_ids_dates_and_grades_of_other_types_are_read() -> None:
    with duckdb.connect() as connection:
        load(connection, people([{"user_id": "1"}], [{"account_id": "1"}]))
        for name, person in (("accounts", "account_id"), ("users", "user_id")):
            connection.execute(
                f"create table odd_{name} as select * replace (1 as {person}, 5 as district_id, "
                "'Ana' as first_name, 1002003 as sis_id, 8 as grade, '2012-05-07' as dob, "
                f"12.5 as email, [3, 4] as school_ids, true as username) from {name}"
            )
        score(connection, "odd_accounts", "odd_users")

        assert connection.execute("select account_id, user_id, agreed from scored").fetchall() == [
            ("1", "1", ["dob", "email", "first_name", "grade", "school_ids", "sis_id", "username"])
        ]

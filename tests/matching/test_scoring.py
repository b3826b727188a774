"""What an account's first candidate is, trap by trap: who it is, what agrees, what does not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import duckdb
import pytest

from orchestration.matching.blocking import LIMIT
from orchestration.matching.scoring import score
from tests.matching.homes import people
from tests.matching.relations import load
from tests.matching.writing import Row

MAY = date(2012, 5, 7)
ANA: Row = {
    "role": "student",
    "first_name": "Ana María",
    "last_name": "Okafor",
    "dob": MAY,
    "sis_id": "100200300",
    "email": "ana.okafor@town.example",
    "school_ids": ["north"],
    "grade": "8",
}
NAMES = ("first_name", "last_name", "dob", "school_ids", "grade")


def _only(row: Row, *columns: str) -> Row:
    return {"role": row["role"], **{column: row[column] for column in columns}}


def candidates(users: Sequence[Row], account: Row, *others: Row) -> list[dict[str, Any]]:
    """The suggestions of the account `a`, best first; further accounts beside it."""
    shown = people(
        [{"user_id": f"u{number}", **row} for number, row in enumerate(users)],
        [
            {"account_id": "a", **account},
            *({"account_id": f"b{number}", **row} for number, row in enumerate(others)),
        ],
    )
    with duckdb.connect() as connection:
        load(connection, shown)
        score(connection, "accounts", "users")
        found = connection.execute("select * from scored where account_id = 'a' order by rank")
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _first(users: Sequence[Row], account: Row, *others: Row) -> dict[str, Any]:
    return candidates(users, account, *others)[0]


def test_what_agrees_is_told_and_ranks_begin_with_one() -> None:
    first = _first([ANA], ANA)

    assert (first["user_id"], first["rank"]) == ("u0", 1)
    assert first["agreed"] == sorted(set(ANA) - {"role"})
    assert first["contradicted"] == []
    assert first["probability"] > 0.999


@pytest.mark.parametrize(
    ("what", "written"),
    [
        ("case, accents and blanks", {"first_name": " ANA  MARIA ", "last_name": "OKAFOR"}),
        ("a typo", {"last_name": "Okafro"}),
        ("names swapped", {"first_name": "Okafor", "last_name": "Ana María"}),
        ("a suffix in the name", {"last_name": "Okafor, Jr."}),
        ("day and month swapped", {"dob": date(2012, 7, 5)}),
        ("another grade", {"grade": "07"}),
        ("another school", {"school_ids": ["south"]}),
    ],
)
def test_a_slip_leaves_the_right_user_first(what: str, written: Row) -> None:
    other = ANA | {"first_name": "Tomás", "last_name": "Lindqvist", "dob": date(2011, 2, 3)}

    first = _first([ANA, other], _only(ANA, *NAMES) | written)

    assert first["user_id"] == "u0"
    assert first["probability"] > 0.3, what


def test_a_short_form_and_a_preferred_name_agree() -> None:
    robert = ANA | {"first_name": "Robert", "preferred_first_name": "Robin"}

    for called in ("Bob", "Robin", "Rob"):
        first = _first([robert], _only(robert, *NAMES) | {"first_name": called})
        assert "first_name" in first["agreed"], called
        assert first["probability"] > 0.5, called


def test_of_twins_the_one_of_that_name_is_first() -> None:
    twin = ANA | {"first_name": "Ngozi", "sis_id": "100200301", "email": "n.okafor@town.example"}

    found = candidates([twin, ANA], _only(ANA, *NAMES))

    assert found[0]["user_id"] == "u1"
    assert all("first_name" in other["contradicted"] for other in found[1:])


def test_a_twin_alone_is_in_doubt_and_no_match_where_a_number_is_known() -> None:
    twin = _only(ANA, *NAMES) | {"first_name": "Ngozi"}

    first = _first([ANA], twin)

    assert first["probability"] < 0.7
    assert first["contradicted"] == ["first_name"]
    for number in ("100200399", "100200301"):
        numbered = candidates([ANA], twin | {"sis_id": number})
        assert all(each["probability"] < 0.3 for each in numbered), number


def test_siblings_with_one_address_are_told_apart() -> None:
    home = {"email": "okafor@mail.example"}
    brother = (
        ANA | home | {"first_name": "Chidi", "dob": date(2010, 1, 9), "sis_id": "5", "grade": "10"}
    )

    account = _only(ANA, *NAMES) | home
    found = candidates([brother, ANA | home], account)

    assert found[0]["user_id"] == "u1"
    assert [each for each in candidates([brother], account) if each["probability"] > 0.5] == []


def test_father_and_son_of_one_name_are_told_apart_by_the_suffix() -> None:
    father = {
        "role": "teacher",
        "first_name": "John",
        "last_name": "Harris",
        "school_ids": ["north"],
    }
    son = father | {"suffix": "Jr."}
    senior = father | {"suffix": "Sr."}

    assert _first([senior, son], son)["user_id"] == "u1"
    assert _first([senior, son], senior)["user_id"] == "u0"


def test_a_number_given_to_another_child_is_no_likely_match() -> None:
    other = ANA | {"first_name": "Tomás", "last_name": "Lindqvist", "dob": date(2017, 2, 3),
                   "email": "t@town.example", "school_ids": ["south"], "grade": "3"}  # fmt: skip

    found = candidates([other], ANA)

    assert [each["probability"] < 0.05 for each in found] == [True] * len(found)


def test_leading_zeros_make_a_likely_match_not_a_certain_one() -> None:
    padded = _only(ANA, "first_name", "last_name", "sis_id") | {"sis_id": "00100200300"}

    exact = _first([ANA], _only(ANA, "first_name", "last_name", "sis_id"))
    first = _first([ANA], padded)

    assert "sis_id" in first["agreed"]
    assert first["match_weight"] < exact["match_weight"]


def test_two_accounts_of_one_child_both_have_her_first() -> None:
    older = _only(ANA, *NAMES) | {"grade": "6"}

    assert _first([ANA], ANA, older)["user_id"] == "u0"
    assert _first([ANA], older, ANA)["user_id"] == "u0"


def test_a_teacher_who_is_also_staff_is_one_candidate() -> None:
    teacher = {"user_id": "same", "role": "teacher", "first_name": "Grace", "last_name": "Haddad",
               "email": "haddad@town.example", "teacher_number": "T77"}  # fmt: skip
    staff = teacher | {"role": "staff", "teacher_number": None, "staff_id": "E9"}

    found = candidates([teacher, staff], teacher | {"role": None})

    assert [each["user_id"] for each in found] == ["same"]
    assert "teacher_number" in found[0]["agreed"]


def test_another_district_or_role_is_never_a_candidate() -> None:
    assert candidates([ANA | {"district_id": "elsewhere"}], ANA) == []
    assert candidates([ANA | {"role": "teacher"}], ANA) == []
    assert len(candidates([ANA | {"role": "teacher"}], ANA | {"role": None})) == 1


def test_no_more_than_five_candidates_the_best_ones_in_one_order() -> None:
    users = [ANA | {"sis_id": str(number), "email": None} for number in range(9)]

    found = candidates(users, _only(ANA, *NAMES))

    assert [each["rank"] for each in found] == [1, 2, 3, 4, 5]
    assert [each["user_id"] for each in found] == ["u0", "u1", "u2", "u3", "u4"]


def test_nothing_to_match_by_has_no_candidate() -> None:
    assert candidates([ANA], {"role": None}) == []
    assert candidates([ANA], {"role": None, "first_name": " ", "email": "", "sis_id": "\t"}) == []


def test_an_address_shared_by_ten_thousand_accounts_makes_no_pairs_of_its_own() -> None:
    shared = "noreply@school.example"
    with duckdb.connect() as connection:
        load(connection, people([ANA | {"user_id": "u"}], [ANA | {"account_id": "a"}]))
        for name, side in (("accounts", "account_id"), ("users", "user_id")):
            connection.execute(
                f"create table many_{name} as select * replace (number::varchar as {side}, "
                f"number::varchar as first_name, 'x' || number as last_name, null as dob, "
                f"null as sis_id, null as school_ids, '{shared}' as email) "
                f"from {name}, range(10000) as numbers(number)"
            )
        score(connection, "many_accounts", "many_users")
        [(pairs,)] = connection.execute("select count(*) from pairs").fetchall()
        [(best,)] = connection.execute(
            "select count(*) filter (where account_id = user_id) from scored where rank = 1"
        ).fetchall()

    assert pairs == best == 10_000


def test_what_many_share_in_another_district_is_rare_in_this_one() -> None:
    elsewhere = [ANA | {"district_id": "elsewhere"} for _ in range(2 * LIMIT)]

    found = candidates([ANA, *elsewhere], _only(ANA, "first_name", "last_name", "sis_id"))

    assert [each["user_id"] for each in found] == ["u0"]

"""Small towns at random, played through the SQL and through the plain model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.matching.compiled import Compiled, Place
from tests.matching.model import Town

DISTRICT = "d"
#: A town takes a third of a second a day: to make a failing one smaller would take minutes.
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
_NAMES = ("Ana", "Anna", "Eva", "Bob", "Lee")
_LASTS = ("Lee", "Lee, Jr.", "Leigh", "Khan", "Ana")


def some(*values: str) -> st.SearchStrategy[str | None]:
    """One of a few values, or none, so that people meet often."""
    return st.sampled_from((None, None, *values))


PERSON: dict[str, st.SearchStrategy[Any]] = {
    "first_name": some(*_NAMES),
    "middle_name": some("Ruth", "Mia"),
    "last_name": some(*_LASTS),
    "email": some("a@x", "A @x", "b@x"),
    "dob": some("2012-04-03", "2009-09-09"),
    "sis_id": some("1", " 1 ", "01"),
    "student_number": some("1", "2"),
}
USER = st.fixed_dictionaries(
    {**PERSON, "staff_id": some("1"), "district_username": some("al", "bo")}
)
ROLE = st.sampled_from(("student", "student", "student", "teacher", "staff"))
ACCOUNT = st.fixed_dictionaries(
    {
        **PERSON,
        "suffix": some("Jr", "Sr."),
        "username": some("Al", "bo"),
        "role": ROLE,
        "clever_id": st.sampled_from((None, None, None, None, None, "u0", "u1")),
    }
)
USERS = st.dictionaries(st.tuples(st.sampled_from(("u0", "u1", "u2")), ROLE), USER, max_size=3)
ACCOUNTS = st.dictionaries(st.sampled_from(("a0", "a1", "a2")), ACCOUNT, max_size=3)
DECISIONS = st.dictionaries(
    st.tuples(st.sampled_from(("a0", "a1")), st.sampled_from(("u0", "u1"))),
    st.sampled_from(("accept", "reject", "apart")),
    max_size=2,
)
DAY = st.tuples(USERS, ACCOUNTS, DECISIONS)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    return Compiled(Path(tmp_path_factory.mktemp("compiled")))


@given(days=st.lists(DAY, min_size=1, max_size=4))
@settings(max_examples=60, deadline=None, phases=_PHASES)
def test_the_sql_matches_as_the_model_does(compiled: Compiled, days: list[Any]) -> None:
    town, place = Town(), compiled.place()
    told: list[dict[str, Any]] = []
    for number, (users, accounts, decided) in enumerate(days, start=1):
        decisions = standing(decided)
        expected = town.tell(users, accounts, decisions)
        told += [
            {"account_id": id_, "clever_id": row["clever_id"], "load_id": number}
            for id_, row in accounts.items()
        ]
        show(place, town, told, decisions, number)
        found = place.build()
        linked = {id_: row["clever_id"] for id_, row in accounts.items() if row["clever_id"]}
        of_the_application = {
            id_: (user, "application")
            for id_, user in linked.items()
            if found.get(id_, ("", ""))[0] != user
        }
        assert {**found, **of_the_application} == expected, f"day {number}"


@given(day=DAY)
@settings(max_examples=20, deadline=None, phases=_PHASES)
def test_nobody_is_matched_twice(compiled: Compiled, day: Any) -> None:
    users, accounts, _ = day
    town, place = Town(), compiled.place()
    town.tell(users, accounts, ())
    show(place, town, [], (), 1)
    matched = [user for user, _ in place.build().values()]
    assert len(matched) == len(set(matched))


def standing(decided: dict[tuple[str, str], str]) -> list[tuple[str, str, str]]:
    """Of an account one accepted user at most: a second would contradict the first."""
    accepted: set[str] = set()
    decisions = []
    for (account, user), what in sorted(decided.items()):
        if what != "accept" or account not in accepted:
            decisions.append((account, user, what))
        if what == "accept":
            accepted.add(account)
    return decisions


def show(
    place: Place,
    town: Town,
    told: list[dict[str, Any]],
    decisions: Sequence[tuple[str, str, str]],
    number: int,
) -> None:
    """What the models read, of the town as it stands on a day."""
    _show_moments(place, number)
    _show_people(place, town)
    _show_decisions(place, town, decisions)
    place.replace("build.intermediate.account_log", told)


def _show_moments(place: Place, number: int) -> None:
    """So many syncs and the load of the last of these days."""
    place.replace(
        "warehouse.staging.stg_clever__syncs",
        [
            {
                "sync_id": sync_id,
                "district_id": DISTRICT,
                "status": "complete",
                "observed_at": f"2026-08-{sync_id:02}",
            }
            for sync_id in range(1, number + 1)
        ],
    )
    place.replace(
        "warehouse.application_raw.loads",
        [{"load_id": number, "status": "complete", "observed_at": f"2026-08-{number:02}"}],
    )


def _show_people(place: Place, town: Town) -> None:
    place.replace(
        "build.intermediate.matchable_users",
        [
            {"user_id": user, "role": role, "district_id": DISTRICT, **row}
            for (user, role), row in town.users.items()
        ],
    )
    place.replace(
        "build.intermediate.account_records",
        [
            {
                "account_id": id_,
                "is_present": True,
                "district_ref": DISTRICT,
                "told_role": row["role"],
                **row,
            }
            for id_, row in town.accounts.items()
        ],
    )
    place.replace(
        "build.intermediate.matchable_accounts",
        [
            {
                "account_id": id_,
                "is_present": True,
                "district_id": DISTRICT,
                "told_role": row["role"],
                "told_clever_id": row["clever_id"],
                "is_another": id_ in town.others,
                **{name: value for name, value in row.items() if name != "clever_id"},
            }
            for id_, row in town.accounts.items()
        ],
    )
    place.replace(
        "build.roster.user_history",
        [
            {"user_id": user, "district_id": DISTRICT, "is_current": True}
            for user in sorted({user for user, _ in town.users})
        ],
    )


def _show_decisions(place: Place, town: Town, decisions: Sequence[tuple[str, str, str]]) -> None:
    known = {user for user, _ in town.users}
    links = {id_: row["clever_id"] for id_, row in town.accounts.items() if row["clever_id"]}
    place.replace(
        "build.matching.match_decisions",
        [
            {
                "decision_id": f"{account}-{user}",
                "object": "account",
                "account_id": account,
                "user_id": user,
                "decision": what,
                "is_standing": user in known
                and account in town.accounts
                and (
                    links.get(account, user) == user
                    if what == "accept"
                    else links.get(account) != user
                ),
            }
            for account, user, what in decisions
        ],
    )

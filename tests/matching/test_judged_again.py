"""A daily build judges only whom news may concern, and finds what a build of everything finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.matching.compiled import Compiled, Place

DISTRICTS = ("d1", "d2")
#: To make a failing example smaller would take minutes.
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


def some(*values: str) -> st.SearchStrategy[str | None]:
    """One of a few values, or none, so that people meet often."""
    return st.sampled_from((None, *values))


_PERSON: dict[str, st.SearchStrategy[Any]] = {
    "first_name": some("Ana", "Ann", "Bob"),
    "middle_name": some("Ruth"),
    "last_name": some("Lee", "lee ", "Khan"),
    "email": some("a@x", "A @x", "b@x"),
    "dob": some("2012-04-03", "2009-09-09"),
    "sis_id": some("1", " 1 ", "2", "n/a"),
    "student_number": some("1"),
    "district_id": st.sampled_from(("d1", "d1", "d1", "d2")),
}
_USER = st.fixed_dictionaries(
    {
        **_PERSON,
        "staff_sis_id": some("1"),
        "district_username": some("al"),
        "preferred_name_first": some("Ann", "Bob"),
    }
)
_ACCOUNT = st.fixed_dictionaries(
    {
        **_PERSON,
        "username": some("Al"),
        "role": st.sampled_from((None, "student", "student", "teacher", "staff")),
        "told_clever_id": st.sampled_from((None, None, None, None, "u0")),
        "is_present": st.sampled_from((True, True, True, False)),
    }
)
_ACCOUNTS = st.sampled_from(tuple(f"a{number}" for number in range(8)))
_USERS = st.sampled_from(tuple(f"u{number}" for number in range(8)))
_ROLE = st.sampled_from(("student", "student", "student", "teacher", "staff"))
_CHANGE = st.one_of(
    st.tuples(st.just("account"), _ACCOUNTS, _ACCOUNT),
    st.tuples(st.just("user"), st.tuples(_USERS, _ROLE), _USER),
    st.tuples(st.just("decision"), st.tuples(_ACCOUNTS, _USERS), some("accept", "reject")),
    st.tuples(st.just("succeeded"), _USERS, st.booleans()),
)
_FIRST = st.tuples(
    st.dictionaries(_ACCOUNTS, _ACCOUNT, min_size=3, max_size=8),
    st.dictionaries(st.tuples(_USERS, _ROLE), _USER, min_size=3, max_size=8),
)
_DAYS = st.lists(st.lists(_CHANGE, min_size=1, max_size=2), min_size=1, max_size=5)
_COLUMNS = {
    "student": ("sis_id", "student_number", "district_username", "dob", "preferred_name_first"),
    "teacher": ("sis_id", "district_username"),
    "staff": ("staff_sis_id", "district_username"),
}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    return Compiled(Path(tmp_path_factory.mktemp("compiled")))


@given(first=_FIRST, days=_DAYS)
@settings(
    max_examples=60,
    deadline=None,
    phases=_PHASES,
    # On a machine with much else to do whole towns take long to draw.
    suppress_health_check=[HealthCheck.too_slow],
)
def test_what_a_daily_build_finds_a_build_of_everything_finds(
    compiled: Compiled, first: Any, days: list[Any]
) -> None:
    town = Changing(compiled.place())
    accounts, users = first
    town.tell(
        [("account", *each) for each in accounts.items()]
        + [("user", *each) for each in users.items()]
    )
    town.place.build()
    for changes in days:
        town.tell(changes)
        town.place.judge_what_changed()
        found = town.candidates()
        kept = town.place.connection.sql("from build.intermediate.account_candidates").df()
        town.place.judge_all()
        assert found == town.candidates(), changes
        town.place.connection.execute("delete from build.intermediate.account_candidates")
        town.place.connection.execute("insert into build.intermediate.account_candidates from kept")
        assert len(kept) == len(found)
        town.place.match()


def test_of_one_account_that_changes_the_others_are_not_judged_again(compiled: Compiled) -> None:
    town = Changing(compiled.place())
    person = dict.fromkeys(_PERSON) | {"district_id": "d1"}
    account = {**person, "username": None, "role": None, "told_clever_id": None, "is_present": True}
    town.tell(
        [("account", f"a{number}", {**account, "sis_id": str(number)}) for number in range(5)]
    )
    town.place.build()
    town.tell([("account", "a1", {**account, "sis_id": "3"})])
    town.place.judge_what_changed()
    judged = town.place.connection.sql("from build.intermediate.accounts_to_judge").fetchall()
    assert sorted(judged) == [("a1", True), ("a3", True)]


@dataclass
class Changing:
    """A town of which little changes from day to day, and the tables that show it."""

    place: Place
    accounts: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    users: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    decisions: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    succeeded: set[str] = field(default_factory=set)
    versions: list[tuple[str, str, Mapping[str, Any]]] = field(default_factory=list)
    told: list[Mapping[str, Any]] = field(default_factory=list)
    day: int = 0

    def tell(self, changes: list[tuple[str, Any, Any]]) -> None:
        """A day on which these things are new, and nothing else."""
        self.day += 1
        touched = set()
        for what, whose, said in changes:
            match what:
                case "account":
                    self.accounts[whose] = said
                    self.told.append(_told(whose, said) | {"load_id": self.day})
                case "user":
                    self.users[whose] = said
                    self.versions.append((*whose, said))
                    touched.add(whose[0])
                case "decision":
                    self.decisions.pop(whose, None)
                    if said:
                        self.decisions[whose] = said, self.day
                case _:
                    (self.succeeded.add if said else self.succeeded.discard)(whose)
        self._show(touched)

    def candidates(self) -> list[tuple[Any, ...]]:
        """All candidates, in one order."""
        return self.place.connection.sql(
            "select * from build.intermediate.account_candidates order by all"
        ).fetchall()

    # --- showing ------------------------------------------------------------------------------

    def _show(self, touched: set[str]) -> None:
        show = self.place.replace
        at = f"2026-08-{self.day:02}"
        syncs = [
            {"sync_id": 2 * day + place, "district_id": district, "status": "complete"}
            for day in range(1, self.day + 1)
            for place, district in enumerate(DISTRICTS)
        ]
        show("warehouse.staging.stg_clever__syncs", [{**s, "observed_at": at} for s in syncs])
        load = {"load_id": self.day, "status": "complete", "observed_at": at}
        show("warehouse.application_raw.loads", [load])
        show("warehouse.application_raw.match_decisions", [{"load_id": self.day}])
        show("build.ops.application_builds", [{"load_id": self.day - 1}])
        show("build.ops.builds", [{"sync_id": 2 * self.day - 1}])
        show(
            "build.intermediate.touched_records",
            [{"object": "users", "id": id_} for id_ in touched],
        )
        show("build.intermediate.succeeded_users", [{"predecessor_id": u} for u in self.succeeded])
        show("build.intermediate.account_log", self.told)
        raw = [{"id": row["account_id"], "load_id": row["load_id"]} for row in self.told]
        show("warehouse.application_raw.accounts", raw)
        self._show_accounts()
        self._show_users()
        show(
            "build.matching.match_decisions",
            [
                {
                    "decision_id": f"{account}-{user}",
                    "object": "account",
                    "account_id": account,
                    "user_id": user,
                    "decision": decision,
                    "is_standing": account in self.accounts,
                    "load_id": day,
                    "news_id": 0,
                }
                for (account, user), (decision, day) in self.decisions.items()
            ],
        )

    def _show_accounts(self) -> None:
        rows = [(id_, dict(row)) for id_, row in self.accounts.items()]
        self.place.replace("build.intermediate.account_records", [_record(*row) for row in rows])
        self.place.replace(
            "build.intermediate.matchable_accounts",
            [
                {"account_id": id_, "told_role": row["role"], "is_another": False, **row}
                for id_, row in rows
            ],
        )

    def _show_users(self) -> None:
        current = dict(self.users)
        for role, columns in _COLUMNS.items():
            common = ("first_name", "middle_name", "last_name", "email", "district_id")
            self.place.replace(
                f"build.roster.{role}_history",
                [
                    {
                        f"{role}_id": user,
                        "is_current": current[user, role] is row,
                        **{name: row[name] for name in (*common, *columns)},
                    }
                    for user, role_then, row in self.versions
                    if role_then == role
                ],
            )
        people = self.place.people_of_clever
        self.place.connection.execute("delete from build.intermediate.matchable_users")
        self.place.connection.execute(
            f"insert into build.intermediate.matchable_users by name {people}"
        )
        self.place.replace(
            "build.roster.user_history",
            [
                {"user_id": user, "district_id": row["district_id"], "is_current": True}
                for user, row in {user: row for (user, _), row in current.items()}.items()
            ],
        )


def _told(id_: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """The account as the application's log tells it."""
    return _record(id_, row) | {"clever_id": row["told_clever_id"]}


def _record(id_: str, row: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in row.items() if name in _TOLD}
    return {
        **kept,
        "account_id": id_,
        "is_present": row["is_present"],
        "district_ref": row["district_id"],
    }


_TOLD = (
    "first_name", "middle_name", "last_name", "email", "dob", "sis_id", "student_number",
    "username", "role",
)  # fmt: skip

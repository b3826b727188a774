"""Many small stories of matching, each a district of its own, so that all are built at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from orchestration.lib.dbt_runner import EVERYTHING, TABLES_AND_TESTS
from tests.dbt.story import Story

MON = datetime(2026, 8, 17, 2)
Row = dict[str, Any]


def child(id_: str, name: str = "", role: str = "student", **held: Any) -> Row:
    """A user of Clever with a role; `name` is first, last, and middle if there are three."""
    first, last, middle = _names(name)
    email = held.pop("email", None)
    return {
        "id": id_,
        "email": email,
        "name": {"first": first, "middle": middle, "last": last},
        "roles": {each: dict(held) for each in role.split("+")},
    }


def account(id_: str, name: str = "", role: str | None = "student", **held: Any) -> Row:
    """An account of the application, of its story's district unless it says otherwise."""
    first, last, middle = _names(name)
    about = {"first_name": first, "middle_name": middle, "last_name": last, "role": role}
    return {"id": id_, **about, **held}


def decision(account_id: str, user: str, what: str, number: int = 1) -> Row:
    """A decision made in the application on Monday, some minutes after the sync."""
    return {
        "id": f"{account_id}-{number}",
        "account_id": account_id,
        "clever_id": user,
        "decision": what,
        "author": "kim",
        "decided_at": MON + timedelta(minutes=number),
    }


def did(id_: str, who: str, day: int = 0) -> Row:
    """A record of progress at noon of a day."""
    return {
        "id": id_,
        "user_id": who,
        "kind": "assessment",
        "occurred_at": MON + timedelta(days=day, hours=10),
    }


@dataclass
class Case:
    """Days of a district: what Clever and the application show; the last list goes on.

    `expected` says of each account the user and the rule, or the status and the reason.
    """

    users: Sequence[Sequence[Row]]
    accounts: Sequence[Sequence[Row]]
    expected: Mapping[str, tuple[str, str]]
    decisions: Sequence[Sequence[Row]] = ((),)
    progress: Sequence[Row] = ()
    belongs: Mapping[str, str | None] = field(default_factory=dict)
    schools: Sequence[Row] = ()


class Town:
    """All cases, played side by side; IDs begin with the number of their case."""

    def __init__(self, story: Story, cases: Mapping[str, Case], days: int) -> None:
        self._story = story
        self._prefixes = {name: f"c{number}-" for number, name in enumerate(cases)}
        self._cases = cases
        for day in range(days):
            self._play(day)

    def statuses(self, name: str) -> dict[str, tuple[str, str]]:
        """Of each account of a case the user and the rule, or the status and why."""
        prefix = self._prefixes[name]
        rows = self._story.ask(
            "select account_id, status, user_id, "
            "case when status = 'matched' then m.rule else s.reason end "
            "from matching.account_status as s left join matching.account_matches as m "
            f"using (account_id, user_id) where account_id like '{prefix}%'"
        )
        return {
            id_.removeprefix(prefix): (
                (user.removeprefix(prefix), why) if status == "matched" else (status, why)
            )
            for id_, status, user, why in rows
        }

    def belongs(self, name: str) -> dict[str, str | None]:
        """Of each record of progress of a case the student it is shown under."""
        prefix = self._prefixes[name]
        rows = self._story.ask(
            "select progress_id, student_id from intermediate.progress_records "
            f"where progress_id like '{prefix}%'"
        )
        return {id_.removeprefix(prefix): user and user.removeprefix(prefix) for id_, user in rows}

    def ask(self, name: str, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query in which `{prefix}` begins the IDs of a case; without it in them."""
        prefix = self._prefixes[name]
        return [
            tuple(each.removeprefix(prefix) if isinstance(each, str) else each for each in row)
            for row in self._story.ask(query.replace("{prefix}", prefix))
        ]

    def rebuild(self) -> None:
        """Derive everything again from the logs."""
        self._story.build(EVERYTHING)

    def everything(self) -> list[tuple[Any, ...]]:
        """What is matched, and what became of it, as rows that can be compared."""
        return [
            row
            for relation in (
                "matching.account_status",
                "matching.account_match_history",
                "matching.match_review",
                "matching.match_decisions",
                "intermediate.progress_records",
                "intermediate.account_links",
            )
            for row in self._story.ask(f"select * from {relation} order by all")
        ]

    # --- playing ------------------------------------------------------------------------------

    def _play(self, day: int) -> None:
        at = MON + timedelta(days=day)
        tables: dict[str, list[Row]] = {
            name: [] for name in ("accounts", "match_decisions", "progress")
        }
        for name, case in self._cases.items():
            prefix = self._prefixes[name]
            sync_id = self._story.warehouse.sync(
                {
                    "districts": [{"id": prefix, "name": prefix}],
                    "schools": [_named(prefix, each, ("id",)) for each in case.schools],
                    "users": [_user(prefix, each) for each in _on(case.users, day)],
                },
                district=prefix,
                at=at,
            )
            tables["accounts"] += [
                _named(prefix, {"district_id": "", **each}, _ACCOUNT_IDS)
                for each in _on(case.accounts, day)
            ]
            tables["match_decisions"] += [
                _named(prefix, each, ("id", "account_id", "clever_id"))
                for each in _on(case.decisions, day)
            ]
            tables["progress"] += [
                _named(prefix, each, ("id", "user_id"))
                for each in case.progress
                if each["occurred_at"] < at + timedelta(days=1)
            ]
        load_id = self._story.application.load(at, **tables)
        self._story.build(TABLES_AND_TESTS if self._story.built_once else EVERYTHING)
        self._story.note(sync_id, load_id)
        self._story.built_once = True


_ACCOUNT_IDS = ("id", "clever_id", "district_id", "school_id")


def _on(days: Sequence[Sequence[Row]], day: int) -> Sequence[Row]:
    return days[min(day, len(days) - 1)]


def _named(prefix: str, row: Row, ids: Sequence[str]) -> Row:
    """The row with its IDs of this case; one that begins with `!` is somebody else's."""
    return {
        name: (value[1:] if value.startswith("!") else f"{prefix}{value}")
        if name in ids and isinstance(value, str)
        else value
        for name, value in row.items()
    }


def _user(prefix: str, user: Row) -> Row:
    roles = {role: _named(prefix, held, ("school",)) for role, held in user["roles"].items()}
    return {**user, "id": f"{prefix}{user['id']}", "roles": roles}


def _names(name: str) -> Iterator[str | None]:
    """First, last and middle name of `First Last` or `First Last Middle`; `_` is a blank.

    What begins with `_` is a last name without a first one.
    """
    if name.startswith("_"):
        return iter([None, name[1:].replace("_", " "), None])
    parts = [part.replace("_", " ") for part in name.split()]
    return iter([*parts, *[None] * (3 - len(parts))])

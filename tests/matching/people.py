"""Districts of invented people, and the accounts they had before Clever: who is whose is known.

Everything comes from a seed. What makes matching hard has a name (`Labelled.traps`) and is met as
often as `RATES` of `tests/matching/writing.py` says: a district's users are students of families
(siblings, twins), teachers and staff (fathers and sons of one name, teachers who are also staff);
an account knows some columns only, older, mistyped or somebody else's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.matching.names import Names, own_names
from tests.matching.noise import Noise, own_noise
from tests.matching.writing import COLUMNS, RATES, Row, Writing, plain


@dataclass
class Labelled:
    """Users, accounts, whose each account is (None: nobody's), and what is hard about it."""

    users: list[Row] = field(default_factory=list)
    accounts: list[Row] = field(default_factory=list)
    truth: dict[str, str | None] = field(default_factory=dict)
    traps: dict[str, list[str]] = field(default_factory=dict)

    def keep(self, accounts: int) -> None:
        """The first so many accounts, and no others."""
        for account in self.accounts[accounts:]:
            del self.truth[account["account_id"]], self.traps[account["account_id"]]
        del self.accounts[accounts:]

    def add(self, other: Labelled) -> None:
        """Other districts' beside these."""
        self.users += other.users
        self.accounts += other.accounts
        self.truth |= other.truth
        self.traps |= other.traps


def labelled(
    accounts: int,
    seed: int = 1,
    districts: int = 4,
    names: Names | None = None,
    noise: Noise | None = None,
    slips: float = 1.0,
) -> Labelled:
    """So many accounts, and the users of their districts; `slips` are made that many times more."""
    made = Labelled()
    for number in range(districts):
        chance = Random(f"{seed} {number}")
        drawn = names or own_names(), noise or own_noise(), slips
        town = _Town(f"{seed:08x}{number:016x}", chance, *drawn)
        wanted = accounts * (number + 1) // districts - accounts * number // districts
        town.settle(wanted)
        town.register(wanted)
        made.add(town.made)
    return made


class _Town:
    """One district while it is made."""

    def __init__(
        self, district_id: str, chance: Random, names: Names, noise: Noise, slips: float
    ) -> None:
        self.made = Labelled()
        self._slips = slips
        self._id, self._chance, self._names, self._noise = district_id, chance, names, noise
        self._numbers = 0

    def settle(self, wanted: int) -> None:
        """Families and employees enough for so many accounts."""
        schools = [self._clever_id("5") for _ in range(max(2, wanted // 400))]
        while len(self.made.users) < wanted * 1.1 + 10:
            kind = self._chance.random()
            if kind < 0.85:
                self._family(schools)
            else:
                self._employee(schools)
        self._schools = schools

    def _happens(self, what: str) -> bool:
        return self._chance.random() < RATES[what]

    def _clever_id(self, kind: str) -> str:
        self._numbers += 1
        return f"{kind}{self._id[:8]}{self._id[-3:]}{self._numbers:012x}"

    def _family(self, schools: list[str]) -> None:
        last = self._names.last(self._chance)
        home = f"{last.lower()}{self._chance.randrange(1000)}@mail.example"
        school = self._chance.choice(schools)
        before = None
        for _ in range(self._chance.choice((1, 1, 2, 2, 3))):
            child = self._student(last, home, school)
            if before is not None and self._happens("twin"):
                child |= {"dob": before["dob"], "grade": before["grade"]}
            self.made.users.append(child)
            before = child

    def _student(self, last: str, home: str, school: str) -> Row:
        age = self._chance.randrange(5 * 365, 18 * 365)
        born = date(2026, 8, 1) - timedelta(days=age)
        first = self._names.first(self._chance)
        number = self._chance.randrange(10**6, 10**7)
        return self._user(
            "student", first, last, school,
            dob=born if self._chance.random() < 0.97 else None,
            grade=str(max(0, age // 365 - 5)) if age // 365 > 5 else "Kindergarten",
            sis_id=f"{number:09}" if self._id[-1] in "02468ace" else str(number),
            student_number=str(number * 7 % 10**6 + 10**6),
            state_id=f"TX{number * 13 % 10**9:09}" if self._chance.random() < 0.8 else None,
            home=home,
        )  # fmt: skip

    def _employee(self, schools: list[str]) -> None:
        first, last = self._names.first(self._chance), self._names.last(self._chance)
        teacher = self._chance.random() < 0.7
        person = self._adult("teacher" if teacher else "staff", first, last, schools)
        self.made.users.append(person)
        if teacher and self._happens("teacher also staff"):
            other = person | {"role": "staff", "staff_id": f"E{self._chance.randrange(10**5)}"}
            self.made.users.append(other)
        if self._happens("junior"):
            junior = self._adult(person["role"], first, last, schools) | {"suffix": "Jr."}
            self.made.users.append(junior)

    def _adult(self, role: str, first: str, last: str, schools: list[str]) -> Row:
        number = self._chance.randrange(10**4, 10**6)
        mine = {"teacher_number": f"T{number}"} if role == "teacher" else {"staff_id": f"E{number}"}
        return self._user(
            role, first, last, self._chance.choice(schools), sis_id=str(number), **mine
        )

    def _user(self, role: str, first: str, last: str, school: str, **known: Any) -> Row:
        user_id = self._clever_id("6")
        login = f"{plain(first)}.{plain(last)}{self._numbers % 100}"
        preferred = self._noise.nickname(self._chance, first)
        row: Row = dict.fromkeys(COLUMNS)
        row |= {
            "user_id": user_id,
            "district_id": self._id,
            "role": role,
            "first_name": first,
            "preferred_first_name": preferred if self._chance.random() < 0.1 else None,
            "middle_name": self._names.first(self._chance) if self._chance.random() < 0.6 else None,
            "last_name": last,
            "email": f"{login}@{self._id[-4:]}.example" if self._chance.random() < 0.9 else None,
            "username": login if self._chance.random() < 0.7 else None,
            "school_ids": [school],
            "print": user_id,
        }
        return row | known

    def register(self, wanted: int) -> None:
        """Accounts of most users, second ones of some, and those of people who are not there."""
        users = list({user["user_id"]: user for user in self.made.users}.values())
        self._chance.shuffle(users)
        for user in users:
            if self._happens("no account"):
                continue
            self._account(user, user["user_id"], [])
            if self._happens("second account"):
                self._account(user, user["user_id"], ["second account"])
            if self._happens("of nobody"):
                self._account(*self._stranger(user))
            if len(self.made.accounts) >= wanted:
                break
        self.made.keep(wanted)

    def _stranger(self, user: Row) -> tuple[Row, None, list[str]]:
        """Somebody who is not in Clever: a sibling, a twin, who had a number before, or anybody."""
        kind = self._chance.random()
        adult = user["role"] != "student"
        last = user["last_name"] if kind < 0.3 and not adult else self._names.last(self._chance)
        school = self._chance.choice(self._schools)
        if adult:
            names = self._names.first(self._chance), last
            other = self._adult(user["role"], *names, self._schools)
        else:
            other = self._student(last, user.get("home") or "", school)
        trap = "of nobody"
        if kind < 0.08 and not adult:
            other |= {"dob": user["dob"], "grade": user["grade"]}
            trap = "a twin's, who is not there"
        elif kind < 0.3 and not adult:
            trap = "a sibling's, who is not there"
        elif self._happens("recycled number"):
            numbers = ("sis_id", "student_number", "teacher_number", "staff_id")
            other |= {name: user[name] for name in numbers}
            trap = "recycled number"
        while other["first_name"] == user["first_name"]:
            other["first_name"] = self._names.first(self._chance)
        return other, None, [trap]

    def _account(self, person: Row, user_id: str | None, traps: list[str]) -> None:
        drawn = self._chance, self._noise, self._names
        writing = Writing(*drawn, self._schools, person, traps, slips=self._slips)
        account = writing.written()
        account_id = f"{self._id[:8]}-{self._id[-3:]}-{len(self.made.accounts)}"
        account |= {"account_id": account_id, "district_id": self._id, "print": account_id}
        self.made.accounts.append(account)
        self.made.truth[account_id] = user_id
        self.made.traps[account_id] = traps

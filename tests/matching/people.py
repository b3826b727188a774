"""Districts of invented people, and the accounts they had before Clever: who is whose is known.

Everything comes from a seed. What makes matching hard has a name (`Labelled.traps`) and is met as
often as `RATES` says: a district's users are students of families (siblings, twins), teachers and
staff (fathers and sons of one name, teachers who are also staff); an account knows some columns
only, older, mistyped or somebody else's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.matching.names import Names, own_names
from tests.matching.noise import Noise, own_noise, wrong_date, wrong_number

Row = dict[str, Any]

COLUMNS = (
    "district_id", "role", "first_name", "middle_name", "last_name", "suffix", "dob", "email",
    "username", "sis_id", "student_number", "state_id", "teacher_number", "staff_id", "school_ids",
    "grade", "print",
)  # fmt: skip

#: How often what happens: of users, of accounts, or of an account's values.
RATES: Mapping[str, float] = {
    "twin": 0.03,
    "junior": 0.1,
    "teacher also staff": 0.05,
    "no account": 0.1,
    "of nobody": 0.06,
    "second account": 0.01,
    "missing": 0.04,
    "typo in a name": 0.03,
    "short first name": 0.06,
    "other last name": 0.015,
    "swapped names": 0.01,
    "wrong birthday": 0.015,
    "older address": 0.1,
    "typo in an address": 0.01,
    "own login": 0.4,
    "other middle name": 0.015,
    "shared address": 0.1,
    "default address": 0.01,
    "padded number": 0.08,
    "wrong number": 0.01,
    "corrected number": 0.02,
    "recycled number": 0.3,
    "older school": 0.1,
    "older grade": 0.15,
    "role not known": 0.05,
    "other letters": 0.1,
}

#: What an application asks its users for, and how many do: columns beside the name.
_PROFILES = (
    (0.40, {"sis_id", "dob", "email", "school_ids", "grade", "username", "middle_name"}),
    (0.25, {"student_number", "dob", "school_ids", "grade", "middle_name"}),
    (0.20, {"email", "username", "school_ids", "grade", "dob"}),
    (0.10, {"state_id", "student_number", "email", "school_ids"}),
    (0.05, {"dob", "school_ids", "grade", "middle_name"}),
)
#: Adults are not asked for a birthday, and Clever has none of them.
_OF_ADULTS = {"email", "teacher_number", "staff_id", "school_ids", "username", "middle_name"}


@dataclass
class Labelled:
    """Users, accounts, whose each account is (None: nobody's), and what is hard about it."""

    users: list[Row] = field(default_factory=list)
    accounts: list[Row] = field(default_factory=list)
    truth: dict[str, str | None] = field(default_factory=dict)
    traps: dict[str, list[str]] = field(default_factory=dict)

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
) -> Labelled:
    """So many accounts, and the users of their districts."""
    made = Labelled()
    for number in range(districts):
        chance = Random(f"{seed} {number}")
        town = _Town(f"{seed:08x}{number:016x}", chance, names or own_names(), noise or own_noise())
        wanted = accounts * (number + 1) // districts - accounts * number // districts
        town.settle(wanted)
        town.register(wanted)
        made.add(town.made)
    return made


class _Town:
    """One district while it is made."""

    def __init__(self, district_id: str, chance: Random, names: Names, noise: Noise) -> None:
        self.made = Labelled()
        self._id, self._chance, self._names, self._noise = district_id, chance, names, noise
        self._numbers = 0

    def settle(self, wanted: int) -> None:
        """Families and employees enough for so many accounts."""
        schools = [self._clever_id("5") for _ in range(max(2, wanted // 400))]
        while len(self.made.users) < wanted * 1.02:
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
        login = f"{_plain(first)}.{_plain(last)}{self._numbers % 100}"
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
        users = list(self.made.users)
        self._chance.shuffle(users)
        seen: set[str] = set()
        for user in users:
            if len(self.made.accounts) >= wanted:
                return
            if user["user_id"] in seen or self._happens("no account"):
                continue
            seen.add(user["user_id"])
            self._account(user, user["user_id"], [])
            if self._happens("second account"):
                self._account(user, user["user_id"], ["second account"])
            if self._happens("of nobody"):
                self._account(*self._stranger(user))
        while len(self.made.accounts) < wanted:
            self._account(*self._stranger(self._chance.choice(users)))

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
        if kind < 0.03 and not adult:
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
        writing = _Writing(self._chance, self._noise, self._names, self._schools, person, traps)
        account = writing.written()
        account_id = f"{self._id[:8]}-{self._id[-3:]}-{len(self.made.accounts)}"
        account |= {"account_id": account_id, "district_id": self._id, "print": account_id}
        self.made.accounts.append(account)
        self.made.truth[account_id] = user_id
        self.made.traps[account_id] = traps


@dataclass
class _Writing:
    """An account while a person fills it in, years ago and in a hurry."""

    chance: Random
    noise: Noise
    invented: Names
    schools: list[str]
    person: Row
    traps: list[str]

    def written(self) -> Row:
        """The account's columns; what went wrong is added to `traps`."""
        student = self.person["role"] == "student"
        asked = self._asked() if student else _OF_ADULTS
        row: Row = dict.fromkeys(COLUMNS)
        for column in ("first_name", "last_name", "role", *sorted(asked)):
            row[column] = self.person[column]
            optional = column not in ("first_name", "last_name", "role")
            if optional and self._happens("missing", tell=False):
                row[column] = None
        if self._happens("role not known", tell=False):
            row["role"] = None
        if self.chance.random() < 0.5:
            row["suffix"] = self.person["suffix"]
        for step in (self._names, self._birthday, self._address, self._numbers, self._place):
            step(row)
        return row

    def _asked(self) -> set[str]:
        turn = self.chance.random()
        for share, columns in _PROFILES:
            turn -= share
            if turn < 0:
                return columns
        return _PROFILES[0][1]

    def _happens(self, what: str, tell: bool = True) -> bool:
        happened = self.chance.random() < RATES[what]
        if happened and tell:
            self.traps.append(what)
        return happened

    def _names(self, row: Row) -> None:
        if self._happens("short first name"):
            row["first_name"] = self.noise.nickname(self.chance, row["first_name"])
        if self._happens("other last name"):
            row["last_name"] = self.invented.last(self.chance)
        for column in ("first_name", "last_name"):
            if self._happens("typo in a name"):
                row[column] = self.noise.typo(self.chance, row[column])
        if row["middle_name"]:
            self._middle_name(row)
        if self._happens("swapped names"):
            row["first_name"], row["last_name"] = row["last_name"], row["first_name"]
        if self._happens("other letters", tell=False):
            for column in ("first_name", "last_name"):
                row[column] = f" {row[column].upper()} "

    def _middle_name(self, row: Row) -> None:
        if self._happens("other middle name"):
            row["middle_name"] = self.invented.first(self.chance)
        elif self._happens("typo in a name"):
            row["middle_name"] = self.noise.typo(self.chance, row["middle_name"])
        if self.chance.random() < 0.5:
            row["middle_name"] = row["middle_name"][0]

    def _birthday(self, row: Row) -> None:
        if row["dob"] and self._happens("wrong birthday"):
            row["dob"] = wrong_date(self.chance, row["dob"])

    def _address(self, row: Row) -> None:
        if not row["email"]:
            return
        if self._happens("default address"):
            row["email"] = "noreply@school.example"
        elif self.person.get("home") and self._happens("shared address"):
            row["email"] = self.person["home"]
        elif self._happens("older address"):
            login = row["email"].split("@")[0]
            if self.chance.random() < 0.6:
                login = f"{_plain(row['first_name'])}{self.chance.randrange(9999)}"
            row["email"] = f"{login}@old.example"
        elif self._happens("typo in an address"):
            row["email"] = self.noise.typo(self.chance, row["email"])
        if row["username"] and self._happens("own login", tell=False):
            row["username"] = f"{_plain(row['first_name'])}{self.chance.randrange(99)}"
        elif row["username"] and self._happens("typo in an address"):
            row["username"] = self.noise.typo(self.chance, row["username"])

    def _numbers(self, row: Row) -> None:
        for column in ("sis_id", "student_number", "state_id", "teacher_number", "staff_id"):
            number = row[column]
            if not number:
                continue
            if self._happens("padded number"):
                row[column] = number.lstrip("0") if number[0] == "0" else f"00{number}"
            elif self._happens("wrong number"):
                row[column] = wrong_number(self.chance, number)
            elif self._happens("corrected number"):
                row[column] = str(self.chance.randrange(10**6, 10**7))

    def _place(self, row: Row) -> None:
        if row["school_ids"] and self._happens("older school"):
            row["school_ids"] = [self.chance.choice(self.schools)]
        if row["grade"] and row["grade"].isdigit() and self._happens("older grade"):
            years = self.chance.choice((1, 1, 1, 1, 2, 3))
            row["grade"] = str(max(1, int(row["grade"]) - years))


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())

"""An account as a person fills it in, years ago and in a hurry: what is asked, what goes wrong."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.matching.names import Names
from tests.matching.noise import Noise, wrong_date, wrong_number

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

#: What happens more often where people write in more of a hurry.
_SLIPS = frozenset(
    ("typo in a name", "wrong birthday", "wrong number", "swapped names", "typo in an address",
     "missing", "other middle name", "short first name")
)  # fmt: skip

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
class Writing:
    """An account while a person fills it in, years ago and in a hurry."""

    chance: Random
    noise: Noise
    invented: Names
    schools: list[str]
    person: Row
    traps: list[str]
    asks: Set[str] | None = None
    slips: float = 1.0

    def written(self) -> Row:
        """The account's columns; what went wrong is added to `traps`."""
        student = self.person["role"] == "student"
        asked = self.asks or (self._asked() if student else _OF_ADULTS)
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
        for step in (
            self._middle_name,
            self._called,
            self._birthday,
            self._address,
            self._login,
            self._numbers,
            self._place,
        ):
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
        rate = RATES[what] * (self.slips if what in _SLIPS else 1)
        happened = self.chance.random() < rate
        if happened and tell:
            self.traps.append(what)
        return happened

    def _called(self, row: Row) -> None:
        short = self.noise.nickname(self.chance, row["first_name"])
        if short != row["first_name"] and self._happens("short first name"):
            row["first_name"] = short
        if self._happens("other last name"):
            row["last_name"] = self.invented.last(self.chance)
        for column in ("first_name", "last_name"):
            if self._happens("typo in a name"):
                row[column] = self.noise.typo(self.chance, row[column])
        if self._happens("swapped names"):
            row["first_name"], row["last_name"] = row["last_name"], row["first_name"]
        if self._happens("other letters", tell=False):
            for column in ("first_name", "last_name"):
                row[column] = f" {row[column].upper()} "

    def _middle_name(self, row: Row) -> None:
        if not row["middle_name"]:
            return
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
                login = f"{plain(row['first_name'])}{self.chance.randrange(9999)}"
            row["email"] = f"{login}@old.example"
        elif self._happens("typo in an address"):
            row["email"] = self.noise.typo(self.chance, row["email"])

    def _login(self, row: Row) -> None:
        if row["username"] and self._happens("own login", tell=False):
            row["username"] = f"{plain(row['first_name'])}{self.chance.randrange(99)}"
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


def plain(name: str) -> str:
    """A name as logins have it."""
    return "".join(letter for letter in name.lower() if letter.isalnum())

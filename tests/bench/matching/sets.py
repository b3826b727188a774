"""The three labelled sets: ours, FEBRL 4, and pseudopeople's sample census."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from random import Random
from typing import Any

from tests.bench.matching import wheels
from tests.matching.names import Names
from tests.matching.noise import Noise
from tests.matching.people import Labelled, labelled
from tests.matching.writing import COLUMNS, Row, Writing

_SEED = 4711
_BEFORE, _NOW = 2020, 2030


def ours(accounts: int = 10_000) -> Labelled:
    """Invented districts of people with the names of the census, written with its noise."""
    return labelled(accounts, _SEED, districts=4, names=wheels.census_names(), noise=wheels.noise())


def febrl4(accounts: int = 5_000) -> Labelled:
    """Set 4 as one district, in the columns that there are.

    The number of social security is the `student_number`, the postcode the school, and number and
    street of the address, which Clever knows nothing of, stand as the e-mail address. The suburb is
    not used.
    """
    made = Labelled()
    for record in wheels.febrl("a"):
        number = record["rec_id"].split("-")[1]
        made.users.append(_of_febrl(record) | {"user_id": f"6{int(number):023x}"})
    for record in wheels.febrl("b")[:accounts]:
        number = record["rec_id"].split("-")[1]
        made.accounts.append(_of_febrl(record) | {"account_id": f"febrl-{number}"})
        made.truth[f"febrl-{number}"] = f"6{int(number):023x}"
        made.traps[f"febrl-{number}"] = []
    return made


def _of_febrl(record: Mapping[str, str]) -> Row:
    row: Row = dict.fromkeys(COLUMNS)
    return row | {
        "district_id": f"{4:024x}",
        "role": "student",
        "first_name": record["given_name"] or None,
        "last_name": record["surname"] or None,
        "dob": _day(record["date_of_birth"]),
        "student_number": record["soc_sec_id"] or None,
        "email": f"{record['street_number']} {record['address_1']}".strip() or None,
        "school_ids": [_school(record["postcode"])] if record["postcode"] else None,
        "print": record["rec_id"],
    }


def _school(postcode: str) -> str:
    return f"5{int(postcode):023x}"


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y%m%d").date()
    except ValueError:
        return None


def sample_census(accounts: int = 20_000) -> Labelled:
    """The census of 2020 as accounts, written with noise, that of 2030 as one district's users.

    It has names, an initial and a birthday; a third of the accounts are of people who are gone.
    """
    chance, noise, names = Random(_SEED), wheels.noise(), wheels.census_names()
    made = Labelled()
    people = [row for row in wheels.census() if row["first_name"] and row["last_name"]]
    made.users = [_of_census(row) for row in people if row["year"] == _NOW]
    known = {user["user_id"] for user in made.users}
    for row in [row for row in people if row["year"] == _BEFORE][:accounts]:
        person = _of_census(row)
        account = _written(person, chance, noise, names)
        account_id = f"census-{row['simulant_id']}"
        made.accounts.append(account | {"account_id": account_id, "print": account_id})
        made.truth[account_id] = person["user_id"] if person["user_id"] in known else None
        made.traps[account_id] = []
    return made


def _of_census(person: Mapping[str, Any]) -> Row:
    first, second = str(person["simulant_id"]).split("_")
    row: Row = dict.fromkeys(COLUMNS)
    return row | {
        "user_id": f"6{int(first):07x}{int(second):016x}",
        "district_id": f"{5:024x}",
        "role": "student",
        "first_name": person["first_name"],
        "middle_name": person["middle_initial"],
        "last_name": person["last_name"],
        "dob": person["date_of_birth"] and person["date_of_birth"].date(),
        "school_ids": [_school("1")],
        "print": str(person["simulant_id"]),
    }


def _written(person: Row, chance: Random, noise: Noise, names: Names) -> Row:
    """Of schools the census knows nothing: all users are in one, which no account names."""
    asked = frozenset({"dob", "middle_name"})
    known = person | {"school_ids": None}
    account = Writing(chance, noise, names, [_school("1")], known, [], asked).written()
    return account | {"district_id": person["district_id"]}


#: Name of each set, and what makes it of at most so many accounts.
SETS: Mapping[str, Callable[[int], Labelled]] = {
    "ours": ours,
    "FEBRL 4": febrl4,
    "sample census": sample_census,
}

"""A labelled set as the pipeline meets it: districts the sandbox serves, and an application."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson

from tests.bench.generator import CLIENT_ID, CLIENT_SECRET
from tests.matching.people import Labelled
from tests.matching.writing import Row

DAY = "2026-08-17"

#: The application's table of accounts; its mapping has the same names on both sides.
_MAPPED = (
    "id", "district_id", "role", "first_name", "middle_name", "last_name", "suffix", "dob", "email",
    "username", "sis_id", "student_number", "state_id", "teacher_number", "school_id", "grade",
)  # fmt: skip

Record = dict[str, Any]


def write_districts(people: Labelled, folder: Path) -> None:
    """The districts as a dataset of the sandbox, of one day."""
    day = folder / "days" / "01"
    day.mkdir(parents=True)
    _write(folder / "dataset.json", {"title": "A labelled set", "client_id": CLIENT_ID,
                                     "client_secret": CLIENT_SECRET})  # fmt: skip
    _write(day / "day.json", {"date": DAY, "story": ["The districts are seen."]})
    by_district: dict[str, list[Row]] = defaultdict(list)
    for user in people.users:
        by_district[user["district_id"]].append(user)
    _write(day / "tokens.json", {district: f"token-{district}" for district in by_district})
    for district_id, users in by_district.items():
        _write_district(day / district_id, district_id, users)


def _write_district(folder: Path, district_id: str, users: Sequence[Row]) -> None:
    folder.mkdir()
    _write(
        folder / "district.json",
        {"id": district_id, "name": f"District {district_id[-3:]}", "state": "success",
         "last_sync": f"{DAY}T01:00:00.000Z"},
    )  # fmt: skip
    schools = sorted({school for user in users for school in user["school_ids"] or ()})
    lists: dict[str, list[Record]] = {
        "schools": [
            {"id": school, "district": district_id, "name": f"School {number}"}
            for number, school in enumerate(schools)
        ],
        "terms": [],
        "courses": [],
        "sections": [],
        "users": list(_users(users)),
    }
    for name, records in lists.items():
        lines = (orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for record in records)
        (folder / f"{name}.jsonl").write_bytes(b"".join(lines))


def _users(rows: Sequence[Row]) -> Iterator[Record]:
    """One record of each user, with all roles."""
    made: dict[str, Record] = {}
    for row in rows:
        last = " ".join(filter(None, (row["last_name"], row["suffix"])))
        record = made.setdefault(
            row["user_id"],
            {
                "id": row["user_id"],
                "district": row["district_id"],
                "email": row["email"] or "",
                "name": {"first": row["first_name"] or "", "middle": row["middle_name"] or "",
                         "last": last},
                "roles": {},
                "created": f"{DAY}T00:00:00.000Z",
                "last_modified": f"{DAY}T00:00:00.000Z",
            },
        )  # fmt: skip
        record["roles"][row["role"]] = _role(row)
    yield from made.values()


def _role(row: Row) -> Record:
    schools = row["school_ids"] or []
    role: Record = {"schools": schools, "credentials": {"district_username": row["username"] or ""}}
    if row["role"] == "staff":
        return role | {"staff_id": row["staff_id"] or ""}
    role |= {"school": schools[0] if schools else "", "sis_id": row["sis_id"] or "",
             "state_id": row["state_id"] or ""}  # fmt: skip
    if row["role"] == "teacher":
        return role | {"teacher_number": row["teacher_number"] or ""}
    preferred = row.get("preferred_first_name")
    return role | {
        "student_number": row["student_number"] or "",
        "grade": row["grade"] or "",
        "dob": f"{row['dob'].month}/{row['dob'].day}/{row['dob'].year}" if row["dob"] else "",
        **({"preferred_name": {"first": preferred}} if preferred else {}),
    }


def write_application(people: Labelled, folder: Path) -> dict[str, str]:
    """The application's database and its mapping; the settings that name them."""
    database, mapping = folder / "application.sqlite", folder / "mapping.toml"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            f"create table accounts ({', '.join(f'{name} text' for name in _MAPPED)})"
        )
        marks = ", ".join("?" * len(_MAPPED))
        connection.executemany(
            f"insert into accounts values ({marks})", map(_account, people.accounts)
        )
    columns = "\n".join(f'{name} = "{name}"' for name in _MAPPED)
    mapping.write_text(f'[accounts]\ntable = "accounts"\n\n[accounts.columns]\n{columns}\n')
    return {
        "SOURCES__APPLICATION__DATABASE_URL": f"sqlite:///{database}",
        "SOURCES__APPLICATION__MAPPING": str(mapping),
    }


def _account(row: Row) -> tuple[str | None, ...]:
    told = row | {
        "id": row["account_id"],
        "dob": row["dob"].isoformat() if row["dob"] else None,
        "school_id": row["school_ids"][0] if row["school_ids"] else None,
        # An application has one number of the person: of staff it is the district's own.
        "sis_id": row["sis_id"] or row["staff_id"],
    }
    return tuple(told[name] for name in _MAPPED)


def _write(file: Path, content: object) -> None:
    file.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2))

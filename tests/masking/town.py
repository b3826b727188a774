"""A district of random values: every field that Clever or an application has, and a few lives."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from dlt_sources.application.columns import APPLICATION_TABLES
from dlt_sources.clever.objects import CLEVER_OBJECTS, COMMON_USER_FIELDS, Field, Record

MON = datetime(2026, 8, 17, 2)

#: What the masked copy tells as it is: of these fields of Clever's, and of these only.
KEPT: dict[str, dict[str, Any]] = {
    "district": {"sis_type": "sftp", "launch_date": "2026-08-01", "login_methods": ["SAML"],
                 "lms_type": "canvas", "lms_state": "success"},
    "school": {"low_grade": "6", "high_grade": "8"},
    "term": {"name": "Fall", "start_date": "2026-08-10", "end_date": "2026-12-18"},
    "course": {"name": "Algebra", "number": "M1"},
    "section": {"subject": "math", "grade": "7", "period": "3", "section_number": "2"},
    "student": {"grade": "7", "gender": "X", "race": "White", "hispanic_ethnicity": "N",
                "ell_status": "Y", "graduation_year": "2031", "frl_status": "Free",
                "gifted_status": "N", "section_504_status": "Y",
                "disability_disability_status": "Y", "disability_disability_type": "Other",
                "disability_disability_code": "EMN", "home_language": "English",
                "home_language_code": "eng", "iep_status": "Y"},
    "teacher": {},
    "staff": {"department": "Library", "roles": ["Counselor"]},
    "district_admin": {},
    "contact": {"phone_type": "Cell"},
    "user": {},
}  # fmt: skip
#: The same of the application's.
_KEPT_OF_THE_APPLICATION = {
    "kind": "lesson_completion", "role": "student", "permission": None, "grade": "7",
    "decision": "reject",
}  # fmt: skip
_REFERENCES = ("school_id", "course_id", "term_id", "primary_teacher_id")
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789éñž"


@dataclass
class Words:
    """Random texts, each of which must not be found again; `made` has them all."""

    chance: random.Random
    made: set[str] = field(default_factory=set)

    def word(self) -> str:
        return self._kept("".join(self.chance.choices(_LETTERS, k=14)).capitalize())

    def id(self) -> str:
        return self._kept(f"{self.chance.getrandbits(96):024x}")

    def birthday(self) -> str:
        day = datetime(2008, 1, 2) + timedelta(days=self.chance.randrange(3000))
        self.made.add(f"{day:%Y-%m-%d}")
        return self._kept(f"{day.month}/{day.day}/{day.year}")

    def _kept(self, text: str) -> str:
        self.made.add(text)
        return text


@dataclass
class Town:
    """The lists of a district, as Clever shows them, and the tables of an application."""

    words: Words
    lists: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    district_id: str = ""

    @classmethod
    def random(cls, seed: int) -> Town:
        town = cls(Words(random.Random(seed)))
        town.district_id = town.words.id()
        town._fill()
        return town

    def _fill(self) -> None:
        for item in CLEVER_OBJECTS:
            if item.name != "users":
                number = 1 if item.name == "districts" else 2
                self.lists[item.name] = [self._record(item.record) for _ in range(number)]
        self.lists["districts"][0]["id"] = self.district_id
        self.lists["users"] = [*self._people()]
        students, teachers = self.ids("student"), self.ids("teacher")
        for section in self.lists["sections"]:
            section |= {"students": students[:-1], "teachers": teachers, "teacher": teachers[0]}

    def ids(self, role: str) -> list[str]:
        """The IDs of all users of a role."""
        return [user["id"] for user in self.lists["users"] if role in user["roles"]]

    def _people(self) -> Iterator[dict[str, Any]]:
        [users] = [item for item in CLEVER_OBJECTS if item.name == "users"]
        students: list[str] = []
        for role in users.roles:
            for _ in range(6 if role.singular == "student" else 3):
                user = self._record(users.record) | {"roles": {}}
                user["roles"][role.singular] = self._record(role, with_id=False)
                if role.singular == "student":
                    students.append(user["id"])
                if role.singular == "contact":
                    user["roles"]["contact"]["student_relationships"] = [
                        {"student": students[0], "relationship": "Parent", "type": "Family"}
                    ]
                yield user

    def _record(self, record: Record, with_id: bool = True) -> dict[str, Any]:
        made: dict[str, Any] = {}
        fields = COMMON_USER_FIELDS if record.singular == "user" else record.fields
        for each in fields:
            _put(made, each, self._value(record.singular, each))
        if not with_id:
            return made
        unknown = {self.words.word(): self.words.word()}
        return {"id": self.words.id(), **made, "extra": unknown}

    def _value(self, record: str, each: Field) -> Any:
        if each.column in KEPT[record]:
            return KEPT[record][each.column]
        if each.column in _REFERENCES:
            listed = self.lists.get(f"{each.column.removesuffix('_id')}s")
            return listed[0]["id"] if listed else None
        if each.type == "BOOLEAN":
            return True
        if each.type == "JSON":
            return {"note": self.words.word()}
        return self.words.birthday() if each.column == "dob" else self.words.word()

    def application(self) -> dict[str, list[dict[str, Any]]]:
        """Three rows of each of the application's tables, about the district's people."""
        tables = {
            table.name: [self._row(table.columns) for _ in range(3)] for table in APPLICATION_TABLES
        }
        students = self.ids("student")
        [school, *_], [section, *_] = self.lists["schools"], self.lists["sections"]
        for account, student in zip(tables["accounts"], students, strict=False):
            account |= {"district_id": self.district_id, "school_id": school["id"]}
            account["clever_id"] = student
        tables["accounts"][2] |= {
            "clever_id": None,
            "district_id": tables["crm_districts"][0]["id"],
        }
        tables["crm_districts"][0]["clever_id"] = self.district_id
        for number, record in enumerate(tables["progress"][:2]):
            record |= {"user_id": students[number], "section_id": section["id"]}
        kinds = ("add_student", "add_group", "add_to_group")
        for edit, kind in zip(tables["manual_edits"], kinds, strict=True):
            edit |= {"kind": kind, "withdrawn_at": None, "district_id": self.district_id}
            edit |= {"user_id": students[-1], "section_id": section["id"]}
            edit |= {"group_id": tables["manual_edits"][1]["id"]}
        return tables

    def _row(self, columns: Any) -> dict[str, Any]:
        made: dict[str, Any] = {"id": self.words.word()}
        for column, kind in columns.items():
            if column in _KEPT_OF_THE_APPLICATION:
                made[column] = _KEPT_OF_THE_APPLICATION[column]
            elif kind == "VARCHAR":
                made[column] = self.words.birthday() if column == "dob" else self.words.word()
            elif kind == "DOUBLE":
                made[column] = 0.5
            else:
                made[column] = MON
        return made

    def turn(self) -> None:
        """What a day changes: names, addresses, and people who come back under another ID."""
        of_role: dict[str, list[dict[str, Any]]] = {
            role: [] for role in ("student", "teacher", "staff", "contact")
        }
        for user in self.lists["users"]:
            for role in user["roles"]:
                of_role.get(role, []).append(user)
        for user in (people[0] for people in of_role.values()):
            user["email"] = self.words.word()
        of_role["student"][0]["name"]["first"] = self.words.word()
        for people in of_role.values():
            people[-1]["id"] = self.words.id()
        self.lists["sections"][0]["name"] = self.words.word()


def _put(record: dict[str, Any], each: Field, value: Any) -> None:
    *within, last = each.path
    for key in within:
        record = record.setdefault(key, {})
    record[last] = value

"""Records with every field filled in, for invented people, places and classes.

A record is made from its short name alone, so the same name is always the same person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dlt_sources.certification.ids import clever_id, is_application, split_name
from dlt_sources.certification.world import Record

_FIRST = (
    "Amara", "Benno", "Calla", "Dario", "Elif", "Farid", "Greta", "Hugo", "Imani", "Jonas",
    "Keiko", "Lior", "Mara", "Nils", "Odette", "Paolo", "Quentin", "Rosa", "Samir", "Thea",
    "Ugo", "Vera", "Wendell", "Ximena", "Yusuf", "Zora", "Anouk", "Bram", "Cosima", "Dmitri",
    "Esme", "Fintan", "Gwen", "Hamid", "Ines", "Jarek", "Kaia", "Leopold", "Mireille", "Nadia",
    "Oskar",
)  # fmt: skip
_LAST = (
    "Abernathy", "Bellweather", "Castellan", "Dunmore", "Eastbrook", "Fairchild", "Grimaldi",
    "Holloway", "Ironside", "Jessop", "Kilbride", "Lockhart", "Merriman", "Northcott",
    "Ottoway", "Pemberly", "Quillfeather", "Ravensdale", "Silverton", "Thackeray", "Underhill",
    "Vandermeer", "Whitlock", "Yarborough", "Zimmerling", "Ashgrove", "Birdsong", "Coppersmith",
    "Driftwood", "Elderwood", "Foxglove", "Goldfinch", "Hazelton", "Inkwell", "Juniper",
    "Kestrel", "Larkspur",
)  # fmt: skip
_CREATED = "2026-08-03T16:05:01.632Z"
_MODIFIED = "2027-01-10T05:12:44.120Z"
#: The grades of the elementary, middle and high schools, in the order students pass them.
GRADES = ("PreKindergarten", "Kindergarten", *map(str, range(1, 13)))


def birth_year(grade: str) -> int:
    """The year most students of a grade were born in."""
    return 2022 - GRADES.index(grade)


def person(number: int) -> dict[str, str]:
    """An invented name; the first 1,517 numbers in a row have names that differ."""
    return {
        "first": _FIRST[number % len(_FIRST)],
        "middle": "",
        "last": _LAST[number % len(_LAST)],
    }


def new_record(name: str, school: str | None = None, grade: str = "7") -> Record:
    """A complete record for a short name, in a school given by its short name.

    A row of the application's has nothing but its ID: what else it has is the matter of its case.
    """
    if is_application(name):
        return {"id": clever_id(name)}
    place, kind, number = split_name(name)
    home = clever_id(school or f"{place} school 1".strip())
    head = {"id": clever_id(name), "district": clever_id(f"{place} district 1".strip())}
    record = {**head, **_MAKERS[kind](_About(place, number, home, grade))}
    if kind == "district":
        del record["district"]
    elif kind not in ("term", "course"):
        record |= {"created": _CREATED, "last_modified": _MODIFIED}
    return record


@dataclass(frozen=True)
class _About:
    """What a record is made from; `school` is a Clever ID."""

    place: str
    number: int
    school: str
    grade: str


def _district(about: _About) -> Record:
    return {
        "name": "#DEMO Certification ISD",
        "sis_type": "sftp",
        "launch_date": "2026-08-17",
        "portal_url": "https://clever.example/in/certification",
        "login_methods": ["Clever Badges", "Clever Passwords"],
        "state": "success",
        "error": "",
        "pause_start": "",
        "pause_end": "",
        "mdr_number": "",
        "nces_id": "",
    }


def _school(about: _About) -> Record:
    return {
        "name": f"School {about.number}",
        "sis_id": f"{about.number}",
        "school_number": f"{about.number}",
        "low_grade": "Kindergarten",
        "high_grade": "5",
        "phone": "",
        "state_id": "",
        "principal": {"name": "", "email": ""},
        "location": {"address": "", "city": "Certia", "state": "OR", "zip": "97000"},
        "ext": {"charter_school": "N"},
    }


def _term(about: _About) -> Record:
    return {"name": f"T{about.number}", "start_date": "2026-08-17", "end_date": "2027-06-10"}


def _course(about: _About) -> Record:
    return {"name": f"Course {about.number}", "number": f"{about.number}"}


def _section(about: _About) -> Record:
    return {
        "school": about.school,
        "name": f"Section {about.number}",
        "sis_id": f"{about.number}",
        "subject": "",
        "grade": "",
        "period": f"{about.number % 8}",
        "section_number": "",
        "teachers": [],
        "students": [],
        "ext": {},
    }


def _user(number: int, role: dict[str, Any], domain: str) -> Record:
    name = person(number)
    email = f"{name['first']}.{name['last']}.{number}@{domain}".lower()
    return {"email": email, "name": name, "roles": role}


def _student(about: _About) -> Record:
    month, day = about.number % 12 + 1, about.number % 28 + 1
    user = _user(about.number, {}, "students.example")
    role = {
        "sis_id": f"{about.number}",
        "student_number": f"{about.number}",
        "school": about.school,
        "schools": [about.school],
        "grade": about.grade,
        "gender": "FM"[about.number % 2],
        "dob": f"{month}/{day}/{birth_year(about.grade)}",
        "graduation_year": "",
        "credentials": {"district_username": f"s{about.number}"},
        "enrollments": [],
        "ext": {"gifted_status": ""},
        "email": user["email"],
    }
    return {**user, "roles": {"student": role}}


def _teacher(about: _About) -> Record:
    role = {
        "sis_id": f"{about.number}",
        "legacy_id": f"58d0b07ea{int(about.place == 'willow')}{about.number:014d}",
        "teacher_number": f"{about.number}",
        "state_id": "",
        "title": "",
        "school": about.school,
        "schools": [about.school],
        "credentials": {"district_username": f"t{about.number}"},
        "ext": {},
    }
    return _user(about.number + 500, {"teacher": role}, "schools.example")


def _staff(about: _About) -> Record:
    role = {
        "staff_id": f"{about.number}",
        "legacy_id": f"58d0b57aa0{about.number:014d}",
        "title": "Principal",
        "department": "",
        "roles": ["Administrator"],
        "schools": [about.school],
        "credentials": {"district_username": ""},
        "ext": {"admin_permissions": "N"},
    }
    return _user(about.number + 900, {"staff": role}, "schools.example")


def _admin(about: _About) -> Record:
    role = {"legacy_id": f"58d0bad0a0{about.number:014d}", "title": "Data manager"}
    return _user(about.number + 1200, {"district_admin": role}, "district.example")


def _contact(about: _About) -> Record:
    """A contact as Clever shows one: the whole name in `last`, and hardly anything else."""
    name = person(about.number + 77)
    role = {
        "sis_id": "",
        "phone": "",
        "phone_type": "Cell",
        "legacy_id": f"58d0bc07a0{about.number:014d}",
        "student_relationships": [],
    }
    return {
        "email": f"contact.{about.number}@homes.example",
        "name": {"last": f"{name['first']} {name['last']}"},
        "roles": {"contact": role},
    }


_MAKERS: Mapping[str, Callable[[_About], Record]] = {
    "district": _district,
    "school": _school,
    "term": _term,
    "course": _course,
    "section": _section,
    "student": _student,
    "teacher": _teacher,
    "staff": _staff,
    "admin": _admin,
    "contact": _contact,
}

"""A district of any size for measuring: four days of it, the same for the same seed.

Day 1 is the first sight of it. Day 2 is the same files. Day 3 says the same with keys and lists in
another order. Day 4 is day 3, byte for byte, but for a share of the users and sections that changed
and a share that is gone. Who is gone stays on the sections' lists, as Clever leaves what a district
does not share: so the shares are shares of the records, whatever else would follow.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

Record = dict[str, Any]

FIRST, UNCHANGED, REORDERED, CHANGED = 1, 2, 3, 4
DATES = {day: f"2026-08-{16 + day}" for day in (FIRST, UNCHANGED, REORDERED, CHANGED)}

CLIENT_ID, CLIENT_SECRET, TOKEN = "benchmark", "not-a-secret", "benchmark-token"

_FIRST_NAMES = ("Ada", "Núria", "Bo", "Chidi", "Dolores", "Émile", "Fatima", "Grace", "Hào", "Ines")
_LAST_NAMES = ("O'Dell", "Smith", "Nguyễn", "García", "Okafor", "Lindqvist", "Haddad", "Kim")
_GRADES = ("Kindergarten", *map(str, range(1, 13)))
_TERMS = (("Fall", "2026-08-10", "2026-12-18"), ("Spring", "2027-01-05", "2027-06-10"))
_SUBJECTS = ("math", "science", "social studies", "english/language arts", "arts and music")


@dataclass(frozen=True)
class District:
    """How large the district is and how much of it changes: shares of 1, of users and sections.

    Of a million users are 850,000 students, 200,000 sections of 25 students (5 M enrollments) and
    50,000 other records. However few there are, each kind is there, and something changes.
    """

    users: int
    changed: float = 0.01
    removed: float = 0.005
    seed: int = 1
    class_size: int = 25

    @property
    def sections(self) -> int:
        """How many sections there are."""
        return max(1, self.users // 5)

    @property
    def courses(self) -> int:
        """How many courses there are."""
        return max(1, self.users // 21)

    @property
    def schools(self) -> int:
        """How many schools there are."""
        return max(1, self.users // 500)

    @property
    def students(self) -> int:
        """How many of the users are students; they come first."""
        return max(1, self.users * 85 // 100)

    @property
    def teachers(self) -> int:
        """How many of the users are teachers; they come after the students."""
        return max(1, self.users * 8 // 100)

    @property
    def records(self) -> int:
        """All records of a full walk, the district's own among them."""
        return 1 + self.schools + len(_TERMS) + self.courses + self.sections + self.users


_KINDS = ("districts", "schools", "terms", "courses", "sections", "users")


def clever_id(kind: str, number: int) -> str:
    """The id of the n-th record of a kind: ascending, and looking as if made over some years."""
    return f"6{_KINDS.index(kind):x}{number:08x}{(number * 2654435761) % 2**56:014x}"


DISTRICT_ID = clever_id("districts", 0)

_DISTRICT = {
    "id": DISTRICT_ID,
    "name": "#DEMO Benchmark",
    "sis_type": "sftp",
    "launch_date": "2026-08-01",
    "portal_url": "https://clever.com/in/benchmark",
    "login_methods": ["Clever Badges", "SAML"],
    "state": "success",
    "error": "",
    "last_sync": f"{DATES[FIRST]}T01:00:00.000Z",
    "mdr_number": "04455667",
    "nces_id": "4800001",
}


def write_dataset(district: District, folder: Path) -> None:
    """Writes the four days as a dataset of the sandbox into a new folder."""
    folder.mkdir(parents=True)
    _write_json(
        folder / "dataset.json",
        {
            "title": f"A district of {district.users:,} users",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
        },
    )
    stories = ("The district is seen.", "Nothing happens.", "Keys and lists change places.")
    for day, story in zip(DATES, (*stories, "Some records change, some go."), strict=True):
        (folder / f"days/{day:02}/district").mkdir(parents=True)
        about = {"date": DATES[day], "story": [story]}
        _write_json(folder / f"days/{day:02}/day.json", about)
    first = folder / f"days/{FIRST:02}"
    _write_json(first / "tokens.json", {DISTRICT_ID: TOKEN})
    _write_json(first / "district/district.json", _DISTRICT)
    _write_lists(district, folder)


def _write_json(file: Path, content: object) -> None:
    file.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2))


def _write_lists(district: District, folder: Path) -> None:
    lists: Mapping[str, tuple[int, Callable[[District, int, bool], Record]]] = {
        "schools": (district.schools, _school),
        "terms": (len(_TERMS), _term),
        "courses": (district.courses, _course),
        "sections": (district.sections, _section),
        "users": (district.users, _user),
    }
    for name, (size, record) in lists.items():
        moving = name in ("sections", "users")
        changed, removed = _fates(district, name, size) if moving else (set(), set())
        files = [folder / f"days/{day:02}/district/{name}.jsonl" for day in (1, 3, 4)]
        with (
            files[0].open("wb") as first,
            files[1].open("wb") as other,
            files[2].open("wb") as last,
        ):
            for number in range(size):
                known = record(district, number, False)
                turned = _line(_turned(known))
                first.write(_line(known))
                other.write(turned)
                if number in changed:
                    last.write(_line(_turned(record(district, number, True))))
                elif number not in removed:
                    last.write(turned)


def _line(record: Record) -> bytes:
    return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)


def _fates(district: District, name: str, size: int) -> tuple[set[int], set[int]]:
    """Which records of a list change and which go on day 4."""
    chance = random.Random(f"{district.seed} {name}")
    changed, removed = (round(size * share) for share in (district.changed, district.removed))
    changed = max(changed, 1 if district.changed and name == "users" else 0)
    drawn = chance.sample(range(size), changed + removed)
    return set(drawn[:changed]), set(drawn[changed:])


def _turned(value: Any) -> Any:
    """The same record with the keys of its objects and the elements of its lists turned round."""
    if isinstance(value, dict):
        return {key: _turned(inner) for key, inner in reversed(value.items())}
    if isinstance(value, list):
        return [_turned(inner) for inner in reversed(value)]
    return value


def _school(district: District, number: int, _: bool) -> Record:
    return {
        "id": clever_id("schools", number),
        "district": DISTRICT_ID,
        "name": f"School {number}",
        "sis_id": f"{number:05}",
        "school_number": str(number),
        "low_grade": "Kindergarten",
        "high_grade": "12",
        "phone": f"555-{number % 10000:04}",
        "principal": {"name": _person(number)["first"], "email": f"school{number}@example.org"},
        "location": _location(number),
        "ext": {"charter_school": "N"},
        **_times(),
    }


def _term(_: District, number: int, changed: bool) -> Record:
    name, start, end = _TERMS[number]
    return {
        "id": clever_id("terms", number),
        "district": DISTRICT_ID,
        "name": name,
        "start_date": start,
        "end_date": end,
    }


def _course(_: District, number: int, changed: bool) -> Record:
    return {
        "id": clever_id("courses", number),
        "district": DISTRICT_ID,
        "name": f"Course {number}",
        "number": f"{100 + number}",
    }


def _section(district: District, number: int, changed: bool) -> Record:
    size = min(district.class_size, district.students)
    start = number * district.class_size + changed
    members = [(start + seat) % district.students for seat in range(size)]
    teacher = district.students + number % district.teachers
    return {
        "id": clever_id("sections", number),
        "district": DISTRICT_ID,
        "name": f"{_SUBJECTS[number % 5].title()} - {_LAST_NAMES[number % 8]} - {number % 8}",
        "sis_id": f"{number:07}",
        "school": clever_id("schools", number % district.schools),
        "course": clever_id("courses", number % district.courses),
        "term_id": clever_id("terms", number % len(_TERMS)),
        "teacher": clever_id("users", teacher),
        "teachers": [clever_id("users", teacher)],
        "students": [clever_id("users", member) for member in members],
        "subject": _SUBJECTS[number % 5],
        "grade": _GRADES[number % 13],
        "period": str(number % 8),
        "section_number": "",
        **_times(),
    }


def _user(district: District, number: int, changed: bool) -> Record:
    return {
        "id": clever_id("users", number),
        "district": DISTRICT_ID,
        "name": _person(number),
        "email": f"{'new.' if changed else ''}user.{number}@students.example.org",
        "roles": _roles(district, number),
        **_times(),
    }


def _roles(district: District, number: int) -> Record:
    kind = number - district.students
    if kind < 0:
        return {"student": _student(district, number)}
    if kind < district.teachers:
        return {"teacher": _teacher(district, number)}
    if kind % 2:
        return {"contact": _contact(district, number)}
    return {"staff": _staff(district, number)}


def _student(district: District, number: int) -> Record:
    school = clever_id("schools", number % district.schools)
    return {
        "sis_id": f"{100000000 + number}",
        "school": school,
        "schools": [school, clever_id("schools", (number + 1) % district.schools)],
        "student_number": f"S{number}",
        "state_id": f"TX{number:09}",
        "grade": _GRADES[number % 13],
        "gender": "MFX"[number % 3],
        "dob": f"{number % 12 + 1}/{number % 28 + 1}/{2009 + number % 13}",
        "race": "Unknown",
        "hispanic_ethnicity": "N",
        "ell_status": "N",
        "graduation_year": "",
        "location": _location(number),
        "credentials": {"district_username": f"user{number}"},
        "enrollments": [],
        "ext": {"gifted_status": ""},
        "email": f"user.{number}@students.example.org",
    }


def _teacher(district: District, number: int) -> Record:
    school = clever_id("schools", number % district.schools)
    return {
        "sis_id": f"{number}",
        "legacy_id": clever_id("users", number + 2**31),
        "teacher_number": f"T{number}",
        "state_id": "",
        "title": "Teacher",
        "school": school,
        "schools": [school],
        "credentials": {"district_username": f"teacher{number}"},
        "ext": {},
    }


def _staff(district: District, number: int) -> Record:
    return {
        "staff_id": f"F{number}",
        "legacy_id": clever_id("users", number + 2**31),
        "title": "Counselor",
        "department": "",
        "roles": ["Counselor", "Tech lead"],
        "schools": [clever_id("schools", (number + turn) % district.schools) for turn in (0, 1)],
        "credentials": {"district_username": f"staff{number}"},
    }


def _contact(district: District, number: int) -> Record:
    children = ((number * 7 + turn) % district.students for turn in (0, 1))
    return {
        "sis_id": "",
        "phone": f"555-{number % 10000:04}",
        "phone_type": "Cell",
        "legacy_id": clever_id("users", number + 2**31),
        "student_relationships": [
            {
                "student": clever_id("users", child),
                "relationship": "Parent",
                "type": "Parent/Guardian",
            }
            for child in children
        ],
    }


def _person(number: int) -> Record:
    return {
        "first": _FIRST_NAMES[number % 10],
        "middle": "" if number % 3 else _FIRST_NAMES[number // 10 % 10],
        "last": _LAST_NAMES[number // 10 % 8],
    }


def _location(number: int) -> Record:
    return {
        "address": f"{number % 9999 + 1} Main Street",
        "city": "Springfield",
        "state": "TX",
        "zip": f"{70000 + number % 9999}",
    }


def _times() -> Record:
    moment = f"{DATES[FIRST]}T00:30:00.000Z"
    return {"created": moment, "last_modified": moment}

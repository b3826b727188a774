"""Day 0 without any oddity: three districts with their schools, classes and people.

Certification ISD has five schools and about a thousand students. Willow is a district of one
school whose people have the sis_ids and e-mails of some of Certification ISD's. Empty Hollow has
authorised the application and holds nothing yet. Maple Valley has two schools, and only the people
of the cases of matching: whom the application knew before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, cycle

from dlt_sources.certification.ids import PLACES, clever_id
from dlt_sources.certification.people import new_record
from dlt_sources.certification.world import World, merged

_COURSES = 100
_SECTIONS = 200
_CLASS_SIZE = 24
_WILLOW_STUDENTS, _WILLOW_TEACHERS = 40, 12
_SUBJECTS = ("math", "science", "social studies", "english/language arts")
_HOMEROOM = "homeroom/advisory"
_OLDER = ("6", "7", "8", "9", "10", "11", "12")


@dataclass(frozen=True)
class School:
    """A school of Certification ISD: its record's fields, its grades, how many are in each."""

    number: int
    name: str
    sis_id: str
    low_grade: str
    high_grade: str
    grades: Sequence[str]
    students: int
    teachers: int = 24

    @property
    def ref(self) -> str:
        """The record's short name."""
        return f"school {self.number}"


SCHOOLS = (
    School(1, "Aspen Elementary", "13K123", "Kindergarten", "5", ("Kindergarten", *"12345"), 48),
    School(2, "Birch Elementary", "27Q321", "TransitionalKindergarten", "5",
           ("PreKindergarten", *"12345"), 32),
    School(3, "Cedar Middle", "2ZR351", "6", "8", tuple("678"), 72),
    School(4, "Dogwood High", "04M004", "9", "12", ("9", "10", "11", "12"), 56),
    School(5, "Elm Academy", "0005", "6", "8", tuple("678"), 14, teachers=6),
)  # fmt: skip


@dataclass(frozen=True)
class Term:
    """The terms that classes are made for, by short name, and the first section's number.

    The small ones have one term a year: without a new one they keep their classes.
    """

    of_the_small: str | None
    of_the_older: str
    first_section: int


def town() -> World:
    """The four districts on day 0, before the catalogue's cases are put in."""
    world = World()
    _certification(world)
    _willow(world)
    own = {"name": "Empty Hollow 🏫", "portal_url": "https://clever.example/in/hollow"}
    world.put("hollow district 1", {**new_record("hollow district 1"), **own})
    _maple(world)
    for place in PLACES:
        grant(world, place)
    return world


def grant(world: World, place: str, again: int = 1) -> None:
    """A district authorises the application; each time it gets another token."""
    district = clever_id(f"{place} district 1".strip())
    world.tokens[district] = f"certification-token-{place or 'isd'}-{again}"


def fill_sections(world: World) -> None:
    """Sections without anybody, until there are exactly two full pages of a hundred."""
    for number in count(9_001):
        if len(world.places[""]["sections"]) >= _SECTIONS:
            return
        world.put(f"section {number}", new_record(f"section {number}"))


def _certification(world: World) -> None:
    world.put("district 1", new_record("district 1"))
    add_term(world, "term 1", "Y1", "2026-08-17", "2027-06-10")
    add_term(world, "term 2", "S1", "2026-08-17", "2027-01-29")
    for number in range(1, _COURSES + 1):
        world.put(f"course {number}", new_record(f"course {number}"))
    numbers = count(100_001)
    for school in SCHOOLS:
        fields = {
            "name": school.name,
            "sis_id": school.sis_id,
            "low_grade": school.low_grade,
            "high_grade": school.high_grade,
        }
        world.put(school.ref, merged(new_record(school.ref), fields))
        staff = f"staff {school.number}"
        world.put(staff, new_record(staff, school.ref))
        for teacher in _teachers(school):
            world.put(teacher, new_record(teacher, school.ref))
        for grade in school.grades:
            for _ in range(school.students):
                student = f"student {next(numbers)}"
                world.put(student, new_record(student, school.ref, grade))
    add_classes(world, Term("term 1", "term 2", 1_001))
    world.put("admin 1", new_record("admin 1"))
    _contacts(world)


def _teachers(school: School) -> list[str]:
    return [f"teacher {school.number * 100 + number}" for number in range(school.teachers)]


def add_term(world: World, name: str, called: str, start: str, end: str) -> None:
    """A term with its dates, `YYYY-MM-DD`."""
    own = {"name": called, "start_date": start, "end_date": end}
    world.put(name, merged(new_record(name), own))


def is_of_the_town(record_id: str) -> bool:
    """Whether a student is one of the many, and not there for a case of the catalogue."""
    first, last = clever_id("student 100001"), clever_id("student 100999")
    return first <= record_id <= last


def add_classes(world: World, term: Term) -> None:
    """Classes for all students of the town, as they are in their schools and grades now."""
    sections = count(term.first_section)
    for school in SCHOOLS:
        teachers = cycle(_teachers(school))
        for grade in school.grades:
            if grade not in _OLDER and term.of_the_small is None:
                continue
            members = [
                user["id"]
                for user in world.of_role("", "student")
                if is_of_the_town(user["id"])
                and user["roles"]["student"]["school"] == clever_id(school.ref)
                and user["roles"]["student"]["grade"] == grade
            ]
            for start in range(0, len(members), _CLASS_SIZE):
                group = members[start : start + _CLASS_SIZE]
                _add_class(world, school, grade, group, term, teachers, sections)


def _add_class(
    world: World,
    school: School,
    grade: str,
    members: list[str],
    term: Term,
    teachers: Iterator[str],
    sections: Iterator[int],
) -> None:
    """A homeroom for the small ones, a class in each of four subjects for the older."""
    older = grade in _OLDER
    for index, subject in enumerate(_SUBJECTS if older else (_HOMEROOM,)):
        teacher, name = next(teachers), f"section {next(sections)}"
        course = 12 * index + int(grade) if older else 50 + len(grade)
        own = {
            "name": f"{subject.capitalize()} {grade} - {teacher}",
            "subject": subject,
            "grade": grade,
            "course": clever_id(f"course {course}"),
            "term_id": clever_id(term.of_the_older if older else term.of_the_small or ""),
            "teacher": clever_id(teacher),
            "teachers": [clever_id(teacher)],
            "students": members,
        }
        world.put(name, merged(new_record(name, school.ref), own))


def _contacts(world: World) -> None:
    for number in range(1, 41):
        student = clever_id(f"student {100_000 + number}")
        relationship = {"student": student, "relationship": "Parent", "type": "Parent/Guardian"}
        contact = new_record(f"contact {number}")
        contact["roles"]["contact"]["student_relationships"] = [relationship]
        world.put(f"contact {number}", contact)


def _willow(world: World) -> None:
    own = {"name": "Willow", "portal_url": "https://clever.example/in/willow"}
    world.put("willow district 1", {**new_record("willow district 1"), **own})
    school = {"name": "Willow School", "high_grade": "8"}
    world.put("willow school 1", merged(new_record("willow school 1"), school))
    add_term(world, "willow term 1", "Y1", "2026-08-17", "2027-06-10")
    for number in range(1, 5):
        world.put(f"willow course {number}", new_record(f"willow course {number}"))
    students = [f"willow student {100_000 + number}" for number in range(1, _WILLOW_STUDENTS + 1)]
    for name in students:
        world.put(name, new_record(name, "willow school 1", "4"))
    for number in range(_WILLOW_TEACHERS):
        world.put(f"willow teacher {100 + number}", new_record(f"willow teacher {100 + number}"))
    for index in range(4):
        section, teacher = f"willow section {1_001 + index}", f"willow teacher {100 + index}"
        own_section = {
            "course": clever_id(f"willow course {index + 1}"),
            "term_id": clever_id("willow term 1"),
            "teacher": clever_id(teacher),
            "teachers": [clever_id(teacher)],
            "students": [clever_id(name) for name in students[index * 10 : index * 10 + 10]],
        }
        world.put(section, merged(new_record(section), own_section))


def _maple(world: World) -> None:
    own = {"name": "Maple Valley Unified School District", "nces_id": "4109310"}
    portal = {"portal_url": "https://clever.example/in/maple"}
    world.put("maple district 1", {**new_record("maple district 1"), **own, **portal})
    for number, name in ((1, "Maple Elementary School"), (2, "Sycamore Middle School")):
        school = f"maple school {number}"
        place = {"name": name, "location": {"city": "Maple Valley"}}
        world.put(school, merged(new_record(school), place))
    add_term(world, "maple term 1", "Y1", "2026-08-17", "2027-06-10")

"""Which records belong to another one: the sub-collections, and the links of a single object."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from dlt_sources.sandbox.records import RecordList

Lists = Mapping[str, RecordList]


class _Relationship(msgspec.Struct):
    student: str | None = None


class _Role(msgspec.Struct):
    school: str | None = None
    schools: list[str] | None = None
    student_relationships: list[_Relationship] | None = None


class _User(msgspec.Struct):
    roles: dict[str, _Role | None] | None = None


class _Section(msgspec.Struct):
    school: str | None = None
    course: str | None = None
    term_id: str | None = None
    teacher: str | None = None
    students: list[str] | None = None
    teachers: list[str] | None = None


_user = msgspec.json.Decoder(_User)
_section = msgspec.json.Decoder(_Section)
_Shape = TypeVar("_Shape", _User, _Section)


@dataclass(frozen=True)
class Filters:
    """The filters of a request: one role's records only, primary schools only."""

    role: str | None = None
    primary: bool = False


NO_FILTERS = Filters()


@dataclass(frozen=True)
class Relation:
    """A sub-path of a record: the list it shows records of, and how their positions are found."""

    target: str
    find: Callable[[Lists, str, Filters], Sequence[int]]
    single: bool = False
    roles: tuple[str, ...] = ()


def users_with_role(users: RecordList, role: str) -> Sequence[int]:
    """Return the positions of the users who have a role, among others perhaps."""
    return users.grouped(_user, _roles_of).get(role, ())


def link_names(list_name: str, record: bytes) -> tuple[str, ...]:
    """Return what a single object links to besides `self`, as Clever spells it."""
    if list_name == "users":
        return ("district", *_user_links(_user.decode(record)))
    if list_name == "sections":
        section = _section.decode(record)
        course = ("course",) if section.course else ()
        term = ("term",) if section.term_id else ()
        return ("district", "school", *term, *course, "users")
    return {
        "schools": ("district", "sections", "users", "terms", "courses"),
        "courses": ("district", "sections", "schools"),
        "terms": ("district", "sections", "schools"),
    }.get(list_name, ())


def _user_links(user: _User) -> Iterable[str]:
    roles = set(_roles_of(user))
    if roles & {"student", "teacher"}:
        yield "sections"
    if "student" in roles:
        yield from ("myContacts", "myTeachers")
    if roles & {"teacher", "contact"}:
        yield "myStudents"
    if roles & {"student", "teacher", "staff"}:
        yield "schools"


# What a record refers to.


def _roles_of(user: _User) -> Iterable[str]:
    return user.roles or ()


def _user_schools(user: _User, filters: Filters = NO_FILTERS) -> set[str]:
    schools: set[str] = set()
    for name, role in (user.roles or {}).items():
        if role is None or filters.role not in (None, name):
            continue
        schools.update(() if filters.primary else role.schools or ())
        schools.update((role.school,) if role.school else ())
    return schools


def _contact_students(user: _User) -> Iterable[str]:
    contact = (user.roles or {}).get("contact")
    relationships = (contact.student_relationships if contact else None) or ()
    return [each.student for each in relationships if each.student]


def _section_students(section: _Section) -> Iterable[str]:
    return section.students or ()


def _section_teachers(section: _Section) -> Iterable[str]:
    return (*(section.teachers or ()), *_present(section.teacher))


def _section_members(section: _Section) -> Iterable[str]:
    return (*_section_students(section), *_section_teachers(section))


def _section_school(section: _Section) -> Iterable[str]:
    return _present(section.school)


def _section_course(section: _Section) -> Iterable[str]:
    return _present(section.course)


def _section_term(section: _Section) -> Iterable[str]:
    return _present(section.term_id)


def _present(reference: str | None) -> tuple[str, ...]:
    return (reference,) if reference else ()


# How a relation is followed.

_Keys = Callable[[_Section], Iterable[str]]


def _positions(records: RecordList, ids: Iterable[str]) -> list[int]:
    """Return the ascending positions of the ids; what the district does not share is left out."""
    found = (records.find(each) for each in set(ids))
    return sorted(position for position in found if position is not None)


def _sections_by(key: _Keys) -> Callable[[Lists, str, Filters], Sequence[int]]:
    def find(lists: Lists, record_id: str, _: Filters) -> Sequence[int]:
        return lists["sections"].grouped(_section, key).get(record_id, ())

    return find


def _through_sections(target: str, key: _Keys, reference: _Keys) -> Relation:
    """Relate a record to what its sections refer to, such as a school to its terms."""

    def find(lists: Lists, record_id: str, _: Filters) -> Sequence[int]:
        sections = lists["sections"]
        its_own = sections.grouped(_section, key).get(record_id, ())
        shapes = (_section.decode(sections.raw(position)) for position in its_own)
        return _positions(lists[target], (each for shape in shapes for each in reference(shape)))

    return Relation(target, find)


def _of_section(target: str, reference: _Keys) -> Relation:
    def find(lists: Lists, record_id: str, _: Filters) -> Sequence[int]:
        return _positions(lists[target], reference(_decoded_section(lists, record_id)))

    return Relation(target, find, single=True)


def _decoded_section(lists: Lists, record_id: str) -> _Section:
    position = lists["sections"].find(record_id)
    return _Section() if position is None else _section.decode(lists["sections"].raw(position))


def _decoded_user(lists: Lists, record_id: str) -> _User:
    position = lists["users"].find(record_id)
    return _User() if position is None else _user.decode(lists["users"].raw(position))


def _users_of_section(lists: Lists, record_id: str, filters: Filters) -> Sequence[int]:
    section = _decoded_section(lists, record_id)
    members = {None: _section_members, "student": _section_students, "teacher": _section_teachers}
    return _positions(lists["users"], members[filters.role](section))


def _users_of_school(lists: Lists, record_id: str, filters: Filters) -> Sequence[int]:
    users = lists["users"]
    associated = users.grouped(_user, _user_schools).get(record_id, ())
    return [
        position
        for position in associated
        if record_id in _user_schools(_user.decode(users.raw(position)), filters)
    ]


def _schools_of_user(lists: Lists, record_id: str, filters: Filters) -> Sequence[int]:
    return _positions(lists["schools"], _user_schools(_decoded_user(lists, record_id), filters))


def _contacts_of_user(lists: Lists, record_id: str, _: Filters) -> Sequence[int]:
    return lists["users"].grouped(_user, _contact_students).get(record_id, ())


def _students_of_user(lists: Lists, record_id: str, filters: Filters) -> Sequence[int]:
    taught = _through_sections("users", _section_teachers, _section_students)
    related = _positions(lists["users"], _contact_students(_decoded_user(lists, record_id)))
    return sorted({*related, *taught.find(lists, record_id, filters)})


_DISTRICT = Relation("districts", lambda _lists, _id, _filters: (0,), single=True)
_SCHOOL_ROLES = ("staff", "student", "teacher")

#: The sub-collections, by list and path segment in lower case: Clever takes either case.
RELATIONS: Mapping[tuple[str, str], Relation] = {
    **{
        (name, "district"): _DISTRICT
        for name in ("schools", "users", "sections", "courses", "terms")
    },
    ("schools", "courses"): _through_sections("courses", _section_school, _section_course),
    ("schools", "terms"): _through_sections("terms", _section_school, _section_term),
    ("schools", "sections"): Relation("sections", _sections_by(_section_school)),
    ("schools", "users"): Relation("users", _users_of_school, roles=_SCHOOL_ROLES),
    ("users", "mycontacts"): Relation("users", _contacts_of_user),
    ("users", "mystudents"): Relation("users", _students_of_user),
    ("users", "myteachers"): _through_sections("users", _section_students, _section_teachers),
    ("users", "schools"): Relation("schools", _schools_of_user),
    ("users", "sections"): Relation("sections", _sections_by(_section_members)),
    ("sections", "course"): _of_section("courses", _section_course),
    ("sections", "school"): _of_section("schools", _section_school),
    ("sections", "term"): _of_section("terms", _section_term),
    ("sections", "users"): Relation("users", _users_of_section, roles=("student", "teacher")),
    ("courses", "schools"): _through_sections("schools", _section_course, _section_school),
    ("courses", "sections"): Relation("sections", _sections_by(_section_course)),
    ("terms", "schools"): _through_sections("schools", _section_term, _section_school),
    ("terms", "sections"): Relation("sections", _sections_by(_section_term)),
}

"""What can happen in a district between two looks at it, each edit with a chance of its own.

An edit changes the district in place and does nothing where it cannot apply.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from random import Random
from typing import Any

from .contract import BY_ROLE, BY_SINGULAR, COMMON, OBJECTS, ROLES
from .district import REFERENCES, District, new_record, new_role, new_user, relationship
from .served import ODD_FORMS
from .values import BLANKS, put, some, take, value_for

Edit = Callable[[District, Random], None]
EDITS: dict[str, Edit] = {}
_SHARED = ("schools", "terms", "courses", "sections", "users")


def edit(act: Edit) -> Edit:
    """Register an edit under its name."""
    EDITS[act.__name__] = act
    return act


def _any_record(district: District, rng: Random, name: str | None = None) -> dict[str, Any] | None:
    name = name or rng.choice((*OBJECTS, "sections", "users", "users", "users"))
    ids = district.ids(name)
    return district.world[name][rng.choice(ids)] if ids else None


def _any_with_role(district: District, rng: Random, *roles: str) -> dict[str, Any] | None:
    """What somebody's role of these holds."""
    held = [(id_, role) for role in roles for id_ in district.ids("users", role)]
    if not held:
        return None
    id_, role = rng.choice(held)
    found: dict[str, Any] = district.world["users"][id_]["roles"][role]
    return found


def _kind_of(district: District, record: dict[str, Any]) -> str:
    return next(name for name in OBJECTS if record["id"] in district.world[name])


def _any_fields(district: District, rng: Random) -> tuple[dict[str, Any], tuple[str, ...]] | None:
    """A record, or a role of a user, with the fields it can have."""
    record = _any_record(district, rng)
    if record is None:
        return None
    name = _kind_of(district, record)
    if name != "users":
        return record, BY_SINGULAR[name.removesuffix("s")].fields
    roles = sorted(set(record.get("roles", {})) & set(ROLES))
    if roles and rng.random() < 0.7:
        role = rng.choice(roles)
        return record["roles"][role], BY_ROLE[role].fields
    return record, tuple(COMMON.split())


# --- attributes --------------------------------------------------------------------------------


@edit
def set_field(district: District, rng: Random) -> None:
    found = _any_fields(district, rng)
    if found:
        record, fields = found
        path = rng.choice(fields)
        refers_to = REFERENCES.get(path)
        value = rng.choice(district.ever(refers_to)) if refers_to else value_for(path, rng)
        put(record, path, value)


@edit
def clear_field(district: District, rng: Random) -> None:
    found = _any_fields(district, rng)
    if found:
        take(found[0], rng.choice(found[1]))


@edit
def unknown_field(district: District, rng: Random) -> None:
    found = _any_fields(district, rng)
    if found:
        paths = ("nick", "clubs", "name.suffix", "location.floor", "credentials.other")
        path = rng.choice([path for path in paths if path.split(".")[0] not in found[1]])
        put(found[0], path, rng.choice(("x", "y", "", 0, False, ["b", "a"], {"k": [1, None]})))


@edit
def as_it_was(district: District, rng: Random) -> None:
    """A record is again what it was some rounds ago."""
    record = _any_record(district, rng)
    if record and district.past:
        name = _kind_of(district, record)
        before = rng.choice(district.past)[name].get(record["id"])
        if before:
            district.world[name][record["id"]] = copy.deepcopy(before)


@edit
def next_grade(district: District, rng: Random) -> None:
    """The school year turns: everybody's role has news."""
    for user in district.world["users"].values():
        for role, field in (("student", "grade"), ("teacher", "title"), ("contact", "phone")):
            if role in user["roles"]:
                user["roles"][role][field] = str(rng.randint(1, 12))


@edit
def email_copied_into_role(district: District, rng: Random) -> None:
    role = _any_with_role(district, rng, *ROLES)
    if role:
        role["email"] = f"copy{rng.randint(0, 9)}@example.org"


@edit
def district_unnamed(district: District, rng: Random) -> None:
    record = _any_record(district, rng, rng.choice(_SHARED))
    if record:
        record["district"] = rng.choice(BLANKS)


@edit
def claimed_by_another(district: District, rng: Random) -> None:
    """A record, old or new, names another district."""
    arrive(district, rng)
    record = _any_record(district, rng, rng.choice(_SHARED))
    if record:
        record["district"] = f"5d{district.number + 1:022x}"


@edit
def claimed_for_the_most_part(district: District, rng: Random) -> None:
    """Most of a list cannot be read: it names another district."""
    for record in district.world[rng.choice(_SHARED)].values():
        if rng.random() < 0.7:
            record["district"] = f"5d{district.number + 1:022x}"


@edit
def claims_withdrawn(district: District, rng: Random) -> None:
    for name in _SHARED:
        for record in district.world[name].values():
            record["district"] = district.id


# --- coming and going --------------------------------------------------------------------------


def _archive(district: District, name: str, id_: str) -> None:
    district.gone[name][id_] = district.world[name].pop(id_)


def _restore(district: District, name: str, id_: str) -> None:
    district.world[name][id_] = district.gone[name].pop(id_)


@edit
def archive(district: District, rng: Random) -> None:
    """A record goes; who listed it lists it still."""
    record = _any_record(district, rng, rng.choice(_SHARED))
    if record:
        _archive(district, _kind_of(district, record), record["id"])


@edit
def restore(district: District, rng: Random) -> None:
    found = [(name, id_) for name in _SHARED for id_ in sorted(district.gone[name])]
    if found:
        _restore(district, *rng.choice(found))


@edit
def restore_changed(district: District, rng: Random) -> None:
    found = [(name, id_) for name in _SHARED for id_ in sorted(district.gone[name])]
    if found:
        name, id_ = rng.choice(found)
        _restore(district, name, id_)
        first = "name.first" if name == "users" else "name"
        put(district.world[name][id_], first, value_for(first, rng))


@edit
def leave_district(district: District, rng: Random) -> None:
    """A student goes and the sections forget it."""
    found = district.ids("users", "student")
    if found:
        id_ = rng.choice(found)
        _archive(district, "users", id_)
        for section in district.world["sections"].values():
            section["students"] = [i for i in section.get("students") or [] if i != id_]


@edit
def arrive(district: District, rng: Random) -> None:
    if rng.random() < 0.5:
        new_user(district, rng)
    else:
        new_record(district, rng.choice(_SHARED[:-1]), rng)


@edit
def term_created_again(district: District, rng: Random) -> None:
    """Clever drops the term, makes one alike under a new id and points the sections to it."""
    term = _any_record(district, rng, "terms")
    if term:
        again = {**copy.deepcopy(term), "id": district.new_id("terms")}
        _archive(district, "terms", term["id"])
        district.world["terms"][again["id"]] = again
        for section in district.world["sections"].values():
            if section.get("term_id") == term["id"]:
                section["term_id"] = again["id"]


@edit
def list_switched_off(district: District, rng: Random) -> None:
    name = rng.choice(_SHARED)
    for id_ in district.ids(name):
        _archive(district, name, id_)


@edit
def list_renewed(district: District, rng: Random) -> None:
    """All or most of a list goes, and some others take the place of it."""
    name = rng.choice(("terms", "courses", "sections", "sections"))
    for id_ in district.ids(name):
        if rng.random() < 0.9:
            _archive(district, name, id_)
    for _ in range(rng.randint(0, 4)):
        new_record(district, name, rng)


@edit
def all_back(district: District, rng: Random) -> None:
    for name in _SHARED:
        for id_ in sorted(district.gone[name]):
            _restore(district, name, id_)


# --- roles -------------------------------------------------------------------------------------


@edit
def gain_role(district: District, rng: Random) -> None:
    user = _any_record(district, rng, "users")
    missing = sorted(set(ROLES) - set(user.get("roles", {}))) if user else []
    if user and missing:
        role = rng.choice(missing)
        user.setdefault("roles", {})[role] = new_role(district, role, rng)


@edit
def lose_role(district: District, rng: Random) -> None:
    user = _any_record(district, rng, "users")
    if user and user.get("roles"):
        role = rng.choice(sorted(user["roles"]))
        district.lost.append((user["id"], role, user["roles"].pop(role)))


@edit
def role_back(district: District, rng: Random) -> None:
    """Somebody has again the role that was lost, unchanged."""
    lost = [entry for entry in district.lost if entry[0] in district.world["users"]]
    if lost:
        id_, role, held = rng.choice(lost)
        district.world["users"][id_].setdefault("roles", {})[role] = copy.deepcopy(held)


@edit
def role_emptied(district: District, rng: Random) -> None:
    user = _any_record(district, rng, "users")
    if user and user.get("roles"):
        user["roles"][rng.choice(sorted(user["roles"]))] = {}


@edit
def role_nobody_knows(district: District, rng: Random) -> None:
    user = _any_record(district, rng, "users")
    if user:
        user.setdefault("roles", {})["visitor"] = rng.choice(({}, {"badge": "1"}, {"badge": "2"}))


@edit
def role_changed_for_another(district: District, rng: Random) -> None:
    lose_role(district, rng)
    gain_role(district, rng)


@edit
def odd_roles(district: District, rng: Random) -> None:
    """From now on Clever writes somebody's roles in another form."""
    users = district.ids("users")
    if users:
        district.odd[rng.choice(users)] = rng.choice(sorted(ODD_FORMS))


@edit
def roles_in_order(district: District, rng: Random) -> None:
    district.odd.clear()


# --- who belongs to whom -----------------------------------------------------------------------


def _toggle(record: dict[str, Any], name: str, entry: Any) -> None:
    entries = record.get(name) or []
    record[name] = [i for i in entries if i != entry] if entry in entries else [*entries, entry]


@edit
def student_in_or_out(district: District, rng: Random) -> None:
    section = _any_record(district, rng, "sections")
    if section:
        _toggle(section, "students", rng.choice(district.ever("users")))


@edit
def student_moves(district: District, rng: Random) -> None:
    sections = list(district.world["sections"].values())
    students = district.ids("users", "student")
    if len(sections) > 1 and students:
        student = rng.choice(students)
        for section in rng.sample(sections, 2):
            _toggle(section, "students", student)


@edit
def co_teacher(district: District, rng: Random) -> None:
    section = _any_record(district, rng, "sections")
    if section:
        teachers = district.ids("users", "teacher") or district.ever("users")
        _toggle(section, "teachers", rng.choice(teachers))


@edit
def primary_teacher(district: District, rng: Random) -> None:
    """Another primary teacher, in the list of teachers or not, or none."""
    section = _any_record(district, rng, "sections")
    if section:
        others = [*(section.get("teachers") or []), *district.ids("users", "teacher"), None]
        section["teacher"] = rng.choice(others)


@edit
def section_handed_over(district: District, rng: Random) -> None:
    section = _any_record(district, rng, "sections")
    if section:
        section["teachers"] = some(district.ids("users", "teacher"), rng)
        section["teacher"] = (section["teachers"] or [None])[0]


@edit
def section_of_strangers(district: District, rng: Random) -> None:
    """The section lists only students nobody shared, one of another district among them."""
    section = _any_record(district, rng, "sections")
    if section:
        neighbour = f"65{district.number + 1:08x}{rng.randint(1, 20):014x}"
        section["students"] = [neighbour, "6500000000000000000000ab"]


@edit
def school_in_or_out(district: District, rng: Random) -> None:
    role = _any_with_role(district, rng, "student", "teacher", "staff")
    if role:
        _toggle(role, "schools", rng.choice(district.ever("schools")))


@edit
def primary_school(district: District, rng: Random) -> None:
    role = _any_with_role(district, rng, "student", "teacher")
    if role:
        role["school"] = rng.choice([*district.ever("schools"), None])


@edit
def relationship_added(district: District, rng: Random) -> None:
    role = _any_with_role(district, rng, "contact")
    if role:
        entry = relationship(rng.choice(district.ever("users")), rng)
        role.setdefault("student_relationships", []).append(entry)


@edit
def relationship_removed(district: District, rng: Random) -> None:
    role = _any_with_role(district, rng, "contact")
    if role and role.get("student_relationships"):
        role["student_relationships"].pop(0)


@edit
def relationship_noted(district: District, rng: Random) -> None:
    """The same relationship again, this time with a field nobody knows."""
    role = _any_with_role(district, rng, "contact")
    if role and role.get("student_relationships"):
        role["student_relationships"].append({**role["student_relationships"][0], "note": "x"})


@edit
def relationship_to_nobody(district: District, rng: Random) -> None:
    role = _any_with_role(district, rng, "contact")
    if role:
        role.setdefault("student_relationships", []).append({"relationship": "Self"})

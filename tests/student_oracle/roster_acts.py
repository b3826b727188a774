"""What can happen in a district between two looks at it; nothing where it cannot apply."""

from __future__ import annotations

import copy
from random import Random

from tests.dbt.dbt_warehouse import Record

from .place import (
    LISTS,
    NUMBERS,
    Act,
    Place,
    about_person,
    about_section,
    add,
    move,
    new_section,
    new_student,
    school,
    term,
)

ROSTER_ACTS: dict[str, Act] = {}
#: Of what there never are more than a few.
_FEW = 5


def _act(act: Act) -> Act:
    ROSTER_ACTS[act.__name__] = act
    return act


@_act
def archive(place: Place, rng: Random) -> None:
    """A record is no longer shared: mostly a student or a section."""
    name = rng.choice(("users", "users", "sections", "sections", *LISTS))
    if place.world[name]:
        move(rng.choice(sorted(place.world[name])), place.world[name], place.gone[name])


@_act
def restore(place: Place, rng: Random) -> None:
    """A record is shared again, as it was."""
    name = rng.choice([name for name in LISTS if place.gone[name]] or ["users"])
    if place.gone[name]:
        move(rng.choice(sorted(place.gone[name])), place.gone[name], place.world[name])


@_act
def arrive(place: Place, rng: Random) -> None:
    """A student comes; one whose number is known, perhaps of one who has gone."""
    if len([id_ for id_ in place.ever("users") if "student" in id_]) < 2 * _FEW:
        new_student(place, f"sis {rng.randint(1, 3)}", rng)


@_act
def come_again(place: Place, rng: Random) -> None:
    """Somebody goes, and comes under another ID: with what was known before, or with less."""
    people = place.users(
        rng.choice(("student", "student", "teacher", "staff", "contact", "contact"))
    )
    if people and len(place.ever("users")) < 4 * _FEW:
        id_ = rng.choice(people)
        user = copy.deepcopy(place.world["users"][id_])
        move(id_, place.world["users"], place.gone["users"])
        place.returning.append(user)


@_act
def arrive_again(place: Place, rng: Random) -> None:
    """One who went under another ID is there, sometimes twice, or with other numbers."""
    if place.returning:
        user = place.returning.pop()
        for _ in range(rng.choice((1, 1, 2))):
            id_ = _return(place, user)
            if rng.random() < 0.3:
                about_person(place.world["users"][id_], rng)
            elif rng.random() < 0.5:
                _correct_numbers(place.world["users"][id_])


def _correct_numbers(user: Record) -> None:
    """None of somebody's numbers is the one it was."""
    for held in user["roles"].values():
        numbers = [name for name in held if name == "sis_id" or name in NUMBERS]
        held |= {name: f"{held[name]} of {user['id']}" for name in numbers if held[name]}


def _return(place: Place, user: Record) -> str:
    """Somebody is there under a new ID; the ID, which begins as the old one did."""
    kind = next((kind for kind in ("teacher", "contact") if kind in user["id"]), "student")
    id_ = place.new_name(kind)
    about = {key: copy.deepcopy(value) for key, value in user.items() if key != "id"}
    add(place, "users", id_, **about)
    return id_


@_act
def correct_person(place: Place, rng: Random) -> None:
    """What is known of somebody changes: names, birthday, or a number."""
    if users := sorted(place.world["users"]):
        user = place.world["users"][rng.choice(users)]
        if rng.random() < 0.5 or "student" not in user["roles"]:
            about_person(user, rng)
        else:
            user["roles"]["student"]["sis_id"] = rng.choice(("sis 1", "sis 2", None))


@_act
def make_anew(place: Place, rng: Random) -> None:
    """The school makes a section anew, perhaps a little changed, or with students of new IDs."""
    sections = sorted(place.world["sections"])
    if not sections or len(place.ever("sections")) >= 2 * _FEW:
        return
    id_ = rng.choice(sections)
    about = copy.deepcopy({k: v for k, v in place.world["sections"][id_].items() if k != "id"})
    move(id_, place.world["sections"], place.gone["sections"])
    listed = [each for each in about["students"] if each in place.world["users"]]
    if listed and rng.random() < 0.3 and len(place.ever("users")) < 4 * _FEW:
        student = rng.choice(listed)
        user = place.world["users"][student]
        move(student, place.world["users"], place.gone["users"])
        about["students"][about["students"].index(student)] = _return(place, user)
    for _ in range(rng.choice((1, 1, 1, 2))):
        again = add(place, "sections", place.new_name("section"), **copy.deepcopy(about))
        if rng.random() < 0.3:
            about_section(place, again, rng)


@_act
def come_back_as_another(place: Place, rng: Random) -> None:
    """A course or a term goes, and comes back under another ID."""
    kind = rng.choice(("course", "term"))
    present = place.world[f"{kind}s"]
    if present and len(place.ever(f"{kind}s")) < _FEW:
        id_ = rng.choice(sorted(present))
        about = {key: value for key, value in present[id_].items() if key != "id"}
        move(id_, present, place.gone[f"{kind}s"])
        add(place, f"{kind}s", place.new_name(kind), **about)


@_act
def rename(place: Place, rng: Random) -> None:
    """A course or a term is called as another one."""
    number = rng.randint(1, 2)
    for name, about in (("courses", {"name": f"Course {number}"}), ("terms", term(number))):
        if place.world[name]:
            place.world[name][rng.choice(sorted(place.world[name]))] |= about


@_act
def open_section(place: Place, rng: Random) -> None:
    """There is another section."""
    if len(place.ever("sections")) < _FEW:
        new_section(place, rng)


@_act
def change_section(place: Place, rng: Random) -> None:
    """A section gets another course, another term, other teachers."""
    if sections := sorted(place.world["sections"]):
        about_section(place, place.world["sections"][rng.choice(sections)], rng)


@_act
def change_student(place: Place, rng: Random) -> None:
    """A student changes grade or school."""
    if students := place.users("student"):
        held = place.world["users"][rng.choice(students)]["roles"]["student"]
        held["grade"] = rng.choice((*"678", None))
        held["school"] = school(place, rng)


@_act
def change_class(place: Place, rng: Random) -> None:
    """A student is put into a section, or out of it: also one who is archived."""
    sections = sorted(place.world["sections"])
    students = [id_ for id_ in place.ever("users") if "student" in id_]
    if sections:
        _in_or_out(place, rng.choice(sections), rng.choice(students))


@_act
def move_student(place: Place, rng: Random) -> None:
    """A student goes from one section to another."""
    sections, students = sorted(place.world["sections"]), place.users("student")
    if len(sections) > 1 and students:
        student = rng.choice(students)
        for section in rng.sample(sections, 2):
            _in_or_out(place, section, student)


def _in_or_out(place: Place, section_id: str, student_id: str) -> None:
    listed = place.world["sections"][section_id]["students"]
    if student_id in listed:
        listed.remove(student_id)
    else:
        listed.append(student_id)


@_act
def change_role(place: Place, rng: Random) -> None:
    """A user gets a role, or loses it."""
    if users := sorted(place.world["users"]):
        roles = place.world["users"][rng.choice(users)]["roles"]
        role = rng.choice(("student", "teacher", "staff"))
        if role not in roles:
            roles[role] = {"schools": [school(place, rng)]} if role == "staff" else {}
        elif len(roles) > 1:
            del roles[role]

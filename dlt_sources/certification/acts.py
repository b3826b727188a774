"""What can happen to a district between two days; the catalogue's events name these acts.

An act gets the world, the short name of the record it happens to, and what the event gives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dlt_sources.certification.ids import clever_id, short_name, split_name
from dlt_sources.certification.people import GRADES, new_record
from dlt_sources.certification.town import (
    Term,
    add_classes,
    add_term,
    grant,
    is_of_the_town,
)
from dlt_sources.certification.world import Record, World, merged

Given = Mapping[str, Any]
_REWRITTEN = "2027-01-15T16:05:01.632Z"


def put(world: World, name: str, given: Given) -> None:
    """The record has these fields from now on; one that was not there comes into being."""
    record = world.get(name) if world.has(name) else new_record(name)
    world.put(name, merged(record, given))


def remove(world: World, name: str, given: Given) -> None:
    """The record is gone; who lists it still does."""
    world.gone[name] = world.list_with(name).pop(clever_id(name))


def leave(world: World, name: str, given: Given) -> None:
    """A person is gone, and out of every section's lists."""
    remove(world, name, given)
    world.unlisted[name] = []
    for section in world.places[split_name(name)[0]]["sections"].values():
        for field in ("students", "teachers"):
            if clever_id(name) in section[field]:
                section[field] = [one for one in section[field] if one != clever_id(name)]
                world.unlisted[name].append(section["id"])


def come_back(world: World, name: str, given: Given) -> None:
    """The record is there again under the same ID, in the same sections; `created` is new."""
    record = merged(world.gone.pop(name), given)
    if "created" in record:
        record["created"] = _REWRITTEN
    world.put(name, record)
    sections = world.places[split_name(name)[0]]["sections"]
    field = "teachers" if "teacher" in record.get("roles", {}) else "students"
    for section_id in world.unlisted.pop(name, ()):
        if section_id in sections:
            sections[section_id][field] = [*sections[section_id][field], record["id"]]


def add(world: World, name: str, given: Given) -> None:
    """Lists of the record become longer by what is given."""
    world.put(name, _with_lists(world.get(name), given, lambda old, new: [*old, *new]))


def drop(world: World, name: str, given: Given) -> None:
    """Lists of the record lose what is given."""
    kept = _with_lists(world.get(name), given, lambda old, new: [x for x in old if x not in new])
    world.put(name, kept)


def fill(world: World, name: str, given: Given) -> None:
    """The section has so many students in a row, from the first number on."""
    numbers = range(given["first"], given["first"] + given["students"])
    world.get(name)["students"] = [clever_id(f"student {number}") for number in numbers]


def intrude(world: World, name: str, given: Given) -> None:
    """The district shows a user that another district has, under that district's ID."""
    stranger = world.places[""]["users"][given["record"]]
    world.places[split_name(name)[0]]["users"][stranger["id"]] = stranger


def without(world: World, name: str, given: Given) -> None:
    """The record no longer has the keys that are given, at any depth: their values are null."""
    world.put(name, _without(world.get(name), given))


def shuffle(world: World, name: str, given: Given) -> None:
    """Every record of the district comes with its keys and its sections' lists in another order."""
    lists = world.places[split_name(name)[0]]
    for list_name in ("sections", "users"):
        for key, record in lists[list_name].items():
            reordered = dict(reversed(record.items()))
            for field in ("students", "teachers"):
                if field in reordered:
                    reordered[field] = reordered[field][::-1]
            lists[list_name][key] = reordered


def close_school(world: World, name: str, given: Given) -> None:
    """A school is no longer shared: it, its sections, and who is in no other school are gone."""
    school, lists = clever_id(name), world.places[split_name(name)[0]]
    ids = [school]
    ids += [key for key, section in lists["sections"].items() if section["school"] == school]
    ids += [key for key, user in lists["users"].items() if _schools(user) == {school}]
    world.gone_with = {**world.gone_with, name: [short_name(key) for key in ids]}
    for key in ids:
        remove(world, short_name(key), given)


def open_school(world: World, name: str, given: Given) -> None:
    """What went with the school is shared again, under the same IDs."""
    for one in world.gone_with.pop(name):
        come_back(world, one, {})


def hide_role(world: World, name: str, given: Given) -> None:
    """A role is switched off: whoever has it and no other is gone."""
    role, place = given["role"], split_name(name)[0]
    ids = [user["id"] for user in world.of_role(place, role) if set(user["roles"]) == {role}]
    world.gone_with = {**world.gone_with, f"{name} {role}": [short_name(key) for key in ids]}
    for key in ids:
        remove(world, short_name(key), given)


def show_role(world: World, name: str, given: Given) -> None:
    """A role is switched on again."""
    for one in world.gone_with.pop(f"{name} {given['role']}"):
        come_back(world, one, {})


def lose(world: World, name: str, given: Given) -> None:
    """The first so many students of a district are gone, and out of their sections."""
    students = [user["id"] for user in world.of_role(split_name(name)[0], "student")]
    lost = [short_name(key) for key in students[: given["students"]]]
    world.gone_with = {**world.gone_with, name: lost}
    for one in lost:
        leave(world, one, given)


def find(world: World, name: str, given: Given) -> None:
    """Who was lost is there again."""
    for one in world.gone_with.pop(name):
        come_back(world, one, {})


def revoke(world: World, name: str, given: Given) -> None:
    """The district takes its authorisation back: Clever no longer lists a token."""
    del world.tokens[clever_id(name)]


def authorise(world: World, name: str, given: Given) -> None:
    """The district authorises the application again, with a new token."""
    grant(world, split_name(name)[0], again=2)


def freeze(world: World, name: str, given: Given) -> None:
    """Clever no longer syncs the district: `last_sync` stands still. Fields may be given."""
    world.frozen.add(split_name(name)[0])
    put(world, name, given)


def thaw(world: World, name: str, given: Given) -> None:
    """Clever syncs the district again."""
    world.frozen.discard(split_name(name)[0])
    put(world, name, given)


def new_semester(world: World, name: str, given: Given) -> None:
    """The first semester and its sections are gone, those of the second are there."""
    sections = world.places[""]["sections"]
    old = clever_id("term 2")
    for key in [key for key, section in sections.items() if section.get("term_id") == old]:
        remove(world, short_name(key), given)
    remove(world, "term 2", given)
    add_term(world, "term 3", "S2", "2027-02-01", "2027-06-10")
    add_classes(world, Term(None, "term 3", 2_001))


def new_year(world: World, name: str, given: Given) -> None:
    """All sections and terms are gone, the oldest leave, everybody else is a grade higher."""
    lists = world.places[""]
    for list_name in ("sections", "terms"):
        for key in list(lists[list_name]):
            remove(world, short_name(key), given)
    for user in list(world.of_role("", "student")):
        if is_of_the_town(user["id"]):
            _promote(world, short_name(user["id"]), user)
    add_term(world, "term 11", "Y1", "2027-08-16", "2028-06-09")
    add_classes(world, Term("term 11", "term 11", 3_001))


def _promote(world: World, name: str, user: Record) -> None:
    role = user["roles"]["student"]
    place = GRADES.index(role["grade"]) + 1
    if place == len(GRADES):
        remove(world, name, {})
        return
    grade, school = GRADES[place], role["school"]
    moved = {"6": "school 3", "9": "school 4"}.get(grade)
    if moved:
        school = clever_id(moved)
    change = {"grade": grade, "school": school, "schools": [school]}
    world.put(name, merged(user, {"roles": {"student": change}}))


def for_the_replay(world: World, name: str, given: Given) -> None:
    """Nothing happens to the data; whoever replays the days reads the event (see `replayed`)."""


def _schools(user: Record) -> set[str]:
    return {school for role in user["roles"].values() for school in role.get("schools", ())}


def _with_lists(
    record: Record, given: Given, change: Callable[[list[Any], list[Any]], list[Any]]
) -> Record:
    result = dict(record)
    for key, value in given.items():
        if isinstance(value, Mapping):
            result[key] = _with_lists(result[key], value, change)
        else:
            result[key] = change(result.get(key, []), value)
    return result


def _without(record: Record, given: Given) -> Record:
    result = dict(record)
    for key, value in given.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = _without(result[key], value)
    return result


ACTS: Mapping[str, Callable[[World, str, Given], None]] = {
    "set": put,
    "remove": remove,
    "leave": leave,
    "return": come_back,
    "add": add,
    "drop": drop,
    "fill": fill,
    "intrude": intrude,
    "without": without,
    "shuffle": shuffle,
    "close school": close_school,
    "open school": open_school,
    "hide role": hide_role,
    "show role": show_role,
    "lose": lose,
    "find": find,
    "revoke": revoke,
    "authorise": authorise,
    "freeze": freeze,
    "thaw": thaw,
    "new semester": new_semester,
    "new year": new_year,
    "fault": for_the_replay,
    "approve": for_the_replay,
    "sync twice": for_the_replay,
}

"""How Clever writes a district down: other order, other blanks, other times, the same meaning."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from functools import partial
from random import Random
from typing import Any

from .contract import BY_ROLE, BY_SINGULAR, COMMON
from .oracle import World
from .values import BLANKS

_LISTS = {
    "districts": ("login_methods",),
    "sections": ("students", "teachers"),
    "student": ("schools", "enrollments"),
    "teacher": ("schools",),
    "staff": ("schools", "roles"),
    "contact": ("student_relationships",),
}
_TIMES = ("2024-08-01T00:00:00.000Z", "2026-08-17T06:30:12.345Z", "2026-09-01T01:02:03.004Z")
_DISTRICT_STATES = ("running", "success", "error", "paused", "")


def served(world: World, rng: Random, calm: float) -> World:
    """The district as one walk finds it; a share `calm` of the records comes as it is kept."""
    return {
        name: {
            id_: copy.deepcopy(record) if rng.random() < calm else written(name, record, rng)
            for id_, record in sorted(records.items())
        }
        for name, records in world.items()
    }


def written(name: str, record: dict[str, Any], rng: Random) -> dict[str, Any]:
    """A record that says the same in other words."""
    record = copy.deepcopy(record)
    if name == "users":
        _blank(record, tuple(COMMON.split()), rng)
        _roles(record, rng)
    else:
        _blank(record, BY_SINGULAR[name.removesuffix("s")].fields, rng)
    _shuffle_lists(record, name, rng)
    _touch(name, record, rng)
    reordered: dict[str, Any] = _reordered(record, rng)
    return reordered


def _roles(user: dict[str, Any], rng: Random) -> None:
    roles = user.setdefault("roles", {})
    for role, held in roles.items():
        if role not in BY_ROLE:
            continue
        _blank(held, BY_ROLE[role].fields, rng)
        _shuffle_lists(held, role, rng)
        held["email"] = f"copy{rng.randint(0, 9)}@example.org"
        held["created"] = rng.choice(_TIMES)
    if not roles:
        user["roles"] = rng.choice(BLANKS)


_SAYING_NOTHING: tuple[Any, ...] = (
    *(7, None, {}), {"kiosk": {}}, {"teacher": None, "kiosk": "on"}
)  # fmt: skip


def _always(value: Any, roles: Any) -> Any:
    return copy.deepcopy(value)


def in_odd_form(world: World, forms: Mapping[str, str]) -> World:
    """The world with the roles of some users in a form that says nothing of which they are."""
    users = {
        id_: {**user, "roles": ODD_FORMS[forms[id_]](user["roles"])} if id_ in forms else user
        for id_, user in world["users"].items()
    }
    return {**world, "users": users}


#: Forms by name, made of the roles as they are: a map, or a blank.
ODD_FORMS: Mapping[str, Callable[[Any], Any]] = {
    "list": lambda roles: sorted(roles or ()) or ["student"],
    "text": lambda roles: ",".join(sorted(roles or ())) or "student",
    "blanks in their places": lambda roles: dict.fromkeys(roles or ("student",)),
    "texts in their places": lambda roles: dict.fromkeys(roles or ("student",), "yes"),
    "blank in one place": lambda roles: {**roles, min(roles): None} if roles else "",
    "text in one place": lambda roles: {**roles, min(roles): "yes"} if roles else [],
    **{f"always {json.dumps(value)}": partial(_always, value) for value in _SAYING_NOTHING},
}


def _blank(record: dict[str, Any], paths: tuple[str, ...], rng: Random) -> None:
    """Write some of the missing fields as a blank of some form, and some blanks not at all."""
    for path in paths:
        *around, last = path.split(".")
        holder: Any = record
        for step in around:
            holder = holder.setdefault(step, {}) if isinstance(holder, dict) else None
        if not isinstance(holder, dict) or holder.get(last, "") not in BLANKS:
            continue
        if rng.random() < 0.3:
            holder[last] = rng.choice(BLANKS)
        else:
            holder.pop(last, None)


def _shuffle_lists(record: dict[str, Any], name: str, rng: Random) -> None:
    for key in _LISTS.get(name, ()):
        entries = record.get(key)
        if isinstance(entries, list) and entries:
            more = rng.choices(entries, k=rng.choice((0, 0, 1, 2)))
            record[key] = rng.sample([*entries, *more], len(entries) + len(more))
        elif rng.random() < 0.5:
            record[key] = rng.choice(BLANKS)


def _touch(name: str, record: dict[str, Any], rng: Random) -> None:
    record["created"], record["last_modified"] = rng.choice(_TIMES), rng.choice(_TIMES)
    if name == "districts":
        record["state"] = rng.choice(_DISTRICT_STATES)
        record["error"] = rng.choice(("", "The file was empty"))
        record["last_sync"] = rng.choice(_TIMES)
        record["pause_end"] = rng.choice((None, *_TIMES))


def _reordered(value: Any, rng: Random) -> Any:
    if isinstance(value, dict):
        keys = rng.sample(list(value), len(value))
        return {key: _reordered(value[key], rng) for key in keys}
    return [_reordered(inner, rng) for inner in value] if isinstance(value, list) else value

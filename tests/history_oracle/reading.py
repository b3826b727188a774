"""How a record is read: what is blank, which order means nothing, what a field shows."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from .contract import BY_ROLE, COMMON, DATES, FLAGS, JSON, SETS, Kind, column

Record = dict[str, Any]
Attributes = dict[str, Any]

#: Never a difference between two copies of a record.
_VOLATILE = {"created", "last_modified"}
_VOLATILE_DISTRICT = _VOLATILE | {
    "last_sync",
    "last_clever_sync",
    "last_attendance_sync",
    "state",
    "error",
    "pause_start",
    "pause_end",
}
_VOLATILE_ROLE = _VOLATILE | {"email"}
#: Lists that say who belongs to whom; they are no attributes of the record that holds them.
_ASSOCIATED = {
    "sections": {"students", "teachers"},
    "student": {"schools", "enrollments"},
    "teacher": {"schools"},
    "staff": {"schools"},
    "contact": {"student_relationships"},
}
_SETS_ANYWHERE = SETS | {"students", "teachers", "schools", "enrollments", "student_relationships"}


def tidy(value: Any) -> Any:
    """The value without blanks, None if nothing is left: absent, null, "", {} and [] are one."""
    if isinstance(value, dict):
        kept = {key: tidy(inner) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if inner is not None} or None
    if isinstance(value, list):
        return [inner for inner in map(tidy, value) if inner is not None] or None
    return None if value == "" else value


def text_of(value: Any) -> str:
    """JSON that is equal for equal values, and different for `0` and `false`."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def roles_of(user: Record) -> dict[str, Record]:
    """The roles a user has; an empty role object still is a role."""
    held = user.get("roles")
    if not isinstance(held, dict):
        return {}
    return {role: tidy(held[role]) or {} for role in held if isinstance(held[role], dict)}


def no_roles_of(user: Record) -> Any:
    """What stands where roles should stand, and is none; None if there is nothing."""
    held = user.get("roles")
    if not isinstance(held, dict):
        return tidy(held)
    return tidy({role: inner for role, inner in held.items() if not isinstance(inner, dict)})


def with_last_roles(user: Record, last: Record | None) -> Record:
    """The user with the roles that cannot be told to be lost, as they were last.

    A role is lost if known roles are shown as objects and nothing stands in its place. Otherwise
    the user keeps what he had of them: all, or those in whose place something else stands.
    """
    held, shown = roles_of(last or {}), roles_of(user)
    stands = user["roles"] if isinstance(user.get("roles"), dict) else {}
    if shown.keys() & BY_ROLE.keys():
        kept = {r: held[r] for r in held if r in BY_ROLE and r in stands and r not in shown}
    else:
        kept = held
    if not kept.keys() & BY_ROLE.keys():
        return user
    return {**user, "roles": {**stands, **kept, **shown}}


def date_of(raw: str | None) -> date | None:
    """The day in `2025-01-06`, `2025-01-06T23:59:59.999Z` or `1/6/2025`; never shifted.

    Spaces around it do not count; of every other form, of two-digit years and of years before 1000
    nobody knows which day is meant.
    """
    text = (raw or "").strip(" ")
    if text[10:11] in ("", "T", " ") and text[4:5] == text[7:8] == "-":
        parts = [text[:4], text[5:7], text[8:10]]
    else:
        parts = [*text.split("/")[-1:], *text.split("/")[:-1]]
    lengths = [len(part) for part in parts]
    is_iso = "/" not in text[:10]
    if not all(part.isascii() and part.isdigit() for part in parts) or len(parts) != 3:
        return None
    if lengths[0] != 4 or (lengths[1:] != [2, 2] if is_iso else max(lengths[1:]) > 2):
        return None
    try:
        return date(*map(int, parts)) if int(parts[0]) >= 1000 else None
    except ValueError:
        return None


def listed(record: Record, name: str) -> list[Any]:
    """What a list holds, each entry once, blanks left out."""
    entries = {text_of(entry): entry for entry in tidy(record.get(name)) or []}
    return [entries[key] for key in sorted(entries)]


def _at(record: Record | None, path: str) -> Any:
    for step in path.split("."):
        record = record.get(step) if isinstance(record, dict) else None
    return record


def _shown(path: str, value: Any) -> Any:
    """The value as its column shows it."""
    if value is None or (isinstance(value, bool) and path in FLAGS):
        return value
    if path in SETS:
        return tuple(sorted(set(value)))
    if path in JSON:
        return text_of(value)
    if path in DATES:
        return date_of(value)
    return value if isinstance(value, str) else text_of(value)


def _columns(record: Record | None, paths: tuple[str, ...]) -> Attributes:
    shown = {column(path): _shown(path, _at(record, path)) for path in paths}
    if "dob" in shown:
        shown["dob_raw"] = _at(record, "dob")
    return shown


def _unknown(record: Record | None, known: set[str]) -> Record:
    """The fields nobody told us of, nested as they came."""
    left: Record = {}
    for key, value in (record or {}).items():
        if key in known:
            continue
        inside = {path.partition(".")[2] for path in known if path.startswith(f"{key}.")}
        if not (inside and isinstance(value, dict)):
            left[key] = value
        elif rest := _unknown(value, inside):
            left[key] = rest
    return left


def _unknown_of_user(user: Record) -> Record:
    """A role that is unknown altogether is an unknown field of the user."""
    strange = {role: held for role, held in roles_of(user).items() if role not in BY_ROLE}
    ours = {*COMMON.split(), *_VOLATILE, "id", "district", "roles"}
    none = no_roles_of(user)
    if isinstance(none, dict):
        strange, none = {**strange, **none}, None
    found = none if none is not None else strange
    return _unknown(tidy(user), ours) | ({"roles": found} if found not in (None, {}) else {})


def attributes(kind: Kind, record: Record) -> Attributes | None:
    """The columns of a record as it stands, None if it has not got the role asked for.

    `extra` is JSON text of unknown fields; lists are sorted tuples; JSON columns canonical text.
    """
    whole = tidy(record)
    if kind.role:
        return _role_attributes(kind, record, whole)
    if kind.singular == "user":
        extra = _unknown_of_user(record)
        shown = _columns(whole, kind.fields) | {"roles": tuple(sorted(roles_of(record))) or None}
    else:
        volatile = _VOLATILE_DISTRICT if kind.singular == "district" else _VOLATILE
        ours = {*kind.fields, *volatile, *_ASSOCIATED.get(kind.object, ()), "id", "district"}
        extra, shown = _unknown(whole, ours), _columns(whole, kind.fields)
    return shown | {"extra": text_of(extra) if extra else None}


def _role_attributes(kind: Kind, record: Record, whole: Record) -> Attributes | None:
    role = roles_of(record).get(kind.singular)
    if role is None:
        return None
    ours = {*kind.fields, *_VOLATILE_ROLE, *_ASSOCIATED.get(kind.singular, ())}
    extra = _unknown(role, ours)
    shown = _columns(whole, tuple(COMMON.split())) | _columns(role, kind.fields)
    return shown | {"extra": text_of(extra) if extra else None}


def canonical(name: str, record: Record) -> str:
    """Text that is equal for two copies of a record of list `name` iff they say the same."""
    volatile = _VOLATILE_DISTRICT if name == "districts" else _VOLATILE
    plain = {key: value for key, value in record.items() if key not in volatile | {"roles"}}
    whole = _sorted_sets(tidy(plain) or {})
    if name == "users":
        whole["roles"] = {
            role: _sorted_sets(
                {key: value for key, value in held.items() if key not in _VOLATILE_ROLE}
            )
            for role, held in roles_of(record).items()
        }
        whole["no roles"] = no_roles_of(record)
    return text_of(whole)


def _sorted_sets(record: Record) -> Record:
    return {
        key: listed(record, key) if key in _SETS_ANYWHERE else value
        for key, value in record.items()
    }

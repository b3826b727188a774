"""The canonical form of a record, its hash, and what of it the table of objects does not know.

Two copies of a record are the same exactly when their canonical forms are equal: keys sorted,
blanks (absent, null, "", {}, []) left out at any depth, volatile fields left out, set-like lists
sorted and without repetitions, strings untouched. An empty role object stays: it still is a role.

Nearly every record has just the fields and types of the table and takes the fast way: a structure
made for it, and code made for the structure. Whatever does not fit (an unknown field, a number for
a string) takes the general way, which knows the rules only. Both give the same bytes; a
property-based test compares them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, reduce
from itertools import repeat
from operator import or_
from typing import Any

import msgspec
import xxhash

from dlt_sources.clever.depth import DEEPEST, is_too_deep
from dlt_sources.clever.objects import CleverObject, Path
from dlt_sources.clever.shapes import known_fields, settler_of, shape_of

#: Goes up when the rules of the canonical form change; hashes of other versions are never compared.
HASH_VERSION = 1

#: The bit, in a user's mask of roles, for a role that the table of objects does not know.
OTHER_ROLE = 1 << 7

JsonText = bytes | msgspec.Raw

_decode: Callable[[JsonText], Any] = msgspec.json.Decoder().decode
_encode: Callable[[Any], bytes] = msgspec.json.Encoder(order="deterministic").encode
_MAY_BE_EMPTY = (str, dict, list)
#: So deep may be what lies anywhere in a structure, which itself has few levels; the general way
#: counts those of the whole record.
_ROOM = DEEPEST // 2
_UNDECODABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Canonical(msgspec.Struct, gc=False):
    """A record in canonical form.

    `id` and `district` are as the record gives them, of any type, or blank. `roles` is the mask of
    a user's roles, `odd` that of the known ones that stand there as something else than an object.
    `odd_lists` are the paths of sets that are no lists of what they should hold, blanks aside.
    A `regular` record holds nothing that the table of objects does not know.
    """

    id: Any
    district: Any
    payload: bytes
    roles: int
    regular: bool
    odd: int = 0
    odd_lists: tuple[Path, ...] = ()


class NotARecordError(ValueError):
    """Not JSON, or no JSON object; the message is a reason without any content."""


def hash_of(payload: bytes) -> int:
    """The canonical hash: xxh3_64, unsigned."""
    return xxhash.xxh3_64_intdigest(payload)


@cache
def canonicaliser(kind: CleverObject) -> Callable[[JsonText], Canonical]:
    """The function that brings the JSON text of one record of `kind` into canonical form.

    It raises NotARecordError for what is no record.
    """
    decode = msgspec.json.Decoder(shape_of(kind).type).decode
    settle = settler_of(kind, set_of_texts, as_set, without_blanks)
    general = general_canonicaliser(kind)

    def canonical(raw: JsonText) -> Canonical:
        try:
            try:
                record: Any = decode(raw)
            except _UNDECODABLE:
                record = decode(_nulls_as_blanks(raw))
            roles = settle(record)
        except _UNDECODABLE:
            return general(raw)
        return Canonical(record.id, record.district, _encode(record), roles, True)

    return canonical


def _nulls_as_blanks(raw: JsonText) -> bytes:
    """Write `""` for the nulls of an object's members, so that they too fit a string's type.

    Inside a string, `:null` would become `:""`, which ends the string too early: text that does not
    decode, and then the general way takes the record as it came.
    """
    return bytes(raw).replace(b":null", b':""')


@cache
def general_canonicaliser(kind: CleverObject) -> Callable[[JsonText], Canonical]:
    """The same function as `canonicaliser`, for records of any fields and types, but slower."""
    bits = {role.singular: 1 << bit for bit, role in enumerate(kind.roles)}

    def canonical(raw: JsonText) -> Canonical:
        record = _object(raw)
        for path in kind.volatile:
            if (parent := parent_of(record, path)) is not None:
                parent.pop(path[-1], None)
        came = record.pop("roles", None) if kind.roles else None
        roles = _roles(came)
        record = without_blanks(record, DEEPEST)
        if not is_blank(roles):
            record["roles"] = roles
        odd_lists = tuple(path for path in kind.sets if _is_odd_set(record, path, kind))
        mask, odd = _role_masks(came, bits)
        payload, district = _encode(record), record.get("district", "")
        return Canonical(record.get("id"), district, payload, mask, False, odd, odd_lists)

    return canonical


def _is_odd_set(record: Any, path: Path, kind: CleverObject) -> bool:
    """Order the set at a path; whether it has a form nobody knows."""
    parent = parent_of(record, path) or {}
    found = parent.get(path[-1])
    if isinstance(found, list):
        found = parent[path[-1]] = as_set(found, DEEPEST)
    return found is not None and not is_list_of(dict if path in kind.of_objects else str, found)


def is_list_of(form: type, value: Any) -> bool:
    """Whether a value is a list with nothing else than values of one form in it."""
    return isinstance(value, list) and all(isinstance(item, form) for item in value)


def _object(raw: JsonText) -> dict[str, Any]:
    if is_too_deep(bytes(raw)):
        raise NotARecordError("the record is nested too deeply")
    try:
        record = _decode(raw)
    except _UNDECODABLE:
        raise NotARecordError("the record cannot be decoded") from None
    if not isinstance(record, dict):
        raise NotARecordError("the record is not an object")
    return record


def _roles(roles: Any) -> Any:
    """A user's roles without blanks; a role whose object is empty, or all blank, stays."""
    if not isinstance(roles, dict):
        return without_blanks(roles, DEEPEST)
    cleaned = {
        key: (without_blanks(role, DEEPEST), isinstance(role, dict)) for key, role in roles.items()
    }
    return {key: role for key, (role, stays) in cleaned.items() if stays or not is_blank(role)}


def _role_masks(roles: Any, bits: Mapping[str, int]) -> tuple[int, int]:
    """The masks of the roles that are objects, and of the known ones that are something else."""
    mask = odd = 0
    for key, role in roles.items() if isinstance(roles, dict) else ():
        if isinstance(role, dict):
            mask |= bits.get(key, OTHER_ROLE)
        else:
            odd |= bits.get(key, 0)
    return mask, odd


def parent_of(record: Any, path: Path) -> dict[str, Any] | None:
    """The object in which a path of a decoded record ends, if it is there."""
    for key in path[:-1]:
        record = record.get(key) if isinstance(record, dict) else None
    return record if isinstance(record, dict) else None


def is_blank(value: Any) -> bool:
    """Blank is null, or an empty string, object or list; `false` and 0 are values."""
    return value is None or (not value and isinstance(value, _MAY_BE_EMPTY))


def without_blanks(value: Any, room: int = _ROOM) -> Any:
    """A copy of decoded JSON without the blanks in it; what is left may itself be blank.

    Raises RecursionError if lists and objects are nested more than `room` deep.
    """
    form = value.__class__
    if form is not dict and form is not list:
        return value
    if not room:
        raise RecursionError
    if form is list:
        cleaned = map(without_blanks, value, repeat(room - 1))
        return [item for item in cleaned if not is_blank(item)]
    found = {}
    for key, item in value.items():
        if item.__class__ is not str:
            item = without_blanks(item, room - 1)
        if item or not is_blank(item):
            found[key] = item
    return found


def as_set(items: list[Any], room: int = _ROOM) -> list[Any]:
    """The distinct items that are not blank, sorted: strings as such, anything else as JSON.

    Raises RecursionError if they are nested more than `room` deep.
    """
    if not _all_strings(items):
        items = without_blanks(items, room)
        if not _all_strings(items):
            by_text = {_encode(item): item for item in items}
            return [by_text[text] for text in sorted(by_text)]
    return set_of_texts(items)


def set_of_texts(items: list[str]) -> list[str]:
    """The distinct strings that are not empty, sorted."""
    if len(items) == 1:
        return items if items[0] else []
    found = set(items)
    found.discard("")
    return sorted(found)


def _all_strings(items: list[Any]) -> bool:
    try:
        "".join(items)
    except TypeError:
        return False
    return True


def role_mask(text: str | None, kind: CleverObject) -> int:
    """The mask of roles that are joined by comma."""
    bits = {role.singular: 1 << bit for bit, role in enumerate(kind.roles)}
    return reduce(or_, (bits.get(key, OTHER_ROLE) for key in text.split(",")) if text else (), 0)


def role_text(mask: int, kind: CleverObject) -> str | None:
    """The sorted keys of the roles in a mask, joined by comma; None without any."""
    keys = sorted(role.singular for bit, role in enumerate(kind.roles) if mask >> bit & 1)
    return ",".join(keys) or None


@cache
def extra_finder(kind: CleverObject) -> Callable[[bytes], tuple[str | None, str | None]]:
    """A function that finds the unknown fields in a canonical record, and its roles as text.

    The unknown fields are JSON by kind of record: `{"user": {"nick": ...}, "student": {...}}`; a
    role that is unknown altogether stands under `user`. Both are None when there are none.
    """
    known = known_fields(kind)
    main = kind.record.singular

    def find(payload: bytes) -> tuple[str | None, str | None]:
        record = _decode(payload)
        roles = record.pop("roles", {}) if kind.roles else {}
        own = _unknown(record, known[main])
        if not isinstance(roles, dict):
            own["roles"], roles = roles, {}
        found: dict[str, Any] = {}
        for key, role in roles.items():
            if key not in known or key == main or not isinstance(role, dict):
                own.setdefault("roles", {})[key] = role
            elif unknown := _unknown(role, known[key]):
                found[key] = unknown
        if own:
            found[main] = own
        extra = _encode(found).decode() if found else None
        return extra, ",".join(sorted(k for k in roles if isinstance(roles[k], dict))) or None

    return find


def _unknown(value: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, item in value.items():
        inner = known.get(key)
        if inner is None or (inner and not isinstance(item, dict)):
            found[key] = item
        elif inner and (unknown := _unknown(item, inner)):
            found[key] = unknown
    return found

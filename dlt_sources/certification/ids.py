"""Short names for records, such as `student 738733110` or `willow teacher 3`, and their IDs.

A name's number is the record's sis_id in the district, where it has one. The ID spells the name:
`66b0c0` `a` `57d` `00000738733110` is district a (Certification ISD), a student, and the number.
What stands in the application's database (`maple account 3`) has a name of the same form, and an ID
of the application's own that spells it.
"""

from __future__ import annotations

import re

#: The districts, by the word in front of a name; no word is the large one.
PLACES = {"": "a", "willow": "b", "hollow": "c", "maple": "d"}

_KINDS = {
    "district": "d15",
    "school": "5c0",
    "term": "7e0",
    "course": "c00",
    "section": "5ec",
    "student": "57d",
    "teacher": "7ea",
    "staff": "57a",
    "admin": "ad0",
    "contact": "c07",
    "account": "acc",
    "customer": "c05",
    "campus": "ca0",
    "decision": "dec",
    "progress": "960",
    "edit": "ed1",
}
_LISTS = {
    "district": "districts",
    "school": "schools",
    "term": "terms",
    "course": "courses",
    "section": "sections",
}
#: The kinds of rows in the application's database, and Rollbook's names of their tables.
_TABLES = {
    "account": "accounts",
    "customer": "crm_districts",
    "campus": "crm_schools",
    "decision": "match_decisions",
    "progress": "progress",
    "edit": "manual_edits",
}
TABLES = tuple(_TABLES.values())
_PREFIX = "66b0c0"
_NAME = re.compile(rf"(?:({'|'.join(filter(None, PLACES))}) )?({'|'.join(_KINDS)}) (\d{{1,14}})")
_ID = re.compile(rf"{_PREFIX}(.)(.{{3}})(\d{{14}})")


def is_name(text: str) -> bool:
    """Whether a text is a record's short name."""
    return _NAME.fullmatch(text) is not None


def split_name(name: str) -> tuple[str, str, int]:
    """The place, kind and number of a short name; raises ValueError for another text."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise ValueError(f"{name!r} is no record's name; write one like `willow student 12`.")
    return found[1] or "", found[2], int(found[3])


def clever_id(name: str) -> str:
    """The ID, 24 hexadecimal digits, of a short name; raises ValueError for another text."""
    place, kind, number = split_name(name)
    return f"{_PREFIX}{PLACES[place]}{_KINDS[kind]}{number:014d}"


def list_of(name: str) -> str:
    """Clever's list of a record, `users` for every person; or its table, if it is no record."""
    kind = split_name(name)[1]
    return _TABLES.get(kind) or _LISTS.get(kind, "users")


def is_application(name: str) -> bool:
    """Whether a short name is that of a row in the application's database."""
    return split_name(name)[1] in _TABLES


def short_name(record_id: str) -> str:
    """The short name of a Clever ID; an ID of another dataset stays as it is."""
    found = _ID.fullmatch(record_id)
    if found is None or found[1] not in PLACES.values() or found[2] not in _KINDS.values():
        return record_id
    place = next(word for word, digit in PLACES.items() if digit == found[1])
    kind = next(word for word, digits in _KINDS.items() if digits == found[2])
    return f"{place} {kind} {int(found[3])}".strip()

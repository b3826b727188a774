"""What stands in Clever's fields, the odd included: texts, dates, flags, extensions and blanks."""

from __future__ import annotations

from random import Random
from typing import Any

from .contract import DATES, FLAGS, JSON, SETS

TEXTS = (
    "Ada",
    "Núria",
    "Nu\u0301ria",  # looks like the one above, is another text
    "O'Dell",
    'Bo "Bee" Ng',
    "7",
    "0048",
    "48",
    "null",
    "NULL",
    "None",
    "NaN",
    "true",
    " ",
    " led by a blank",
    "line\nbreak\tand tab",
    "back\\slash",
    "100% {{ sure }} $1",
    "עברית العربية",
    "\u202eright to left\u202c",
    "zero\u200bwidth",
    "🎓👩‍🏫",
    "李小龍",
    "Z͑ͫ̓a",
    "x" * 300,
    "a.b_example.org",
    "A@example.org",
    "a@example.org",
    "1e3",
    "[]",
    "{}",
    '{"a": 1}',
    "2025-01-06",
    "nul\u0000inside",
    "\u0000",
    "\u0001\u001f\x7f",
    "\u2028\u2029\uffff",
)
#: Beside texts Clever may one day send numbers and flags.
UNTYPED = (0, 7, 48, -1, False, True, 12345678901)
DAYS = (
    "2025-01-06",
    "3/4/12",
    "3/4/0012",
    "03/4/2012 ",
    " 8/17/2012",
    "\t8/17/2012",
    "8/17/2012\n",
    "8/17/2012 00:00",
    "0000-01-01",
    "0999-12-31",
    "1000-01-01",
    "9999-12-31",
    "10000-01-01",
    "-2012-08-17",
    "2012-08-17T00:00:00Z",
    "2012-08-17 00:00:00",
    "2012-08-17x",
    "2012-08-17T\n\u2028",
    "2012-08-17\n",
    "2012-8-17",
    "20120817",
    "17.8.2012",
    "8-17-2012",
    "2012/08/17",
    "08/17/20123",
    "8//2012",
    "/8/17/2012",
    "\uff11/6/2025",
    "infinity",
    "epoch",
    "2025-01-06T00:00:00.000Z",
    "2025-01-06T23:59:59.999Z",
    "2024-02-29",
    "2/29/2008",
    "02/29/2008",
    "2/30/2008",
    "1/6/2025",
    "12/31/2010",
    "soon",
    "2025-13-01",
    "2026-08-19",
    "2026-12-18",
    "2027-06-11",
)
EXTENSIONS = (
    {"gifted": "Y"},
    {"gifted": "N"},
    {"gifted": False},
    {"gifted": 0},
    {"rooms": ["a", "b"]},
    {"rooms": ["b", "a"]},
    {"rooms": ["a", "b", "b"]},
    {"deep": {"deeper": {"deepest": [1, {"so": "on"}]}}},
    {"Núria's": {"k.e.y": "v", "$": 1.5}},
    {"text": "null"},
)
_SETS = {
    "login_methods": ("Clever Badges", "Google", "SAML", "LDAP", "Ünïcode, with comma"),
    "roles": ("Principal", "Dean", "Coach", "Office, front"),
}
BLANKS: tuple[Any, ...] = (None, "", {}, [])


def value_for(path: str, rng: Random) -> Any:
    """A value for a field that refers to no record."""
    if path in DATES:
        return rng.choice(DAYS)
    if path in FLAGS:
        return rng.choice((True, False))
    if path in JSON:
        return rng.choice(EXTENSIONS)
    if path in SETS:
        return some(_SETS[path], rng)
    return rng.choice(UNTYPED) if rng.random() < 0.05 else rng.choice(TEXTS)


def some(things: Any, rng: Random, at_least: int = 0) -> list[Any]:
    """Some of the things, in any order."""
    pool = sorted(things)
    return rng.sample(pool, rng.randint(min(at_least, len(pool)), len(pool)))


def put(record: dict[str, Any], path: str, value: Any) -> None:
    """Set a field, with the objects around it."""
    *around, last = path.split(".")
    for step in around:
        if not isinstance(record.get(step), dict):
            record[step] = {}
        record = record[step]
    record[last] = value


def take(record: dict[str, Any], path: str) -> Any:
    """Remove a field and return what it held, None if there was none."""
    *around, last = path.split(".")
    holder: Any = record
    for step in around:
        holder = holder.get(step) if isinstance(holder, dict) else None
    return holder.pop(last, None) if isinstance(holder, dict) else None


def fill(record: dict[str, Any], paths: tuple[str, ...], share: float, rng: Random) -> None:
    """Give a record a share of its fields."""
    for path in paths:
        if rng.random() < share:
            put(record, path, value_for(path, rng))

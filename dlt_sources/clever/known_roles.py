"""Users whose roles came in a form nobody knows: the roles last known stay, the rest is taken over.

Of a user who is known, `roles` may come as a list, a text, not at all, or with something else than
an object in a role's place. That is no loss of a role. The walk compares hashes and cannot tell
what the roles were, so it parks such a user; the load, which has the log at hand, puts the roles
last known into the record and compares again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from dlt_sources.clever.canonical import Canonical, canonicaliser, extra_finder, hash_of
from dlt_sources.clever.changelog import raw_table, visible_syncs
from dlt_sources.clever.index import IndexOf, id_array, read_index, write_index
from dlt_sources.clever.limits import Turnover
from dlt_sources.clever.objects import CLEVER_OBJECTS
from dlt_sources.clever.parked import Parked, read_parked
from dlt_sources.clever.results import DistrictWalk, ObjectWalk, Walked
from dlt_sources.clever.spool import Changes, Spool

_USERS = next(kind for kind in CLEVER_OBJECTS if kind.roles)
_ROLES = {role.singular for role in _USERS.roles}
_ROWS_AT_ONCE = 1000


@dataclass(frozen=True)
class _Completed:
    """A parked user with the roles last known; `before` is the record the log last showed."""

    restored: bool
    before: Canonical
    now: Canonical

    @property
    def is_changed(self) -> bool:
        return self.restored or self.now.payload != self.before.payload


def with_known_roles(client: Any, walked: Walked, line: DistrictWalk) -> DistrictWalk:
    """The same outcome with the users that the walk parked; its index is brought up to date."""
    users = next((item for item in line.objects if item.parked), None)
    if users is None or users.parked is None:
        return line
    spool = Spool(
        users.parked.with_suffix(".parquet"),
        _USERS,
        walked.start.sync_id,
        line.district_id,
        walked.observed_at,
    )
    states: list[tuple[str, int, int]] = []
    for batch in _batches(client, line.district_id, users.parked):
        changed = [user for user in batch if user.is_changed]
        if changed:
            spool.write(_rows(changed))
            users = _counted(users, changed)
            states += [(user.now.id, hash_of(user.now.payload), user.now.roles) for user in changed]
    users = replace(users, completed=spool.close())
    if states and line.index:
        _update_index(
            line.index, IndexOf(line.district_id, walked.start.run_id, walked.start.sync_id), states
        )
    objects = tuple(users if item.name == users.name else item for item in line.objects)
    return replace(line, objects=objects)


def _batches(client: Any, district_id: str, path: Path) -> Iterator[list[_Completed]]:
    parked = read_parked(path)
    while batch := list(islice(parked, _ROWS_AT_ONCE)):
        known = _last_known(client, district_id, [user.id for user in batch])
        yield [_completed(user, known[user.id]) for user in batch]


def _last_known(client: Any, district_id: str, ids: list[str]) -> dict[str, bytes]:
    """The payload that the log last showed of each user."""
    rows = client.execute_sql(
        f"select id, arg_max(payload, sync_id) from {raw_table(client, _USERS.name)} "
        f"where district_id = %s and {visible_syncs(client)} "
        "and id in (select unnest(from_json(%s, '[\"VARCHAR\"]'))) group by id",
        district_id,
        district_id,
        json.dumps(ids),
    )
    return {id_: payload.encode() for id_, payload in rows or ()}


def _completed(user: Parked, known: bytes) -> _Completed:
    canonical = canonicaliser(_USERS)
    record = msgspec.json.decode(user.payload)
    last = _objects(msgspec.json.decode(known).get("roles"))
    kept = {key: role for key, role in last.items() if user.keep is None or key in user.keep}
    if not _ROLES.isdisjoint(kept):
        shown = record.get("roles")
        others = shown if isinstance(shown, dict) else {}
        record["roles"] = {**others, **kept, **_objects(shown)}
    return _Completed(user.restored, canonical(known), canonical(msgspec.json.encode(record)))


def _objects(roles: Any) -> dict[str, Any]:
    """The roles that are objects."""
    found = roles.items() if isinstance(roles, dict) else ()
    return {key: role for key, role in found if isinstance(role, dict)}


def _rows(changed: list[_Completed]) -> Changes:
    described = [extra_finder(_USERS)(user.now.payload) for user in changed]
    return Changes(
        ids=[user.now.id for user in changed],
        changes=["restored" if user.restored else "updated" for user in changed],
        hashes=np.array([hash_of(user.now.payload) for user in changed], dtype=np.uint64),
        payloads=[user.now.payload for user in changed],
        extras=[extra for extra, _ in described],
        roles=[roles for _, roles in described],
    )


def _counted(users: ObjectWalk, changed: list[_Completed]) -> ObjectWalk:
    """The counts with users of whom the restored are counted already, the others as unchanged."""
    updated = sum(not user.restored for user in changed)
    turnover = {
        name: replace(counts, updated=counts.updated + updated) if name == users.name else counts
        for name, counts in users.turnover.items()
    }
    for bit, role in enumerate(_USERS.roles):
        turnover[role.plural] = _turned(turnover[role.plural], 1 << bit, changed)
    return replace(
        users,
        updated=users.updated + updated,
        unchanged=users.unchanged - updated,
        turnover=turnover,
    )


def _turned(counts: Turnover, bit: int, changed: list[_Completed]) -> Turnover:
    """The turnover of one role with users who have or had it."""
    had = [bool(user.before.roles & bit) and not user.restored for user in changed]
    has = [bool(user.now.roles & bit) for user in changed]
    pairs = list(zip(had, has, strict=True))
    return replace(
        counts,
        created=counts.created + pairs.count((False, True)),
        updated=counts.updated + pairs.count((True, True)),
        removed=counts.removed + pairs.count((True, False)),
    )


def _update_index(path: Path, of: IndexOf, states: list[tuple[str, int, int]]) -> None:
    known = read_index(path, of)
    users = known[_USERS.name]
    ids, hashes, roles = zip(*states, strict=True)
    at = users.find(id_array(list(ids)))
    users.canonical[at] = np.array(hashes, dtype=np.uint64)
    users.roles[at] = np.array(roles, dtype=np.uint8)
    write_index(path, of, known)

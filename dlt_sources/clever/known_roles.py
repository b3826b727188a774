"""Roles and lists in a form nobody knows: those last known stay, the rest is taken over.

Of a user who is known, `roles` may come as a list, a text, not at all, or with something else than
an object in a role's place; of a section, `students` may be a text, an object, or a list of
objects where there were IDs. That is no loss. The walk compares hashes and cannot tell what was
there, so it parks such a record; the load, which has the log at hand, puts what was last known into
the record and compares again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from dlt_sources.clever.canonical import (
    Canonical,
    canonicaliser,
    extra_finder,
    hash_of,
    parent_of,
)
from dlt_sources.clever.changelog import raw_table, visible_syncs
from dlt_sources.clever.index import IndexOf, id_array, read_index, write_index
from dlt_sources.clever.limits import Turnover
from dlt_sources.clever.objects import CLEVER_OBJECTS, CleverObject
from dlt_sources.clever.parked import Parked, read_parked
from dlt_sources.clever.results import DistrictWalk, ObjectWalk, Walked
from dlt_sources.clever.spool import Changes, Spool

_KINDS = {kind.name: kind for kind in CLEVER_OBJECTS}
_ROLES = {role.singular for kind in CLEVER_OBJECTS for role in kind.roles}
_ROWS_AT_ONCE = 1000

#: An ID, the canonical hash and the mask of roles.
_State = tuple[str, int, int]


@dataclass(frozen=True)
class _Completed:
    """A parked record with what was last known; `before` is the record the log last showed."""

    restored: bool
    before: Canonical
    now: Canonical

    @property
    def is_changed(self) -> bool:
        return self.restored or self.now.payload != self.before.payload


def with_known_roles(client: Any, walked: Walked, line: DistrictWalk) -> DistrictWalk:
    """The same outcome with the records that the walk parked; its index is brought up to date."""
    if not any(item.parked for item in line.objects):
        return line
    objects, states = [], {}
    for item in line.objects:
        completed, states[item.name] = _completed_list(client, walked, line, item)
        objects.append(completed)
    if any(states.values()) and line.index:
        of = IndexOf(line.district_id, walked.start.run_id, walked.start.sync_id)
        _update_index(line.index, of, states)
    return replace(line, objects=tuple(objects))


def _completed_list(
    client: Any, walked: Walked, line: DistrictWalk, item: ObjectWalk
) -> tuple[ObjectWalk, list[_State]]:
    """One list with its parked records, and what the index is to know of them."""
    states: list[_State] = []
    if item.parked is None:
        return item, states
    kind = _KINDS[item.name]
    spool = Spool(
        item.parked.with_suffix(".parquet"),
        kind,
        walked.start.sync_id,
        line.district_id,
        walked.observed_at,
    )
    for batch in _batches(client, line.district_id, kind, item.parked):
        changed = [record for record in batch if record.is_changed]
        if changed:
            spool.write(_rows(kind, changed))
            item = _counted(kind, item, changed)
            states += [(one.now.id, hash_of(one.now.payload), one.now.roles) for one in changed]
    return replace(item, completed=spool.close()), states


def _batches(
    client: Any, district_id: str, kind: CleverObject, path: Path
) -> Iterator[list[_Completed]]:
    parked = read_parked(path)
    while batch := list(islice(parked, _ROWS_AT_ONCE)):
        known = _last_known(client, district_id, kind, [record.id for record in batch])
        yield [_completed(kind, record, known[record.id]) for record in batch]


def _last_known(
    client: Any, district_id: str, kind: CleverObject, ids: list[str]
) -> dict[str, bytes]:
    """The payload that the log last showed of each record."""
    rows = client.execute_sql(
        f"select id, arg_max(payload, sync_id) from {raw_table(client, kind.name)} "
        f"where district_id = %s and {visible_syncs(client)} "
        "and id in (select unnest(from_json(%s, '[\"VARCHAR\"]'))) group by id",
        district_id,
        district_id,
        json.dumps(ids),
    )
    return {id_: payload.encode() for id_, payload in rows or ()}


def _completed(kind: CleverObject, parked: Parked, known: bytes) -> _Completed:
    canonical = canonicaliser(kind)
    before = canonical(known)
    record, last = msgspec.json.decode(parked.payload), msgspec.json.decode(known)
    _keep_roles(record, last, parked.keep)
    for path in parked.lists:
        if path not in before.odd_lists:
            _keep_list(record, last, path)
    return _Completed(parked.restored, before, canonical(msgspec.json.encode(record)))


def _keep_roles(record: dict[str, Any], last: Mapping[str, Any], keep: list[str] | None) -> None:
    known = _objects(last.get("roles"))
    kept = {key: role for key, role in known.items() if keep is None or key in keep}
    if not _ROLES.isdisjoint(kept):
        shown = record.get("roles")
        others = shown if isinstance(shown, dict) else {}
        record["roles"] = {**others, **kept, **_objects(shown)}


def _keep_list(record: dict[str, Any], last: Mapping[str, Any], path: tuple[str, ...]) -> None:
    """Put the list last known in the place of what is shown; none if there was none."""
    shown, known = parent_of(record, path), parent_of(last, path)
    if shown is not None:
        shown[path[-1]] = (known or {}).get(path[-1])


def _objects(roles: Any) -> dict[str, Any]:
    """The roles that are objects."""
    found = roles.items() if isinstance(roles, dict) else ()
    return {key: role for key, role in found if isinstance(role, dict)}


def _rows(kind: CleverObject, changed: list[_Completed]) -> Changes:
    described = [extra_finder(kind)(one.now.payload) for one in changed]
    return Changes(
        ids=[one.now.id for one in changed],
        changes=["restored" if one.restored else "updated" for one in changed],
        hashes=np.array([hash_of(one.now.payload) for one in changed], dtype=np.uint64),
        payloads=[one.now.payload for one in changed],
        extras=[extra for extra, _ in described],
        roles=[roles for _, roles in described],
    )


def _counted(kind: CleverObject, item: ObjectWalk, changed: list[_Completed]) -> ObjectWalk:
    """The counts with records of which the restored are counted, the others as unchanged."""
    updated = sum(not one.restored for one in changed)
    turnover = {
        name: replace(counts, updated=counts.updated + updated) if name == item.name else counts
        for name, counts in item.turnover.items()
    }
    for bit, role in enumerate(kind.roles):
        turnover[role.plural] = _turned(turnover[role.plural], 1 << bit, changed)
    return replace(
        item,
        updated=item.updated + updated,
        unchanged=item.unchanged - updated,
        turnover=turnover,
    )


def _turned(counts: Turnover, bit: int, changed: list[_Completed]) -> Turnover:
    """The turnover of one role with users who have or had it."""
    had = [bool(one.before.roles & bit) and not one.restored for one in changed]
    has = [bool(one.now.roles & bit) for one in changed]
    pairs = list(zip(had, has, strict=True))
    return replace(
        counts,
        created=counts.created + pairs.count((False, True)),
        updated=counts.updated + pairs.count((True, True)),
        removed=counts.removed + pairs.count((True, False)),
    )


def _update_index(path: Path, of: IndexOf, states: Mapping[str, list[_State]]) -> None:
    known = read_index(path, of)
    for name, changed in states.items():
        if changed:
            ids, hashes, roles = zip(*changed, strict=True)
            at = known[name].find(id_array(list(ids)))
            known[name].canonical[at] = np.array(hashes, dtype=np.uint64)
            known[name].roles[at] = np.array(roles, dtype=np.uint8)
    write_index(path, of, known)

"""Building a district's index again from the log, when the file beside it cannot be trusted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from dlt_sources.clever.canonical import canonicaliser, hash_of, role_mask
from dlt_sources.clever.changelog import present_state
from dlt_sources.clever.index import (
    BadIndexError,
    IndexOf,
    Known,
    id_array,
    read_index,
    write_index,
)
from dlt_sources.clever.objects import CLEVER_OBJECTS, CleverObject


def refresh_index(client: Any, path: Path, of: IndexOf) -> None:
    """Leave an index at `path` that belongs to `of`: the one that is there, or a new one."""
    try:
        read_index(path, of)
    except BadIndexError:
        states = {kind.name: _from_log(client, kind, of.district_id) for kind in CLEVER_OBJECTS}
        write_index(path, of, states)


def _from_log(client: Any, kind: CleverObject, district_id: str) -> Known:
    parts = (_known(kind, table) for table in present_state(client, kind, district_id))
    return Known.nothing().merged(parts)


def _known(kind: CleverObject, table: Any) -> Known:
    """The state of the IDs in an Arrow table; a hash of other rules is made anew by today's."""
    changes, hashes, roles, payloads = (
        table.column(name).to_pylist() for name in ("change", "hash", "roles", "payload")
    )
    present = np.array([change != "removed" for change in changes], dtype=bool)
    canonical = np.array([value or 0 for value in hashes], dtype=np.int64).view(np.uint64)
    rules = canonicaliser(kind)
    for position, payload in enumerate(payloads):
        if payload is not None:
            canonical[position] = hash_of(rules(payload.encode()).payload)
    return Known(
        id_array(table.column("id").to_pylist()),
        np.zeros(len(present), dtype=np.uint64),
        canonical,
        present,
        np.array([role_mask(text, kind) for text in roles], dtype=np.uint8),
    )

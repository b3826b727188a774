"""Comparing what a list of Clever's shows with what is known of it, a page at a time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import xxhash

from dlt_sources.clever.canonical import (
    OTHER_ROLE,
    Canonical,
    NotARecordError,
    canonicaliser,
    extra_finder,
    hash_of,
    role_text,
)
from dlt_sources.clever.client import Row
from dlt_sources.clever.drift import Drift, drift_finder
from dlt_sources.clever.index import (
    COLUMNS,
    Flags,
    Hashes,
    Ids,
    Known,
    Positions,
    first_of_each,
    hash_array,
    id_array,
)
from dlt_sources.clever.limits import Turnover
from dlt_sources.clever.objects import CleverObject
from dlt_sources.clever.parked import Parked
from dlt_sources.clever.results import ObjectWalk
from dlt_sources.clever.spool import Changes
from dlt_sources.clever.turnover import RoleCount

_CHANGES = ("unchanged", "created", "updated", "restored")
_UNCHANGED, _CREATED, _UPDATED, _RESTORED = range(len(_CHANGES))
_REMOVALS_AT_ONCE = 50_000
#: A space that belongs to no word is a slip; a null ends the texts that the index holds.
_NEVER_IN_AN_ID = re.compile(r"\A\s|\s\Z|\0")
_END_OF_PATH = re.compile(r"/([0-9a-f]{24})\Z")
#: Ends the reason of a record without an ID.
NAMELESS = ", and its path tells no ID: nothing of the list counts as gone"
_REPEATED = "its ID was already shown in this walk with other content; the first counts"

Codes = npt.NDArray[np.int8]


class Comparison:
    """One list of one district. Takes `known` over and turns it into the new state.

    `write` is given the changes of each page, `reject` the list, ID and reason of each record that
    cannot be kept. Rejecting a record that is known leaves it as it was: it is not absent. Of one
    that tells no ID nobody knows which it is: then nothing of the list is absent. `park` is given
    the known records with roles or lists in a form nobody knows: they count as unchanged, or
    restored, until what was last known of these is there (see `known_roles.py`).
    """

    def __init__(
        self,
        kind: CleverObject,
        district_id: str,
        known: Known,
        write: Callable[[Changes], None],
        reject: Callable[[str, str | None, str], None],
        park: Callable[[Parked], None] | None = None,
    ) -> None:
        self._kind = kind
        self._district_id = district_id
        self._known = known
        self._write = write
        self._reject = reject
        self._park = park
        self._canonical = canonicaliser(kind)
        self._extra = extra_finder(kind)
        self._find_drift = drift_finder(kind)
        self._drift: Counter[Drift] = Counter()
        self._role_texts = [role_text(mask, kind) for mask in range(1 << len(kind.roles))]
        self._was_present = known.present.copy()
        self._seen = np.zeros(len(known.ids), dtype=bool)
        self._new: list[Known] = []
        self._newest = b""
        self._rejected: set[str] = set()
        self._parked: dict[str, int] = {}
        self._refused: list[str] = []
        self._reasons: Counter[str] = Counter()
        self._nameless = False
        self._counts = np.zeros(len(_CHANGES), dtype=np.int64)
        self._archived = 0
        self._roles = RoleCount(kind, known.roles[self._was_present])

    @property
    def seen(self) -> int:
        """Distinct records accepted so far."""
        return int(self._counts.sum())

    def page(self, rows: Sequence[Row]) -> None:
        """Compare one page; the first of several records with one ID counts.

        Records whose bytes are known by the ID in their path are not even decoded. The path is
        trusted for nothing else: every other record says itself what its ID is.
        """
        if not rows:
            return
        ids = id_array([row.uri[row.uri.rfind("/") + 1 :] for row in rows])
        raw = hash_array([xxhash.xxh3_64_digest(row.data) for row in rows])
        at = self._known.find(ids)
        same = first_of_each(ids) & (at >= 0)
        if same.any():
            same &= self._was_present[at] & (self._known.raw[at] == raw)
        self._mark(at[same], _UNCHANGED)
        others = np.flatnonzero(~same)
        if len(others):
            records, positions = self._read(rows, others, raw)
            if records:
                self._judge(records, raw[positions])
            self._keep_refused()

    def _mark(self, at: Positions, change: int) -> None:
        """Known records are here; those seen before are not counted again."""
        self._counts[change] += np.count_nonzero(~self._seen[at])
        self._seen[at] = True

    def _read(
        self, rows: Sequence[Row], at: Positions, raw: Hashes
    ) -> tuple[list[Canonical], list[int]]:
        """The canonical records of some rows, and where each stood."""
        records: list[Canonical] = []
        positions: list[int] = []
        canonical = self._canonical
        for position in at.tolist():
            try:
                record = canonical(rows[position].data)
            except NotARecordError as error:
                self._refuse(rows[position], None, str(error))
                continue
            if problem := self._problem(record):
                self._refuse(rows[position], record, problem)
                continue
            if record.id not in self._rejected and not self._is_parked(record, raw, position):
                records.append(record)
                positions.append(position)
        return records, positions

    def _is_parked(self, record: Canonical, raw: Hashes, position: int) -> bool:
        """Whether roles or lists of a known record are not those shown, and the load adds them."""
        shows_roles = not self._kind.roles or bool(record.roles & ~OTHER_ROLE)
        if self._park is None or (shows_roles and not record.odd and not record.odd_lists):
            return False
        at = int(self._known.find(id_array([record.id]))[0])
        if at < 0:
            return False
        keep = self._roles_to_keep(record, at)
        if keep == [] and not record.odd_lists:
            return False
        was_present = bool(self._was_present[at])
        if not self._seen[at]:
            self._seen[at] = True
            self._known.raw[at] = raw[position]
            self._counts[_UNCHANGED if was_present else _RESTORED] += 1
            self._tell_odd(record, keep)
            payload = msgspec.Raw(record.payload)
            self._park(Parked(record.id, payload, keep, record.odd_lists, not was_present))
            self._parked[record.id] = hash_of(record.payload)
        elif record.id in self._parked:
            self._tell_repeated([record])
        return True

    def _roles_to_keep(self, record: Canonical, at: int) -> list[str] | None:
        """The roles of a known user that are not those shown; None for all of them.

        A role goes if roles that we know are shown and it is not among them. Anything else (no map,
        none of the roles that we know in it, something else in its place) does not tell so.
        """
        if not self._kind.roles:
            return []
        shown = record.roles & ~OTHER_ROLE
        # What somebody had who was gone is known to the log alone.
        held = int(self._known.roles[at]) if self._was_present[at] else ~OTHER_ROLE
        if not held & ~OTHER_ROLE & (record.odd if shown else ~0):
            return []
        return (role_text(record.odd, self._kind) or "").split(",") if shown else None

    def _tell_odd(self, record: Canonical, keep: list[str] | None) -> None:
        """Tell the form of what is odd; of roles perhaps nothing is left without the blanks."""
        drift = [] if record.regular else list(self._find_drift(record.payload))
        told = {path for path, _ in drift}
        paths = ["roles"] if keep is None else [f"roles.{key}" for key in keep]
        self._drift.update([*drift, *((path, "missing") for path in paths if path not in told)])

    def _problem(self, record: Canonical) -> str | None:
        if not _is_id(record.id):
            return "the record has no readable id"
        named = record.district if self._kind.name != "districts" else record.id
        if named and named != self._district_id:
            return "the record names another district"
        return None

    def _refuse(self, row: Row, record: Canonical | None, problem: str) -> None:
        shown = record and _is_id(record.id)
        record_id = record.id if record and shown else _id_in(row.uri)
        if record_id in self._rejected:
            return
        if record_id is None:
            self._nameless = True
            problem += NAMELESS
        else:
            self._rejected.add(record_id)
            self._refused.append(record_id)
        self._reasons[problem] += 1
        self._reject(self._kind.name, record_id, problem)

    def _keep_refused(self) -> None:
        """Known records that were refused are not absent."""
        if self._refused:
            at = self._known.find(id_array(self._refused))
            at = at[at >= 0]
            self._seen[at[self._was_present[at]]] = True
            self._refused.clear()

    def _judge(self, records: list[Canonical], raw: Hashes) -> None:
        ids = id_array([record.id for record in records])
        at = self._known.find(ids)
        first = first_of_each(ids) & ~self._had(ids, at)
        repeated = [records[n] for n in np.flatnonzero(~first).tolist()]
        chosen = np.flatnonzero(first)
        records = [records[n] for n in chosen.tolist()]
        at = at[chosen]
        page = Known(
            ids[chosen],
            raw[chosen],
            hash_array([xxhash.xxh3_64_digest(record.payload) for record in records]),
            np.ones(len(chosen), dtype=bool),
            np.array([record.roles for record in records], dtype=np.uint8),
        )
        change = self._changes(page, at)
        self._count(page, at, change)
        self._remember(page, at)
        self._emit(records, page.canonical, change)
        self._tell_repeated(repeated)

    def _tell_repeated(self, records: Sequence[Canonical]) -> None:
        """Tell those that differ from what this walk showed first; equal copies are normal."""
        if not records:
            return
        shown = self._hashes_shown(id_array([record.id for record in records])).tolist()
        for record, first in zip(records, shown, strict=True):
            differs = self._parked.get(record.id, first) != hash_of(record.payload)
            if differs and record.id not in self._rejected:
                self._reasons[_REPEATED] += 1
                self._reject(self._kind.name, record.id, _REPEATED)
                self._rejected.add(record.id)

    def _hashes_shown(self, ids: Ids) -> Hashes:
        """The canonical hashes of the first records with some IDs that this walk has shown."""
        hashes = np.zeros(len(ids), dtype=np.uint64)
        for page in (self._known, *(page.merged(()) for page in self._new)):
            at = page.find(ids)
            hashes[at >= 0] = page.canonical[at[at >= 0]]
        return hashes

    def _had(self, ids: Ids, at: Positions) -> Flags:
        """Which IDs were in this walk before."""
        known = at >= 0
        had = np.zeros(len(ids), dtype=bool)
        had[known] = self._seen[at[known]]
        unknown = np.flatnonzero(~known)
        if len(unknown) and self._new and not bool((ids[unknown] > self._newest).all()):
            for page in self._new:
                had[unknown] |= np.isin(ids[unknown], page.ids)
        return had

    def _changes(self, page: Known, at: Positions) -> Codes:
        change = np.full(len(at), _CREATED, dtype=np.int8)
        known = at >= 0
        here = at[known]
        equal = self._known.canonical[here] == page.canonical[known]
        change[known] = np.where(
            self._was_present[here], np.where(equal, _UNCHANGED, _UPDATED), _RESTORED
        )
        return change

    def _count(self, page: Known, at: Positions, change: Codes) -> None:
        self._counts += np.bincount(change, minlength=len(_CHANGES))
        before = np.zeros(len(at), dtype=np.uint8)
        present = (change == _UNCHANGED) | (change == _UPDATED)
        before[present] = self._known.roles[at[present]]
        self._roles.add(before, page.roles, change == _UPDATED)

    def _remember(self, page: Known, at: Positions) -> None:
        """Take the page over into what is known."""
        known = at >= 0
        here = at[known]
        self._known.raw[here] = page.raw[known]
        self._known.canonical[here] = page.canonical[known]
        self._known.roles[here] = page.roles[known]
        self._seen[here] = True
        if not known.all():
            new = Known(*(getattr(page, name)[~known] for name in COLUMNS))
            self._new.append(new)
            self._newest = max(self._newest, bytes(np.sort(new.ids)[-1]))

    def _emit(self, records: list[Canonical], hashes: Hashes, change: Codes) -> None:
        changed = np.flatnonzero(change != _UNCHANGED)
        if not len(changed):
            return
        picked = [records[n] for n in changed.tolist()]
        described = [self._describe(record) for record in picked]
        self._write(
            Changes(
                ids=[record.id for record in picked],
                changes=[_CHANGES[code] for code in change[changed].tolist()],
                hashes=hashes[changed],
                payloads=[record.payload for record in picked],
                extras=[extra for extra, _ in described],
                roles=[roles for _, roles in described],
            )
        )

    def _describe(self, record: Canonical) -> tuple[str | None, str | None]:
        if record.regular:
            return None, self._role_texts[record.roles]
        self._drift.update(self._find_drift(record.payload))
        return self._extra(record.payload)

    def finish(self) -> None:
        """Call when the list is complete: whatever is known, present and unseen is gone."""
        if self._nameless:
            self._seen |= self._was_present
        gone = np.flatnonzero(self._was_present & ~self._seen)
        self._roles.remove(self._known.roles[gone])
        self._archived = len(gone)
        for start in range(0, len(gone), _REMOVALS_AT_ONCE):
            ids = self._known.ids[gone[start : start + _REMOVALS_AT_ONCE]].tolist()
            self._write(Changes([name.decode() for name in ids], ["removed"] * len(ids)))

    def new_state(self) -> Known:
        """What is known after the walk; nothing of `known` may be used any more."""
        known = self._known
        known.present[:] = self._seen
        for column in (known.raw, known.canonical, known.roles):
            column[~self._seen] = 0
        return known.merged(self._new) if self._new else known

    def result(self) -> ObjectWalk:
        """The counts of the finished comparison."""
        unchanged, created, updated, restored = self._counts.tolist()
        rejected = self._reasons.total()
        of_list = Turnover(
            present=int(np.count_nonzero(self._was_present)),
            created=created + restored,
            updated=updated,
            removed=self._archived,
            rejected=rejected,
            shown=self.seen + rejected,
        )
        return ObjectWalk(
            name=self._kind.name,
            seen=self.seen,
            created=created,
            updated=updated,
            archived=self._archived,
            restored=restored,
            unchanged=unchanged,
            rejected=dict(self._reasons),
            turnover={self._kind.name: of_list, **self._roles.turnover()},
            drift=dict(self._drift),
        )


def _is_id(value: Any) -> bool:
    return value.__class__ is str and (
        value.isalnum() or (value != "" and not _NEVER_IN_AN_ID.search(value))
    )


def _id_in(uri: str) -> str | None:
    """The ID in which a record's path ends, if that can be a Clever ID; else it tells none."""
    found = _END_OF_PATH.search(uri)
    return found[1] if found else None

"""One list of a district: the lines of a file as they stand, found by id, never kept parsed."""

from __future__ import annotations

import mmap
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from dlt_sources.errors import ConfigurationError

#: Clever's ids are ObjectIDs; the index relies on their common length.
OBJECT_ID = re.compile(rb"[0-9a-f]{24}")

#: Smaller files are copied, so that editing one while the sandbox runs cannot hurt it.
_COPIED_UP_TO = 1 << 20


class _Identity(msgspec.Struct):
    id: str


_identity = msgspec.json.Decoder(_Identity)


class RecordList:
    """Records in ascending order of their ids, as positions 0..n-1; the bytes stay in the file."""

    def __init__(self, buffer: bytes | mmap.mmap, ids: list[bytes], spans: list[tuple[int, int]]):
        self._buffer = buffer
        unsorted = np.array(ids, dtype="S24")
        order = np.argsort(unsorted, kind="stable")
        self._ids = unsorted[order]
        self._spans = np.array(spans, dtype=np.int64).reshape(-1, 2)[order]
        self._groups: dict[Any, Mapping[str, Sequence[int]]] = {}

    @classmethod
    def read(cls, path: Path) -> RecordList:
        """Read a file of one JSON object a line; blank lines are skipped.

        Raises ConfigurationError, with the line's number but none of its content, when a line is
        no JSON object with a Clever id or repeats the id of another line.
        """
        ids: list[bytes] = []
        spans: list[tuple[int, int]] = []
        seen: set[bytes] = set()
        start = 0
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if record := line.strip():
                    ids.append(_id_of(record, seen, path, number))
                    spans.append((start, start + len(line.rstrip())))
                start += len(line)
        return cls(_contents(path), ids, spans)

    @classmethod
    def single(cls, record: bytes, path: Path) -> RecordList:
        """Wrap one record, such as a district's own; errors as `read`."""
        return cls(record, [_id_of(record, set(), path, 1)], [(0, len(record))])

    @classmethod
    def empty(cls) -> RecordList:
        """Return a list without records."""
        return cls(b"", [], [])

    def __len__(self) -> int:
        return len(self._ids)

    def id_at(self, position: int) -> str:
        """Return the id of the record at a position."""
        return bytes(self._ids[position]).decode()

    def raw(self, position: int) -> bytes:
        """Return the record at a position, as its line stands in the file."""
        start, end = self._spans[position]
        return self._buffer[start:end]

    def find(self, record_id: str) -> int | None:
        """Return the position of an id, or None when the list does not hold it."""
        position = self.first_from(record_id)
        if position < len(self) and self.id_at(position) == record_id:
            return position
        return None

    def first_from(self, record_id: str) -> int:
        """Return the position of the first id equal to or greater than the given one."""
        return int(np.searchsorted(self._ids, np.bytes_(record_id.encode()), side="left"))

    def first_after(self, record_id: str) -> int:
        """Return the position of the first id greater than the given one."""
        return int(np.searchsorted(self._ids, np.bytes_(record_id.encode()), side="right"))

    def grouped(
        self, decoder: msgspec.json.Decoder[Any], keys: Callable[[Any], Iterable[str]]
    ) -> Mapping[str, Sequence[int]]:
        """Return the ascending positions of the records per key; made once and kept.

        `keys` names the groups a decoded record belongs to: its roles, the ids it refers to.
        """
        if keys not in self._groups:
            groups: dict[str, list[int]] = {}
            for position in range(len(self)):
                for key in set(keys(decoder.decode(self.raw(position)))):
                    groups.setdefault(key, []).append(position)
            self._groups[keys] = groups
        return self._groups[keys]


def _id_of(record: bytes, seen: set[bytes], path: Path, number: int) -> bytes:
    try:
        record_id = _identity.decode(record).id.encode()
    except (msgspec.DecodeError, UnicodeDecodeError):
        record_id = b""
    if not OBJECT_ID.fullmatch(record_id):
        raise ConfigurationError(
            f"{path}, line {number}: not a JSON object whose `id` has 24 lower-case hex digits."
        )
    if record_id in seen:
        raise ConfigurationError(f"{path}, line {number}: repeats the id of an earlier line.")
    seen.add(record_id)
    return record_id


def _contents(path: Path) -> bytes | mmap.mmap:
    if path.stat().st_size <= _COPIED_UP_TO:
        return path.read_bytes()
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

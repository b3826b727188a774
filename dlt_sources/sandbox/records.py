"""One list of a district: the lines of a file as they stand, found by id, never kept parsed."""

from __future__ import annotations

import mmap
import re
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from dlt_sources.errors import ConfigurationError

#: Clever's ids are ObjectIDs; the index relies on their common length.
OBJECT_ID = re.compile(rb"[0-9a-f]{24}")

#: Smaller files are copied, so that editing one while the sandbox runs cannot hurt it.
_COPIED_UP_TO = 1 << 20


class _Identity(msgspec.Struct):
    id: str


_identity = msgspec.json.Decoder(_Identity)


@dataclass(frozen=True)
class _Index:
    """Per record, in the file's order: its id, and where its bytes start and end."""

    ids: npt.NDArray[np.bytes_]
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]


class RecordList:
    """Records in ascending order of their ids, as positions 0..n-1; the bytes stay in the file."""

    def __init__(self, buffer: bytes | mmap.mmap, index: _Index):
        order = np.argsort(index.ids, kind="stable")
        self._buffer = buffer
        self._ids = index.ids[order]
        self._starts = index.starts[order]
        self._ends = index.ends[order]
        self._groups: dict[object, Mapping[str, Sequence[int]]] = {}

    @classmethod
    def read(cls, path: Path) -> RecordList:
        """Read a file of one JSON object a line; blank lines are skipped.

        Raises ConfigurationError, with the line's number but none of its content, when a line is
        no JSON object with a Clever id or repeats the id of another line.
        """
        with path.open("rb") as file:
            index = _indexed(file, path)
        return cls(_contents(path), index)

    @classmethod
    def single(cls, record: bytes, path: Path) -> RecordList:
        """Wrap one record, such as a district's own, read from a file; errors as `read`."""
        return cls(record, _indexed([record], path))

    @classmethod
    def empty(cls) -> RecordList:
        """Return a list without records."""
        return cls(b"", _indexed([], Path()))

    def __len__(self) -> int:
        return len(self._ids)

    def id_at(self, position: int) -> str:
        """Return the id of the record at a position."""
        return bytes(self._ids[position]).decode()

    def raw(self, position: int) -> bytes:
        """Return the record at a position, as its line stands in the file."""
        return self._buffer[self._starts[position] : self._ends[position]]

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


def _indexed(lines: Iterable[bytes], path: Path) -> _Index:
    """Find the id and the place of each record; `lines` are consecutive, from the file's start."""
    ids, starts, ends, numbers = bytearray(), array("q"), array("q"), array("q")
    start = 0
    for number, line in enumerate(lines, start=1):
        if record := line.rstrip():
            ids += _id_of(record, path, number)
            starts.append(start)
            ends.append(start + len(record))
            numbers.append(number)
        start += len(line)
    index = _Index(np.frombuffer(bytes(ids), "S24"), np.array(starts), np.array(ends))
    _refuse_repeated(index.ids, numbers, path)
    return index


def _id_of(record: bytes, path: Path, number: int) -> bytes:
    try:
        record_id = _identity.decode(record).id.encode()
    except (msgspec.DecodeError, UnicodeDecodeError):
        record_id = b""
    if not OBJECT_ID.fullmatch(record_id):
        raise ConfigurationError(
            f"{path}, line {number}: not a JSON object whose `id` has 24 lower-case hex digits."
        )
    return record_id


def _refuse_repeated(ids: npt.NDArray[np.bytes_], numbers: Sequence[int], path: Path) -> None:
    order = np.argsort(ids, kind="stable")
    repeated = np.flatnonzero(ids[order][1:] == ids[order][:-1])
    if len(repeated):
        number = numbers[int(order[repeated[0] + 1])]
        raise ConfigurationError(f"{path}, line {number}: repeats the id of an earlier line.")


def _contents(path: Path) -> bytes | mmap.mmap:
    if path.stat().st_size <= _COPIED_UP_TO:
        return path.read_bytes()
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

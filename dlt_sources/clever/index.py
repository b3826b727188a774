"""The index: how each district stands now, as a cache beside the log.

One file per district holds, for every ID ever seen in each list, the hash of the bytes as they last
came, the canonical hash, whether the record is present, and the mask of a user's roles. It is
trusted only if it names the district's last complete sync, was written under today's hash version
and its checksum holds; otherwise it is rebuilt from the log, and then the hashes of bytes are
unknown (0), which costs the next walk time and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import xxhash

from dlt_sources.clever.canonical import HASH_VERSION
from dlt_sources.clever.objects import CLEVER_OBJECTS
from dlt_sources.clever.results import path_name

_MAGIC = b"rollbook"
_FORMAT = 2
_ALIGNMENT = 8

Ids = npt.NDArray[np.bytes_]
Hashes = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]
Masks = npt.NDArray[np.uint8]
Positions = npt.NDArray[np.intp]


@dataclass
class Known:
    """What is known of one list: arrays of equal length, sorted by ID, about 42 bytes a record."""

    ids: Ids
    raw: Hashes
    canonical: Hashes
    present: Flags
    roles: Masks

    @classmethod
    def nothing(cls) -> Known:
        """A list of which nothing is known."""
        return cls(*(np.zeros(0, dtype=kind) for kind in ("S24", "u8", "u8", "?", "u1")))

    def find(self, ids: Ids) -> Positions:
        """Where each ID stands; -1 for unknown ones."""
        size = len(self.ids)
        if not size or not len(ids):
            return np.full(len(ids), -1, dtype=np.intp)
        # Pages come in the order of IDs: mostly a page is just the next stretch of what is known.
        start = int(np.searchsorted(self.ids, ids[0]))
        stretch = self.ids[start : start + len(ids)]
        if len(stretch) == len(ids) and bool((stretch == ids).all()):
            return np.arange(start, start + len(ids), dtype=np.intp)
        at = np.searchsorted(self.ids, ids)
        at[at == size] = size - 1
        at[self.ids[at] != ids] = -1
        return at

    def merged(self, new: Iterable[Known]) -> Known:
        """This and further records, sorted again."""
        parts = [self, *new]
        joined = [np.concatenate([getattr(part, column) for part in parts]) for column in COLUMNS]
        if not ascending(joined[0]):
            order = np.argsort(joined[0], kind="stable")
            joined = [array[order] for array in joined]
        return Known(*joined)


COLUMNS = tuple(column.name for column in fields(Known))


@dataclass(frozen=True)
class IndexOf:
    """The sync an index belongs to, and the rules of its canonical hashes."""

    district_id: str
    run_id: str
    sync_id: int
    hash_version: int = HASH_VERSION


class BadIndexError(ValueError):
    """The file is damaged, of another format, or belongs to something else."""


def ascending(ids: Ids) -> bool:
    """Whether every ID is greater than the one before."""
    return bool((ids[1:] > ids[:-1]).all())


def first_of_each(ids: Ids) -> Flags:
    """Which positions hold an ID for the first time."""
    if ascending(ids):
        return np.ones(len(ids), dtype=bool)
    first = np.zeros(len(ids), dtype=bool)
    first[np.unique(ids, return_index=True)[1]] = True
    return first


def id_array(ids: list[str]) -> Ids:
    """IDs as fixed-width bytes."""
    joined = "".join(ids).encode()
    widths = set(map(len, ids))
    if len(widths) == 1 and (width := widths.pop()) * len(ids) == len(joined) > 0:
        return np.frombuffer(joined, dtype=f"S{width}")
    return np.array([text.encode() for text in ids], dtype=np.bytes_)


def hash_array(digests: Iterable[bytes]) -> Hashes:
    """64-bit hashes from their digests, which are big-endian."""
    return np.frombuffer(b"".join(digests), dtype=">u8").astype(np.uint64)


def index_folder(folder: Path) -> Path:
    """Where the indexes lie in a home."""
    return folder / "index"


def index_file(folder: Path, district_id: str) -> Path:
    """Where a district's index lies in a home."""
    return index_folder(folder) / f"{path_name(district_id)}.index"


def write_index(path: Path, of: IndexOf, known: Mapping[str, Known]) -> None:
    """Write a district's index: magic, length of the header, header, arrays, checksum."""
    arrays = [getattr(known[kind.name], column) for kind in CLEVER_OBJECTS for column in COLUMNS]
    layout = [(array.dtype.str, len(array)) for array in arrays]
    header = msgspec.json.encode({"format": _FORMAT, "of": asdict(of), "layout": layout})
    length = len(header).to_bytes(8, "little")
    path.parent.mkdir(parents=True, exist_ok=True)
    checksum = xxhash.xxh3_64()
    with path.open("wb") as file:
        for part in (_MAGIC, length, _padded(header), *map(_padded, arrays)):
            file.write(part)
            checksum.update(part)
        file.write(checksum.digest())


def read_index(path: Path, of: IndexOf) -> dict[str, Known]:
    """A district's index; raises BadIndexError unless it is whole and belongs to `of`."""
    try:
        content = np.fromfile(path, dtype=np.uint8)
        header, at = _read_header(content)
        if header["format"] != _FORMAT or header["of"] != asdict(of):
            raise BadIndexError(f"{path.name} belongs to something else")
        arrays: list[Any] = []
        for kind, length in header["layout"]:
            size = np.dtype(kind).itemsize * length
            arrays.append(content[at : at + size].view(kind))
            at += size + -size % _ALIGNMENT
    except (OSError, ValueError, TypeError, KeyError, msgspec.DecodeError) as error:
        raise BadIndexError(f"{path.name} cannot be used") from error
    groups = [Known(*arrays[n : n + len(COLUMNS)]) for n in range(0, len(arrays), len(COLUMNS))]
    return {kind.name: known for kind, known in zip(CLEVER_OBJECTS, groups, strict=True)}


def _read_header(content: npt.NDArray[np.uint8]) -> tuple[dict[str, Any], int]:
    start = len(_MAGIC) + 8
    if len(content) < start + 8 or content[: len(_MAGIC)].tobytes() != _MAGIC:
        raise BadIndexError("no index")
    if xxhash.xxh3_64_digest(content[:-8].data) != content[-8:].tobytes():
        raise BadIndexError("damaged")
    length = int(content[len(_MAGIC) : start].view("<u8")[0])
    header = msgspec.json.decode(content[start : start + length].tobytes())
    return header, start + length + -length % _ALIGNMENT


def _padded(part: bytes | npt.NDArray[Any]) -> Any:
    """Bytes in a multiple of eight, so that every array can be used where it lies."""
    content = np.frombuffer(part, np.uint8) if isinstance(part, bytes) else part.view(np.uint8)
    padding = -len(content) % _ALIGNMENT
    return np.concatenate([content, np.zeros(padding, np.uint8)]) if padding else content

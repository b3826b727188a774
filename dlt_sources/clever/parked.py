"""Records with roles or lists in a form nobody knows, on their way from the walk to the load.

They lie in a file of the run's folder, as the walk found them; `known_roles.py` completes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec


class Parked(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A known record in canonical form, apart from the roles and lists that are odd.

    `keep` are the keys of the roles to be kept as last known, None for all; `lists` are the paths
    of the lists to be kept so. `restored` says that the record was gone before.
    """

    id: str
    payload: msgspec.Raw
    keep: list[str] | None
    lists: tuple[tuple[str, ...], ...]
    restored: bool


class Parking:
    """Writes the parked records of one list of a district; there is no file without any."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None

    def add(self, record: Parked) -> None:
        """Park one."""
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("wb")
        self._file.write(msgspec.json.encode(record) + b"\n")

    def close(self) -> Path | None:
        """Finish the file; its path, or None if none was parked."""
        if self._file is None:
            return None
        self._file.close()
        return self._path


def read_parked(path: Path) -> Iterator[Parked]:
    """What was parked, in order."""
    decode = msgspec.json.Decoder(Parked).decode
    with path.open("rb") as file:
        yield from map(decode, file)

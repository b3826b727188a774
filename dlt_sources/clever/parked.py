"""Users whose roles have a form nobody knows, on their way from the walk to the load.

They lie in a file of the run's folder, as the walk found them; `known_roles.py` completes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec


class Parked(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A known user in canonical form, apart from the roles.

    `keep` are the keys of the roles to be kept as last known, None for all. `restored` says that
    the user was gone before.
    """

    id: str
    payload: msgspec.Raw
    keep: list[str] | None
    restored: bool


class Parking:
    """Writes the parked users of a district; there is no file without any."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None

    def add(self, user: Parked) -> None:
        """Park one."""
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("wb")
        self._file.write(msgspec.json.encode(user) + b"\n")

    def close(self) -> Path | None:
        """Finish the file; its path, or None if nobody was parked."""
        if self._file is None:
            return None
        self._file.close()
        return self._path


def read_parked(path: Path) -> Iterator[Parked]:
    """Who was parked, in order."""
    decode = msgspec.json.Decoder(Parked).decode
    with path.open("rb") as file:
        yield from map(decode, file)

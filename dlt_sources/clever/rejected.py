"""Records that cannot be kept: noted in a file of the run's folder, without their content."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

#: The list, the ID if there is one, and the reason.
Rejected = tuple[str, str | None, str]


class Rejections:
    """Notes the rejected records of one district; there is no file without any."""

    def __init__(self, folder: Path) -> None:
        self._path = rejected_file(folder)
        self._file: IO[str] | None = None
        self.count = 0

    def add(self, name: str, record_id: str | None, reason: str) -> None:
        """Note one record of the list `name`."""
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("w", encoding="utf-8")
        self._file.write(json.dumps([name, record_id, reason]) + "\n")
        self.count += 1

    def close(self) -> None:
        """Finish the file."""
        if self._file is not None:
            self._file.close()


def add_rejected(folder: Path, records: Iterable[Rejected]) -> None:
    """Note further records of a district whose walk is over."""
    path = rejected_file(folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(record) + "\n" for record in records)


def read_rejected(folder: Path) -> Iterator[Rejected]:
    """What was noted of a district, in order."""
    path = rejected_file(folder)
    if path.exists():
        with path.open(encoding="utf-8") as file:
            for line in file:
                name, record_id, reason = json.loads(line)
                yield name, record_id, reason


def rejected_file(folder: Path) -> Path:
    """Where a district's rejected records are noted."""
    return folder / "rejected.jsonl"

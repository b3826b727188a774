"""A disk so small that it can be full: a file system in memory, mounted for a test."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_CHUNK = 1 << 16


@dataclass(frozen=True)
class SmallDisk:
    """A file system of its own, mounted at `root`."""

    root: Path

    def fill(self, leaving: int = 0) -> None:
        """Leave no byte free, or a few for those who need little."""
        with self._filler.open("ab", buffering=0) as filler:
            size = _CHUNK
            while size:
                try:
                    filler.write(bytes(size))
                except OSError:
                    size //= 2
            filler.truncate(max(0, filler.tell() - leaving))

    def make_room(self) -> None:
        """Free again what was filled."""
        self._filler.unlink()

    @property
    def _filler(self) -> Path:
        return self.root / "filler"


@contextmanager
def small_disk(root: Path, megabytes: int) -> Iterator[SmallDisk]:
    """Mount it at `root` until the block ends; skips the test where mounting is not allowed."""
    root.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(root)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small file system can only be mounted by root, on Linux")
    try:
        yield SmallDisk(root)
    finally:
        subprocess.run(["umount", "--lazy", str(root)], check=True)

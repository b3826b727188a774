"""How long each phase of a run took, kept in the home for whoever measures."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from orchestration.lib.home import Home


@contextmanager
def phase(home: Home, name: str) -> Iterator[None]:
    """Add the seconds spent inside to `<home>/reports/last_run.json` under `name`."""
    started = time.monotonic()
    try:
        yield
    finally:
        # A measurement may be lost, on a full disk for one; how the phase ended must not be.
        with suppress(OSError, ValueError):
            _note(home, name, round(time.monotonic() - started, 3))


def forget_phases(home: Home) -> None:
    """Start a run's measurements from nothing."""
    _file(home).unlink(missing_ok=True)


def _note(home: Home, name: str, seconds: float) -> None:
    noted = json.dumps({"phases": {**_read(home), name: seconds}}, indent=1)
    _file(home).write_text(noted)


def _file(home: Home) -> Path:
    return home.reports / "last_run.json"


def _read(home: Home) -> dict[str, float]:
    if not _file(home).exists():
        return {}
    phases: dict[str, float] = json.loads(_file(home).read_text())["phases"]
    return phases

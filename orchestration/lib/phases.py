"""How long the phases of the last run took, in a file of the home."""

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
        with suppress(OSError):
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
    """The phases so far; none where the file is missing or damaged."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        return dict(json.loads(_file(home).read_text())["phases"])
    return {}

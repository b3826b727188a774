"""What the last run tells of itself in the home: how long its phases took, and why it failed."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
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


def note_failure(home: Home, reason: str) -> None:
    """Keep why the run failed, for `rollbook status`, which else shows the last good roster."""
    when = datetime.now(UTC)
    _failure(home).write_text(f"The last run failed at {when:%Y-%m-%d %H:%M} (UTC): {reason}\n")


def forget_failure(home: Home) -> None:
    """A run ended well."""
    _failure(home).unlink(missing_ok=True)


def last_failure(home: Home) -> str | None:
    """When and why the last run failed; None if it did not."""
    return _failure(home).read_text().strip() if _failure(home).exists() else None


def _failure(home: Home) -> Path:
    return home.reports / "last_failure.txt"


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

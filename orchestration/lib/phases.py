"""How long each phase of a run took, kept in the home for whoever measures."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.lib.home import Home


@contextmanager
def phase(home: Home, name: str) -> Iterator[None]:
    """Add the seconds spent inside to `<home>/reports/last_run.json` under `name`."""
    started = time.monotonic()
    try:
        yield
    finally:
        seconds = _read(home)
        seconds[name] = round(time.monotonic() - started, 3)
        _file(home).write_text(json.dumps({"phases": seconds}, indent=1))


def forget_phases(home: Home) -> None:
    """Start a run's measurements from nothing."""
    _file(home).unlink(missing_ok=True)


def _file(home: Home) -> Path:
    return home.reports / "last_run.json"


def _read(home: Home) -> dict[str, float]:
    if not _file(home).exists():
        return {}
    phases: dict[str, float] = json.loads(_file(home).read_text())["phases"]
    return phases

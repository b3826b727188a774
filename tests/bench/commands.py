"""A command of Rollbook's in a home, measured; and the day that the sandbox shows to it."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import requests

from orchestration.lib.home import Home
from tests.bench.measure import Run, run

_PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Measured:
    """One command: the whole of it, and seconds per phase."""

    run: Run
    phases: Mapping[str, float]


def rollbook(home: Home, environment: Mapping[str, str], *arguments: str) -> Measured:
    """Run a command; what it took."""
    command = str(Path(sys.executable).with_name("rollbook"))
    measured = run([command, *arguments], environment, _PROJECT)
    phases = json.loads((home.reports / "last_run.json").read_text())["phases"]
    return Measured(measured, phases)


def serve(url: str, day: int) -> None:
    """Have the sandbox show another day of its dataset."""
    day_ = {"day": day}
    requests.post(f"{url}/sandbox/day", json=day_, timeout=600).raise_for_status()


def tell(line: str) -> None:
    """What a long measurement is at."""
    print(line, file=sys.stderr, flush=True)

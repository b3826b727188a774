"""The `rollbook` command as processes that can be watched, killed, and denied the disk."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from dlt_sources.sandbox import Sandbox
from tests.forks import Wait, start_warm
from tests.history_oracle.pipeline import WITHOUT_LIMITS

from .town import Town, observed_at

#: The phases of the daily job, in order.
PHASES = ("known", "walk", "load", "application", "dbt", "checks", "publish")
#: Those of a job that reads nothing.
_OF_BUILDING = PHASES[-3:]
#: With a number of kills asked for, the installed command is started cold each time. Otherwise it
#: runs in forks of a process that has imported everything once (`tests/forks.py`).
COLD = "ROLLBOOK_SOAK_KILLS" in os.environ
_TICK = 0.005
_SHORT_MESSAGE = 16_384
_ROLLBOOK = Path(sys.executable).with_name("rollbook")


@dataclass(frozen=True)
class Ended:
    """How a run ended; a killed one has a negative code."""

    code: int
    stdout: str
    stderr: str


class Run:
    """A run of the command in a process group of its own."""

    def __init__(self, command: list[str], environment: Mapping[str, str], home: Path) -> None:
        self._home = home
        self._phases = PHASES if command[0] == "sync" else _OF_BUILDING
        self._output = home.with_name(f"{home.name}-output-{time.monotonic_ns()}")
        self._output.mkdir()
        start = _start_cold if COLD else start_warm
        self._pid, self._wait = start(command, environment, self._output)

    def wait(self, seconds: float | None = None) -> Ended | None:
        """How it ended; None if it is still running after so many seconds."""
        code = self._wait(seconds)
        if code is None:
            return None
        texts = ((self._output / name).read_text() for name in ("stdout", "stderr"))
        return Ended(code, *texts)

    def end(self) -> Ended:
        """Wait for the end, however long it takes."""
        ended = self.wait()
        assert ended is not None
        return ended

    def reached(self, phase: str | None = None) -> bool:
        """Wait until a phase, or its work at all, begins; False if the run ends before."""
        before = set(self._phases[: self._phases.index(phase)] if phase else ())
        while not (self._is_at_work() and before <= phases(self._home).keys()):
            if self.wait(_TICK) is not None:
                return False
        return True

    def _is_at_work(self) -> bool:
        """Whether it has started up and taken the home's lock, which tells the process."""
        lock = self._home / "lock"
        return lock.exists() and lock.read_text() == str(self._pid)

    def kill(self) -> None:
        """Kill it and all it has started, as when the machine loses its power."""
        with suppress(ProcessLookupError):
            os.killpg(self._pid, signal.SIGKILL)
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        self.end()

    def kill_in(self, phase: str | None, seconds: float, rng: Random) -> bool:
        """Kill it at a random moment of a phase, or of its work, that takes about so long.

        False if it ended before.
        """
        if self.reached(phase) and self.wait(rng.uniform(0, seconds)) is None:
            self.kill()
            return True
        return False

    def deny_disk(self) -> None:
        """From now on every write fails but those that a short message needs."""
        limits = (_SHORT_MESSAGE, resource.RLIM_INFINITY)
        with suppress(ProcessLookupError):
            resource.prlimit(self._pid, resource.RLIMIT_FSIZE, limits)


@dataclass(frozen=True)
class Installation:
    """A home, the sandbox it syncs from, and the town that lives there."""

    home: Path
    sandbox: Sandbox
    town: Town

    def start(self, *arguments: str, application: str = "none") -> Run:
        """Start the command; the phases of an earlier run are forgotten."""
        (self.home / "reports" / "last_run.json").unlink(missing_ok=True)
        return Run(list(arguments), self._environment(application), self.home)

    def sync(self, day: int, *arguments: str) -> Run:
        """Start the sync of a day of the dataset, at that day's time."""
        self.sandbox.set_day(day)
        when = ("--observed-at", observed_at(day).isoformat(), "--ahead-of-clock")
        return self.start("sync", *when, *arguments, application=self.town.application(day))

    def _environment(self, application: str) -> dict[str, str]:
        own = ("SOURCES__", "ROLLBOOK_", "DAGSTER_", "DLT_")
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith(own)},
            "ROLLBOOK_HOME": str(self.home),
            "SOURCES__CLEVER__API_URL": self.sandbox.url,
            "SOURCES__CLEVER__OAUTH_URL": self.sandbox.url,
            "SOURCES__CLEVER__CLIENT_ID": self.sandbox.client_id,
            "SOURCES__CLEVER__CLIENT_SECRET": self.sandbox.client_secret,
            "SOURCES__CLEVER__PAGE_SIZE": "5",
            "COLUMNS": "200",
            "SOURCES__APPLICATION__DATABASE_URL": application,
            **WITHOUT_LIMITS,
        }


def phases(home: Path) -> dict[str, float]:
    """The phases that the newest run has behind it, and how many seconds each took."""
    try:
        done: dict[str, float] = json.loads((home / "reports/last_run.json").read_text())["phases"]
    except (OSError, ValueError):
        return {}
    return done


def _start_cold(
    command: list[str], environment: Mapping[str, str], output: Path
) -> tuple[int, Wait]:
    with (output / "stdout").open("w") as stdout, (output / "stderr").open("w") as stderr:
        process = subprocess.Popen(
            [str(_ROLLBOOK), *command],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )

    def wait(seconds: float | None) -> int | None:
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    return process.pid, wait

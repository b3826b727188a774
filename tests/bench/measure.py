"""Runs a command and says how long it took and how much memory its processes held together."""

from __future__ import annotations

import resource
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import psutil

_SAMPLE_SECONDS = 0.1
_KILOBYTE, _MEGABYTE = 1 << 10, 1 << 20


@dataclass(frozen=True)
class Run:
    """A whole command: wall and processor seconds, and megabytes of memory, of its process tree.

    `peak_mb` is the most that was resident at one moment, or the high-water mark of one process
    where that is more; `bound_mb` the sum of the high-water marks of the processes alive together,
    which no moment can have exceeded.
    """

    seconds: float
    cpu_seconds: float
    peak_mb: float
    bound_mb: float
    output: str


class CommandFailedError(Exception):
    """A command to be measured did not end well."""


def run(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Run:
    """Runs a command in a folder; raises CommandFailedError with the end of what it said."""
    with tempfile.TemporaryFile("w+") as said:
        started, used = time.monotonic(), _cpu_of_children()
        process = subprocess.Popen(
            command, env=dict(environment), cwd=folder, stdout=said, stderr=subprocess.STDOUT
        )
        with _Watch(process.pid) as watch:
            code = process.wait()
        seconds, cpu = time.monotonic() - started, _cpu_of_children() - used
        said.seek(0)
        output = said.read()
    if code:
        raise CommandFailedError(f"{' '.join(command)} ended with {code}:\n{output[-2000:]}")
    return Run(seconds, cpu, watch.peak / _MEGABYTE, watch.bound / _MEGABYTE, output)


def _cpu_of_children() -> float:
    """Seconds of all processes that this one, or one it waited for, has waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class _Watch:
    """Reads the memory of a process and its descendants, all the time."""

    def __init__(self, pid: int) -> None:
        self.peak = self.bound = 0
        self._pid = pid
        self._done = Event()
        self._thread = Thread(target=self._look)

    def __enter__(self) -> _Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(_SAMPLE_SECONDS):
            marks = [mark for pid in _tree(self._pid) if (mark := _memory(pid))]
            resident, highest = (
                (sum(column) for column in zip(*marks, strict=True)) if marks else (0, 0)
            )
            self.peak = max(self.peak, resident, *(mark[1] for mark in marks))
            self.bound = max(self.bound, highest)


def _tree(pid: int) -> list[int]:
    try:
        process = psutil.Process(pid)
        return [pid, *(child.pid for child in process.children(recursive=True))]
    except psutil.Error:
        return []


def _memory(pid: int) -> tuple[int, int] | None:
    """VmRSS and VmHWM in bytes, if the process is alive. (ru_maxrss counts the parent's too.)"""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    sizes = dict(line.split(":", 1) for line in status.splitlines())
    if "VmHWM" not in sizes:
        return None
    resident, highest = (int(sizes[name].split()[0]) * _KILOBYTE for name in ("VmRSS", "VmHWM"))
    return resident, highest

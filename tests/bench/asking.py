"""A question put to a file, in a process of its own that has it open.

As a program it asks one question again and again and prints what each answer took.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import duckdb

from tests.bench.measure import run

_PROJECT = Path(__file__).parents[2]
#: A question is asked so often, unless that has taken so many seconds.
_TIMES, _ENOUGH_SECONDS = 6, 20.0
#: What spills beyond it goes to the disk; no question may take the machine's memory from others.
_MEMORY = "4GB"


@dataclass(frozen=True)
class Taken:
    """What an answer took: the clock's and the processor's milliseconds, memory in MB, rows."""

    ms: float
    cpu_ms: float
    opening_ms: float
    peak_mb: float
    rows: int


def ask(file: Path, question: str) -> Taken:
    """Ask in a process of its own."""
    command = [sys.executable, "-m", __name__, str(file), question]
    answered = run(command, os.environ, _PROJECT)
    told = json.loads(answered.output)
    again = told["taken"][1:] or told["taken"]
    ms, cpu_ms = (1000 * median(each[place] for each in again) for place in (0, 1))
    return Taken(ms, cpu_ms, 1000 * told["opening"], answered.peak_mb, told["rows"])


def answers(file: Path, question: str) -> dict[str, object]:
    """Seconds of opening with the first answer, of each answer (clock, processor), and its rows."""
    started = time.monotonic()
    taken: list[tuple[float, float]] = []
    opening = 0.0
    with duckdb.connect(str(file), read_only=True) as connection:
        connection.execute(f"set memory_limit = '{_MEMORY}'")
        while len(taken) < _TIMES and time.monotonic() - started < _ENOUGH_SECONDS:
            clock, processor = time.monotonic(), time.process_time()
            rows = len(connection.execute(question).fetchall())
            taken.append((time.monotonic() - clock, time.process_time() - processor))
            opening = opening or time.monotonic() - started
    return {"opening": opening, "taken": taken, "rows": rows}


if __name__ == "__main__":
    print(json.dumps(answers(Path(sys.argv[1]), sys.argv[2])))

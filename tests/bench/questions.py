"""What analysts ask of the published file, each question in a process of its own.

As a program it asks one question again and again, each time in a new connection, and prints the
seconds.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import duckdb

from tests.bench.generator import District, clever_id
from tests.bench.measure import run

_PROJECT = Path(__file__).parents[2]
#: A question is asked so often, unless it has taken so many seconds.
_TIMES, _ENOUGH_SECONDS = 3, 20.0


@dataclass(frozen=True)
class Answer:
    """How long an answer took in the median, and the memory of the process that asked."""

    seconds: float
    peak_mb: float


def questions(district: District) -> Mapping[str, str]:
    """The SQL of each question by what it asks. Everything means every column of every row."""
    student = f"student_id = '{clever_id('users', district.students // 2)}'"
    section = f"section_id = '{clever_id('sections', district.sections // 2)}'"
    return {
        "`roster.student_timeline` of a student": _some("roster.student_timeline", student),
        "`roster.student_timeline`": _all("roster.student_timeline"),
        "`roster.student_school_years` of a student": _some("roster.student_school_years", student),
        "`roster.student_school_years`": _all("roster.student_school_years"),
        "`roster.effective_enrollments` of a section": _some(
            "roster.effective_enrollments", section
        ),
        "`roster.effective_enrollments`": _all("roster.effective_enrollments"),
        "`roster.effective_roles`": _all("roster.effective_roles"),
        "`progress.student_progress` of a student": _some("progress.student_progress", student),
        "`progress.progress_by_school`": _all("progress.progress_by_school"),
        "`progress.progress_by_student_year` of a student": _some(
            "progress.progress_by_student_year", f"reporting_{student}"
        ),
    }


def _some(view: str, condition: str) -> str:
    return f"select * from {view} where {condition}"


def _all(view: str) -> str:
    return f"select count(*), max(columns(*)) from {view}"


def ask(published: Path, question: str) -> Answer:
    """Ask in a process of its own."""
    command = [sys.executable, "-m", __name__, str(published), question]
    answered = run(command, os.environ, _PROJECT)
    return Answer(median(json.loads(answered.output)), answered.peak_mb)


def seconds_of(published: Path, question: str) -> list[float]:
    """How long each of several answers took, from the connection to the last row."""
    taken: list[float] = []
    while len(taken) < _TIMES and sum(taken) < _ENOUGH_SECONDS:
        started = time.monotonic()
        with duckdb.connect(str(published), read_only=True) as connection:
            connection.execute(question).fetchall()
        taken.append(time.monotonic() - started)
    return taken


if __name__ == "__main__":
    print(json.dumps(seconds_of(Path(sys.argv[1]), sys.argv[2])))

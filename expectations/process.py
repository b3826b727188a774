"""Runs the suites in a process of its own, so that its start costs the daily run nothing.

Great Expectations takes four seconds of one core to import. A run that builds the roster starts
this process early; it imports while dbt works, and opens the databases only when told to.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from dlt_sources.errors import RollbookError
from expectations.deferred import defer
from expectations.model import CheckResult

_PROJECT = Path(__file__).parents[1]


class SuiteRunner:
    """The suites of a home, judged by a child process.

        with SuiteRunner(home) as suites:
            suites.start()              # when it is clear that something will be built
            build()
            results = suites.judge()    # the databases must be closed here

    Leaving the block ends the process, whatever happened; it ends by itself if this one is killed.
    """

    def __init__(self, home: Path, names: Collection[str] | None = None) -> None:
        self._home = home.resolve()
        self._names = None if names is None else sorted(names)
        self._child: subprocess.Popen[str] | None = None
        self.last: list[CheckResult] | None = None
        """What was judged last; None as long as nothing was."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None

    def start(self) -> None:
        """Starts the process and returns at once; opens no database. Twice is once."""
        if self._child is None:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "expectations", "--wait"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                cwd=_PROJECT,
            )

    def judge(self, since: int | None = None) -> list[CheckResult]:
        """Judges now and waits for the results, as `run_suites(home, names, since=since)`.

        Raises what `run_suites` raises, as RollbookError.
        """
        told = self._asked({"home": str(self._home), "names": self._names, "since": since})
        if "error" in told:
            raise RollbookError(told["error"])
        self.last = [_result(line) for line in told["results"]]
        return self.last

    def _asked(self, request: dict[str, Any]) -> dict[str, Any]:
        self.start()
        assert self._child is not None
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        try:
            print(json.dumps(request), file=self._child.stdin, flush=True)
            answer: dict[str, Any] = json.loads(self._child.stdout.readline())
        except (OSError, ValueError):
            raise RollbookError(
                "The checks ended without an answer; nothing was published. "
                "`python -m expectations` in the project's folder shows why."
            ) from None
        return answer


def _result(line: dict[str, Any]) -> CheckResult:
    districts = line["districts"]
    return CheckResult(
        **{
            **line,
            "sample_ids": tuple(line["sample_ids"]),
            "districts": None if districts is None else tuple(districts),
        }
    )


def serve(requests: TextIO, answers: TextIO) -> None:
    """The child's part: gets ready, then answers requests, a line each, until there are no more."""
    from expectations.judge import load_great_expectations
    from expectations.runner import run_suites

    defer("scipy.stats", "altair")
    load_great_expectations()
    # What the import made stays to the end; no collection needs to look at it again.
    gc.freeze()
    for line in requests:
        request = json.loads(line)
        try:
            results = run_suites(Path(request["home"]), request["names"], since=request["since"])
            answer: dict[str, Any] = {"results": [asdict(result) for result in results]}
        except RollbookError as error:
            answer = {"error": str(error)}
        print(json.dumps(answer), file=answers, flush=True)

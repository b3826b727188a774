"""`python -m expectations`: judges a home, a line a check; exit code 1 if one of them blocks."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from dlt_sources.errors import RollbookError
from expectations.model import CheckResult
from expectations.process import serve
from expectations.suites import SUITES


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; returns 0 if nothing blocks, 1 if a check does, 2 for wrong use."""
    options = _options(arguments)
    if options.wait:
        with contextlib.redirect_stdout(sys.stderr):
            serve(sys.stdin, answers=sys.__stdout__ or sys.stdout)
        return 0
    try:
        results = _results(options)
    except RollbookError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print(*map(_line, results), sep="\n")
    return 1 if any(result.blocks for result in results) else 0


def _results(options: argparse.Namespace) -> list[CheckResult]:
    from expectations.runner import run_suites

    return run_suites(options.home, options.suite, since=None if options.new else 0)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m expectations", description=__doc__)
    home = Path(os.environ.get("ROLLBOOK_HOME", "data/local"))
    parser.add_argument("--home", type=Path, default=home, help="default: ROLLBOOK_HOME")
    parser.add_argument(
        "--suite", action="append", metavar="NAME", help=", ".join(suite.name for suite in SUITES)
    )
    parser.add_argument(
        "--new", action="store_true", help="only what came after the last finished build"
    )
    parser.add_argument("--wait", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _line(result: CheckResult) -> str:
    verdict = "ok" if result.passed else result.severity
    line = f"{verdict:<5}  {result.suite:<17}  {result.check.replace('_', ' '):<47}"
    line += f"  {result.evaluated:>12,} checked"
    if not result.passed:
        line += f"  {result.unexpected:,} wrong, such as {', '.join(result.sample_ids) or '?'}"
    return line


if __name__ == "__main__":
    sys.exit(main())

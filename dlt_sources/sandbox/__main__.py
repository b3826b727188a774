"""`python -m dlt_sources.sandbox --dataset DIR --day N --port P`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from dlt_sources.errors import RollbookError
from dlt_sources.sandbox.server import run_forever


def main() -> int:
    """Serve until interrupted; returns the exit code, 2 for what cannot be served."""
    parser = argparse.ArgumentParser(prog="dlt_sources.sandbox", description=__doc__)
    parser.add_argument("--dataset", type=Path, default=Path("data/sample"))
    parser.add_argument("--day", type=int, default=1)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    options = parser.parse_args()
    try:
        run_forever(options.dataset, options.day, options.port)
    except RollbookError as problem:
        print(problem, file=sys.stderr)
        return problem.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())

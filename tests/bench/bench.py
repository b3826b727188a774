"""`make bench`: measures Rollbook and what it is compared with, and writes the page of ratios."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.bench.contest import Played, play
from tests.bench.generator import District
from tests.bench.report import Fixed, report

_SIZES = [200_000, 1_000_000]


def main() -> None:
    """Measures ten users for the fixed cost, then each size."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.bench", description=__doc__)
    parser.add_argument("--report", type=Path, required=True, help="the page to write")
    parser.add_argument("--sizes", type=int, nargs="+", default=_SIZES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=3, help="how often the ten users are played")
    parser.add_argument(
        "--compared-up-to",
        type=int,
        default=max(_SIZES),
        help="larger districts are played without the others, who need minutes",
    )
    options = parser.parse_args()

    def measured(users: int) -> Played:
        with tempfile.TemporaryDirectory(prefix="rollbook-bench-") as folder:
            return play(
                District(users, seed=options.seed),
                Path(folder),
                with_baselines=users <= options.compared_up_to,
                tell=lambda line: print(line, file=sys.stderr, flush=True),
            )

    fixed = Fixed([measured(10) for _ in range(options.repeat)])
    plays = []
    for users in options.sizes:
        plays.append(measured(users))
        # After each size, so that an interrupted run leaves what it has measured.
        options.report.write_text(report(plays, fixed) + "\n")


if __name__ == "__main__":
    main()

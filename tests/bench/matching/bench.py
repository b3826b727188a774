"""`make bench-matching`: how right and how fast people whose pairs are known are matched.

Three labelled sets go through the pipeline as an application and districts would; then a million
accounts and about as many users do.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.bench.commands import Measured, tell
from tests.bench.matching.chart import chart
from tests.bench.matching.judge import THRESHOLDS, Score, judge, with_first_suggestion
from tests.bench.matching.page import page
from tests.bench.matching.playing import Played, play
from tests.bench.matching.scale import measure
from tests.bench.matching.sets import SETS


def main() -> None:
    """Plays the sets, measures, writes the page and the picture beside it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.matching.bench")
    parser.add_argument("--report", type=Path, required=True, help="the page to write")
    parser.add_argument("--accounts", type=int, default=10_000, help="of each set at most")
    parser.add_argument(
        "--people", type=int, default=1_000_000, help="accounts, and about as many users"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rollbook-matching-") as name:
        folder = Path(name)
        played = [_play(each, folder, options.accounts) for each in SETS]
        tell(f"{options.people:,} accounts and about as many users: six syncs")
        scale = measure(options.people, folder)
    write(options.report, played, options.people, scale)


def _play(name: str, folder: Path, accounts: int) -> Played:
    people = SETS[name](accounts)
    tell(f"{name}: {len(people.accounts):,} accounts, {len(people.users):,} users")
    return play(name, people, folder / name.replace(" ", "-"))


def write(report: Path, played: list[Played], people: int, scale: Mapping[str, Measured]) -> None:
    """The page, and its picture as a file of the same name."""
    picture = report.with_suffix(".svg")
    picture.write_text(chart({each.name: over_thresholds(each) for each in played}))
    report.write_text("\n".join(page(played, picture.name, people, scale)) + "\n")


def over_thresholds(played: Played) -> dict[float, Score]:
    """Rules together with the first suggestion, from each threshold on."""
    truth = played.people.truth
    return {
        threshold: judge(with_first_suggestion(played.rules, played.firsts, threshold), truth)
        for threshold in THRESHOLDS
    }


if __name__ == "__main__":
    main()

"""`make bench-history`: what a daily sync costs after ten years of daily syncs.

Homes of one district that differ in nothing but the number of past syncs are synced in turn, so
that a busy machine is busy for all of them.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from statistics import median

from orchestration.lib.home import Home
from tests.bench.commands import Measured, rollbook, serve, tell
from tests.bench.contest import environment, sandbox
from tests.bench.generator import CHANGED, REORDERED, District, write_dataset
from tests.bench.past import FIRST_SYNC, after, write_past

_DISTRICT = District(users=500, changed=0.012, removed=0.008)
_PHASES = ("known", "walk", "load", "dbt", "checks", "publish")
_CHANGED, _UNCHANGED, _REBUILD = "ten records changed", "nothing changed", "`rollbook rebuild`"


@dataclass
class Aged:
    """A home with so many past syncs, and what was measured of it by kind of command."""

    home: Home
    past: int
    url: str
    measured: dict[str, list[Measured]] = field(default_factory=dict)

    def sync(self, what: str, at: datetime) -> None:
        """Sync and note how long it took."""
        self.command(what, "sync", "--observed-at", at.isoformat(), "--ahead-of-clock")

    def command(self, what: str, *arguments: str) -> None:
        """Run a command and note how long it took."""
        measured = rollbook(self.home, environment(self.url, self.home.root), *arguments)
        self.measured.setdefault(what, []).append(measured)

    def seconds(self, what: str) -> float:
        """The median of a kind of command."""
        return median(one.run.seconds for one in self.measured[what])

    def ratio(self, what: str, other: Aged) -> float:
        """How many times the seconds of another home; the median over those measured by turns."""
        turns = zip(self.measured[what], other.measured[what], strict=True)
        return median(mine.run.seconds / theirs.run.seconds for mine, theirs in turns)

    def cpu(self, what: str) -> float:
        """The median of what a kind of command kept a core busy."""
        return median(one.run.cpu_seconds for one in self.measured[what])

    def phase(self, what: str, name: str) -> float:
        """The median of a phase."""
        return median(one.phases.get(name, 0.0) for one in self.measured[what])

    @property
    def megabytes(self) -> dict[str, float]:
        """What the home's parts take on disk."""
        runs = self.home.dagster / "history" / "runs"
        index = runs / "index.db"
        files = {
            "log": [self.home.warehouse],
            "published": [self.home.published],
            "Dagster's index of events": [index],
            "Dagster's files of runs": [file for file in runs.glob("*.db") if file != index],
        }
        return {name: sum(file.stat().st_size for file in of) / 1e6 for name, of in files.items()}


def main() -> None:
    """Makes the homes, measures them in turn, writes the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.history", description=__doc__)
    parser.add_argument("--report", type=Path, required=True, help="the page to write")
    parser.add_argument("--past", type=int, nargs="+", default=[10, 365, 3650])
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rollbook-history-") as name:
        folder = Path(name)
        write_dataset(_DISTRICT, folder / "dataset")
        with sandbox(folder / "dataset") as url:
            homes = list(_homes(folder, url, options.past))
            _measure(homes, options.repeat)
        options.report.write_text("\n".join(_page(homes)) + "\n")


def _homes(folder: Path, url: str, pasts: Sequence[int]) -> Iterator[Aged]:
    """Homes that were one home until their first sync."""
    first = Aged(Home(folder / "first"), 0, url)
    first.home.root.mkdir()
    serve(url, REORDERED)
    first.sync("first", FIRST_SYNC)
    for past in pasts:
        aged = Aged(Home(folder / f"after-{past}"), past, url)
        tell(f"writing {past} past syncs")
        shutil.copytree(first.home.root, aged.home.root)
        write_past(aged.home, past)
        # Whatever waits for the disk would delay the home that is measured first.
        os.sync()
        tell(f"{past} past syncs: rebuild")
        aged.command(_REBUILD, "rebuild")
        # The first sync makes the index anew, which only a lost index costs.
        aged.sync("settled", after(past + 1))
        yield aged


def _measure(homes: Sequence[Aged], repeat: int) -> None:
    """A day with changes and one without, again and again, the homes by turns."""
    for turn in range(repeat):
        serve(homes[0].url, REORDERED if turn % 2 else CHANGED)
        for what, day in ((_CHANGED, 2 * turn + 2), (_UNCHANGED, 2 * turn + 3)):
            for aged in homes if turn % 2 else reversed(homes):
                aged.sync(what, after(aged.past + day))
                seconds = aged.measured[what][-1].run.seconds
                tell(f"{aged.past} past syncs, {what}: {seconds:.1f} s")


# --- the page -----------------------------------------------------------------------------------


def _page(homes: Sequence[Aged]) -> Iterator[str]:
    repeated = len(homes[0].measured[_CHANGED])
    yield "# Ten years of daily syncs"
    yield ""
    yield (
        f"Written by `make bench-history` on {platform.machine()} with {os.cpu_count()} cores, "
        f"Python {platform.python_version()}. A district of {_DISTRICT.users} users and "
        f"{_DISTRICT.sections} sections, of which ten records have changed on every past day, "
        f"synced by whole commands: medians of {repeated}, homes by turns, ratios within a "
        "turn; each home was rebuilt once. The past was written into the log and into Dagster's "
        "storage, a run a day."
    )
    yield ""
    for what in (_UNCHANGED, _CHANGED, _REBUILD):
        yield f"## {what[0].upper()}{what[1:]}"
        yield ""
        yield from _table(homes, what)
        yield ""
    yield "## On disk, MB"
    yield ""
    yield from _sizes(homes)


def _table(homes: Sequence[Aged], what: str) -> Iterator[str]:
    yield "| past syncs | seconds | ratio | processor | " + " | ".join(_PHASES) + " |"
    yield "|---" * (len(_PHASES) + 4) + "|"
    for aged in homes:
        seconds, ratio = aged.seconds(what), aged.ratio(what, homes[0])
        phases = " | ".join(f"{aged.phase(what, name):.2f}" for name in _PHASES)
        yield (f"| {aged.past:,} | {seconds:.1f} | {ratio:.2f} | {aged.cpu(what):.1f} | {phases} |")


def _sizes(homes: Sequence[Aged]) -> Iterator[str]:
    yield "| past syncs | " + " | ".join(homes[0].megabytes) + " |"
    yield "|---" * (len(homes[0].megabytes) + 1) + "|"
    for aged in homes:
        yield (
            f"| {aged.past:,} | "
            + " | ".join(f"{size:,.0f}" for size in aged.megabytes.values())
            + " |"
        )


if __name__ == "__main__":
    main()

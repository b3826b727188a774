"""The measurements as a page of Markdown: seconds, then ratios beside what was aimed at."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from statistics import median

from tests.bench.contest import Played
from tests.bench.generator import CHANGED, FIRST, REORDERED, UNCHANGED

_DAYS = {
    FIRST: "first sync",
    UNCHANGED: "nothing changed",
    REORDERED: "only keys and lists reordered",
    CHANGED: "1 % changed, 0.5 % gone",
}
_PHASES = ("walk", "load", "dbt", "checks", "publish")
_PACKAGES = ("duckdb", "dlt", "dbt-core", "dagster", "great-expectations")
_NAMES = {
    "floor": "fetching and parsing every page",
    "scd2": "dlt `scd2` of the users, defaults",
    "parquet": "dlt `scd2` of the users, parquet loader",
    "snapshot": "dbt snapshot of the users, fetch and load included",
}


@dataclass(frozen=True)
class Fixed:
    """What a command costs however small the district: medians over ten users."""

    plays: Sequence[Played]

    def sync(self, day: int) -> float:
        """Seconds of a whole sync."""
        return median(play.syncs[day].run.seconds for play in self.plays)

    def cpu(self, day: int) -> float:
        """Seconds a sync kept a core busy."""
        return median(play.syncs[day].run.cpu_seconds for play in self.plays)

    def phase(self, day: int, name: str) -> float:
        """Seconds of a phase of a sync."""
        return median(play.syncs[day].phases.get(name, 0) for play in self.plays)

    def baseline(self, name: str, day: int) -> float:
        """Seconds of a baseline."""
        return median(play.baselines[name, day].seconds for play in self.plays)


@dataclass(frozen=True)
class Aim:
    """A ratio of seconds and perhaps its aim: at least it if `faster`, otherwise at most it."""

    what: str
    seconds: float
    others: float
    aim: float | None = None
    faster: bool = False

    def __str__(self) -> str:
        """The ratio as a line of a table."""
        if min(self.seconds, self.others) <= 0:
            # What a small district takes beyond the fixed cost drowns in noise.
            return f"| {self.what} | too small to tell | | |"
        ratio = self.seconds / self.others
        line = f"| {self.what} | {ratio:.2f} |"
        if self.aim is None:
            return f"{line} | |"
        bound = f"{'at least' if self.faster else 'at most'} {self.aim:g}"
        met = ratio >= self.aim if self.faster else ratio <= self.aim
        return f"{line} {bound} | {_verdict(met)} |"


def report(plays: Sequence[Played], fixed: Fixed) -> str:
    """The whole page."""
    return "\n".join(
        [*_head(), *_fixed_cost(fixed), *(line for p in plays for line in _size(p, fixed))]
    )


def _head() -> Iterator[str]:
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    yield "# Benchmark"
    yield ""
    yield (
        f"Written by `make bench` on {platform.machine()} with {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, {packages}. Every number is a whole command, seconds "
        "by the clock and of the processors; the server that speaks Clever's API runs on the same "
        "cores. Compare within a table: machines, and hours on one machine, differ more than its "
        "rows do. Aims were set for two cores: the ratios for 200,000 users, the memory for a "
        "million."
    )
    yield ""


def _fixed_cost(fixed: Fixed) -> Iterator[str]:
    yield "## Fixed cost: ten users"
    yield ""
    yield "| seconds | whole command | processor | " + " | ".join(_PHASES) + " | aim | |"
    yield "|---" * (len(_PHASES) + 5) + "|"
    aims = {UNCHANGED: 6.0, CHANGED: 12.0}
    for day, name in (_DAYS | {CHANGED: "one change"}).items():
        seconds = fixed.sync(day)
        aim = f"{aims[day]:.0f} | {_verdict(seconds <= aims[day])}" if day in aims else " | "
        phases = (f"{fixed.phase(day, phase):.1f}" for phase in _PHASES)
        cpu = fixed.cpu(day)
        yield f"| {name} | {seconds:.1f} | {cpu:.1f} | {' | '.join(phases)} | {aim} |"
    yield ""
    yield "It is taken off before ratios are formed, of Rollbook and of everything else alike."
    yield ""


def _size(played: Played, fixed: Fixed) -> Iterator[str]:
    district = played.district
    enrollments = district.sections * min(district.class_size, district.students)
    yield (
        f"## {district.users:,} users, {district.records:,} records, {enrollments:,} enrollments"
    )
    yield ""
    yield from _syncs(played)
    if played.baselines:
        yield from _baselines(played)
        yield from _ratios(played, fixed)


def _syncs(played: Played) -> Iterator[str]:
    yield (
        "| `rollbook sync` | seconds | processor | "
        + " | ".join(_PHASES)
        + " | records/s | peak MB "
        "| rows added | warehouse grew by MB |"
    )
    yield "|---" * (len(_PHASES) + 7) + "|"
    for day, name in _DAYS.items():
        sync = played.syncs[day]
        phases = " | ".join(f"{sync.phases.get(phase, 0):.1f}" for phase in _PHASES)
        yield (
            f"| {name} | {sync.run.seconds:.1f} | {sync.run.cpu_seconds:.1f} | {phases} "
            f"| {played.district.records / sync.run.seconds:,.0f} | {sync.run.peak_mb:,.0f} "
            f"| {sync.rows_added:,} | {sync.bytes_added / 1e6:,.1f} |"
        )
    highest = max(sync.run.bound_mb for sync in played.syncs.values())
    yield ""
    yield (
        "Peak is what the command's processes held at one moment; the high-water marks of those "
        f"alive together add up to {highest:,.0f} MB at most."
    )
    yield ""


def _baselines(played: Played) -> Iterator[str]:
    yield "| compared with | day | seconds | processor | peak MB |"
    yield "|---|---|---|---|---|"
    for (name, day), run in played.baselines.items():
        yield (
            f"| {_NAMES[name]} | {_DAYS[day]} | {run.seconds:.1f} | {run.cpu_seconds:.1f} "
            f"| {run.peak_mb:,.0f} |"
        )
    yield ""


def _ratios(played: Played, fixed: Fixed) -> Iterator[str]:
    yield "| ratio, fixed cost taken off | measured | aim | |"
    yield "|---|---|---|---|"
    yield from map(str, _aims(played, fixed))
    peak = max(sync.run.peak_mb for sync in played.syncs.values())
    yield f"| peak memory, MB | {peak:,.0f} | at most 1000 | {_verdict(peak <= 1000)} |"
    yield ""


def _aims(played: Played, fixed: Fixed) -> Iterator[Aim]:
    def net(day: int) -> float:
        return played.syncs[day].run.seconds - fixed.sync(day)

    def against(name: str, day: int) -> float:
        return played.baselines[name, day].seconds - fixed.baseline(name, day)

    log = sum(
        played.syncs[FIRST].phases[name] - fixed.phase(FIRST, name) for name in ("walk", "load")
    )
    for name, whole, walked in (("scd2", 5, 7), ("parquet", 2.5, 3.5)):
        other = against(name, FIRST)
        yield Aim(f"{_NAMES[name]} / first sync", other, net(FIRST), whole, faster=True)
        yield Aim(f"{_NAMES[name]} / walk and load", other, log, walked, faster=True)
    other = against("snapshot", FIRST)
    yield Aim(f"{_NAMES['snapshot']} / first sync", other, net(FIRST))
    for day, most in ((UNCHANGED, 0.3), (REORDERED, 0.8), (CHANGED, 0.7)):
        yield Aim(f"{_DAYS[day]} / {_NAMES['floor']}", net(day), against("floor", day), most)


def _verdict(met: bool) -> str:
    return "met" if met else "missed"

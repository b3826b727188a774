"""`make bench-queries`: what analysts ask of a million students with ten years of history.

Each question is put to the published file, and where they can answer it to the same history as
dbt's snapshots, by turns.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.lib.home import Home
from orchestration.lib.published_file import publish
from tests.bench.asking import Taken, ask
from tests.bench.commands import rollbook, tell
from tests.bench.contest import environment, sandbox
from tests.bench.decade import NOW, Decade, write_decade
from tests.bench.decade_questions import EVERYTHING, ONE, Question, asked_about
from tests.bench.generator import District, write_dataset
from tests.bench.snapshots import write_snapshots

#: What is aimed at: of one, in an open file; of everything.
_ONE_MS, _ALL_MS, _ALL_MB = 100, 3_000, 1_000


@dataclass(frozen=True)
class Asked:
    """A question, and what its answers took: of the published file, and of the snapshots."""

    question: Question
    rollbook: Taken
    snapshots: Taken | None


@dataclass(frozen=True)
class Measured:
    """What was asked of a home of some size, and what its files take on the disk."""

    decade: Decade
    asked: Sequence[Asked]
    megabytes: Mapping[str, float]


def main() -> None:
    """Makes both files, asks, writes the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.queries", description=__doc__)
    parser.add_argument("--report", type=Path, required=True, help="the page to write")
    parser.add_argument("--students", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--snapshots-up-to", type=int, default=1_000_000, metavar="STUDENTS")
    options = parser.parse_args()
    measured = [
        _measured(Decade(students, 10 * students), students <= options.snapshots_up_to)
        for students in options.students
    ]
    options.report.write_text("\n".join(page(measured)) + "\n")


def _measured(decade: Decade, with_snapshots: bool) -> Measured:
    """Make both files, or one; ask; leave nothing behind."""
    with tempfile.TemporaryDirectory(prefix="rollbook-queries-") as name:
        files = {"published": _publish(decade, Path(name))}
        if with_snapshots:
            tell("writing the snapshots")
            files["snapshots"] = Path(name) / "snapshots.duckdb"
            write_snapshots(files["published"], files["snapshots"])
        asked = ask_all(decade, files["published"], files.get("snapshots"))
        megabytes = {what: file.stat().st_size / 1e6 for what, file in files.items()}
    return Measured(decade, asked, megabytes)


def _publish(decade: Decade, folder: Path) -> Path:
    write_dataset(District(40), folder / "dataset")
    home = Home(folder / "home")
    home.root.mkdir()
    with sandbox(folder / "dataset") as url:
        settings = environment(url, home.root)
        rollbook(home, settings, "sync", "--observed-at", NOW.isoformat(), "--ahead-of-clock")
    home.set_environment()
    # The log is that of a few users, by which a build would ask for little memory.
    os.environ["ROLLBOOK_DBT_MEMORY"] = "4GB"
    tell(f"{decade.students:,} students: writing ten years")
    write_decade(decade, home)
    publish(home)
    return home.published


def ask_all(decade: Decade, published: Path, snapshots: Path | None) -> list[Asked]:
    """Every question, of one file and then of the other, if there is one."""
    asked = []
    for question in asked_about(decade, published):
        query = question.of_snapshots
        other = ask(snapshots, query) if snapshots and query else None
        asked.append(Asked(question, ask(published, question.of_rollbook), other))
        tell(f"{question.what}: {asked[-1].rollbook.ms:.0f} ms")
    return asked


# --- the page -----------------------------------------------------------------------------------


def page(measured: Sequence[Measured]) -> Iterator[str]:
    """The page, line by line."""
    yield "# Questions after ten years"
    yield ""
    yield (
        f"Written by `make bench-queries` on {platform.machine()} with {os.cpu_count()} cores, "
        f"Python {platform.python_version()}. So many students at a time for ten school years, "
        "each in five sections a year, and ten records of progress for each, written as tables in "
        "the order in which builds store them, and published as ever. Beside it the same history "
        "as dbt's snapshots would have it, the questions by turns."
    )
    yield ""
    yield (
        "Milliseconds in an open file, from the question to its last row: the median of what was "
        "asked after the first time, and the processor's. `opening` is opening the file and asking "
        "for the first time, from the disk's cache. Other work on the machine makes the clock's "
        "times longer, and the processor's hardly; ratios are those of the processor's."
    )
    for each in measured:
        yield ""
        yield f"## {each.decade.students:,} students, {each.decade.progress:,} records of progress"
        for heading, kind in (("Of one", ONE), ("Of everything", EVERYTHING)):
            yield ""
            yield f"### {heading}"
            yield ""
            yield _aim(kind)
            yield ""
            yield from _table([one for one in each.asked if one.question.kind == kind])
        yield ""
        sizes = (f"{what} {size:,.0f} MB" for what, size in each.megabytes.items())
        yield f"On disk: {', '.join(sizes)}."


def _aim(kind: str) -> str:
    if kind == ONE:
        return f"Of one student, section or day. Aim: {_ONE_MS} ms."
    return f"Aim: {_ALL_MS / 1000:.0f} s and {_ALL_MB:,} MB."


def _table(asked: Sequence[Asked]) -> Iterator[str]:
    yield (
        "| question | rows | ms | processor | opening | MB | snapshots: ms | processor | ratio |"
    )
    yield "|---" * 9 + "|"
    for each in asked:
        mine, other = each.rollbook, each.snapshots
        beside = (
            f"{other.ms:,.0f} | {other.cpu_ms:,.0f} | {other.cpu_ms / mine.cpu_ms:.1f}"
            if other
            else " |  | "
        )
        yield (
            f"| {each.question.what} | {mine.rows:,} | {mine.ms:,.0f} | {mine.cpu_ms:,.0f} "
            f"| {mine.opening_ms:,.0f} | {mine.peak_mb:,.0f} | {beside} |"
        )


if __name__ == "__main__":
    main()

"""`make bench-progress`: what the application's progress costs, ten million records of it.

Homes of one district that differ in nothing but the number of records of progress are synced one
after the other; then the published file of each is asked what analysts ask.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from orchestration.lib.home import Home
from tests.bench.application import YEAR_BEGINS, YEAR_ENDS, Application
from tests.bench.commands import Measured, rollbook, serve, tell
from tests.bench.contest import environment, sandbox
from tests.bench.generator import CHANGED, DATES, FIRST, REORDERED, District, write_dataset
from tests.bench.questions import Answer, ask, questions

_PHASES = ("walk", "load", "application", "dbt", "checks", "publish")
_FIRST, _UNCHANGED, _ROSTER, _PROGRESS, _COMPARED, _REBUILD = (
    "first sync",
    "nothing changed",
    "1 % of the roster changed, 0.5 % gone",
    "10,000 records of progress new, 1,000 changed, 100 deleted",
    "nothing changed, `--reconcile`",
    "`rollbook rebuild`",
)


@dataclass(frozen=True)
class Worked:
    """What was measured of a home with so many records: its commands, and answers from its file."""

    records: int
    commands: Mapping[str, Measured]
    answers: Mapping[str, Answer]
    megabytes: Mapping[str, float]


def main() -> None:
    """Makes the district, measures each home, writes the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.progress", description=__doc__)
    parser.add_argument("--report", type=Path, required=True, help="the page to write")
    parser.add_argument("--users", type=int, default=200_000)
    parser.add_argument("--records", type=int, nargs="+", default=[0, 1_000_000, 10_000_000])
    options = parser.parse_args()
    district = District(options.users)
    with tempfile.TemporaryDirectory(prefix="rollbook-progress-") as name:
        folder = Path(name)
        tell(f"{district.users:,} users: writing the dataset")
        write_dataset(district, folder / "dataset")
        with sandbox(folder / "dataset") as url:
            worked = [_work(district, folder, url, records) for records in options.records]
    options.report.write_text("\n".join(page(district, worked)) + "\n")


def _work(district: District, folder: Path, url: str, records: int) -> Worked:
    """A home from its first sync to its last question; nothing of it is left behind."""
    home = Home(folder / f"home-{records}")
    home.root.mkdir()
    application = Application(district, home.root / "application.sqlite")
    tell(f"{records:,} records: writing them")
    application.write(records)
    commands = dict(_commands(home, application, url))
    answers = {}
    for what, question in questions(district).items():
        answers[what] = ask(home.published, question)
        tell(f"{records:,} records, {what}: {answers[what].seconds:.2f} s")
    files = {"application": application.file, "log": home.warehouse, "published": home.published}
    megabytes = {what: file.stat().st_size / 1e6 for what, file in files.items()}
    shutil.rmtree(home.root)
    return Worked(records, commands, answers, megabytes)


def _commands(home: Home, application: Application, url: str) -> Iterator[tuple[str, Measured]]:
    """The first sync at the beginning of the school year, days and a rebuild at its end."""
    settings = environment(url, home.root)
    settings["SOURCES__APPLICATION__DATABASE_URL"] = application.url

    def measured(what: str, *arguments: str) -> tuple[str, Measured]:
        # Whatever waits for the disk would delay the command.
        os.sync()
        taken = rollbook(home, settings, *arguments)
        tell(f"{home.root.name}, {what}: {taken.run.seconds:.1f} s, {taken.run.peak_mb:,.0f} MB")
        return what, taken

    def sync(what: str, at: datetime, *arguments: str) -> tuple[str, Measured]:
        return measured(
            what, "sync", "--observed-at", at.isoformat(), "--ahead-of-clock", *arguments
        )

    serve(url, REORDERED)
    yield sync(_FIRST, datetime.fromisoformat(f"{DATES[FIRST]}T02:00"))
    day = YEAR_ENDS.replace(hour=2) + timedelta(days=1)
    # It reads the whole school year, which was still to come at the first sync.
    sync("the end of the school year", day - timedelta(hours=1))
    yield sync(_UNCHANGED, day)
    serve(url, CHANGED)
    yield sync(_ROSTER, day + timedelta(days=1))
    application.pass_day(day + timedelta(days=1))
    yield sync(_PROGRESS, day + timedelta(days=2))
    yield sync(_COMPARED, day + timedelta(days=3), "--reconcile")
    yield measured(_REBUILD, "rebuild")


# --- the page -----------------------------------------------------------------------------------


def page(district: District, worked: Sequence[Worked]) -> Iterator[str]:
    most = max(each.records for each in worked)
    yield f"# {most:,} records of progress"
    yield ""
    yield (
        f"Written by `make bench-progress` on {platform.machine()} with {os.cpu_count()} cores, "
        f"Python {platform.python_version()}. A district of {district.users:,} users and "
        f"{district.sections:,} sections whose application holds so many records of progress "
        f"of a school year, from {YEAR_BEGINS:%Y-%m-%d} to {YEAR_ENDS:%Y-%m-%d}, in a SQLite file. "
        f"The first sync is of {DATES[FIRST]}, the others come after the school year. Every "
        "command was measured once, as a whole; ratios are those of its seconds to what it takes "
        f"with {worked[0].records:,} records, and to the first sync of the same home."
    )
    yield ""
    for what in worked[0].commands:
        yield f"## {what[0].upper()}{what[1:]}"
        yield ""
        yield from _command(worked, what)
        yield ""
    yield "## What analysts ask"
    yield ""
    yield (
        "Seconds from opening the published file to the last row, median of three, and the memory "
        "of the process, MB. Without a condition every column of every row was asked for."
    )
    yield ""
    yield from _answers(worked)
    yield ""
    yield "## On disk, MB"
    yield ""
    yield from _sizes(worked)


def _command(worked: Sequence[Worked], what: str) -> Iterator[str]:
    yield (
        f"| records | seconds | to {worked[0].records:,} records | to the first sync | processor | "
        + " | ".join(_PHASES)
        + " | peak MB |"
    )
    yield "|---" * (len(_PHASES) + 6) + "|"
    for each in worked:
        taken = each.commands[what]
        seconds = taken.run.seconds
        phases = " | ".join(f"{taken.phases.get(name, 0):.1f}" for name in _PHASES)
        yield (
            f"| {each.records:,} | {seconds:.1f} "
            f"| {seconds / worked[0].commands[what].run.seconds:.2f} "
            f"| {seconds / each.commands[_FIRST].run.seconds:.2f} "
            f"| {taken.run.cpu_seconds:.1f} | {phases} | {taken.run.peak_mb:,.0f} |"
        )


def _answers(worked: Sequence[Worked]) -> Iterator[str]:
    heads = (f"{each.records:,} records | MB" for each in worked)
    yield f"| | {' | '.join(heads)} |"
    yield "|---" * (2 * len(worked) + 1) + "|"
    for what in worked[0].answers:
        answers = (each.answers[what] for each in worked)
        cells = (f"{answer.seconds:.2f} | {answer.peak_mb:,.0f}" for answer in answers)
        yield f"| {what} | {' | '.join(cells)} |"


def _sizes(worked: Sequence[Worked]) -> Iterator[str]:
    yield f"| records | {' | '.join(worked[0].megabytes)} |"
    yield "|---" * (len(worked[0].megabytes) + 1) + "|"
    for each in worked:
        sizes = " | ".join(f"{size:,.0f}" for size in each.megabytes.values())
        yield f"| {each.records:,} | {sizes} |"


if __name__ == "__main__":
    main()

"""`rollbook certify` and `rollbook sandbox`: Clever's certification, and Clever without Clever."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.lib.home import current_home
from orchestration.lib.settings import PROJECT_ROOT
from orchestration.lib.terminal import Watcher, console


def certify(
    keep: Annotated[
        Path | None, typer.Option(help="Keep the scratch home in this new folder.")
    ] = None,
    last_day: Annotated[
        int, typer.Option(min=0, max=30, help="Stop after this day: quicker, and less is checked.")
    ] = 30,
) -> None:
    """Replay the certification dataset in a scratch home, check every case, write the report."""
    from orchestration.certification.certify import certify as run
    from orchestration.certification.terminal import print_summary

    out = console()
    with Watcher(out) as watcher:
        reports = current_home().reports / "certification"
        result = run(reports, watcher, days=range(last_day + 1), keep=keep)
    print_summary(out, result)
    if not result.passed:
        raise typer.Exit(1)


def sandbox(
    port: Annotated[int, typer.Option(help="0 takes a free one.")] = 8400,
    dataset: Annotated[Path, typer.Option(help="Folder of the dataset to serve.")] = (
        PROJECT_ROOT / "data" / "sample"
    ),
    day: Annotated[int, typer.Option(help="Day of the dataset to start with.")] = 1,
) -> None:
    """Serve a dataset through Clever's API on this machine."""
    from dlt_sources.sandbox import run_forever

    run_forever(dataset, day=day, port=port)

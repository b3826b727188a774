"""The `rollbook` command.

Exit codes: 0 all well; 1 the run failed or a blocking check stopped it, nothing was published;
2 wrong usage or configuration; 3 the run ended, but a district is not completely synced or the
application's data could not be read.
"""

from __future__ import annotations

import atexit
import json
import os
import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.markup import escape

from dlt_sources.errors import ConfigurationError, RollbookError
from orchestration.lib.home import PROJECT_ROOT, Home, current_home
from orchestration.lib.memory import use_few_arenas
from orchestration.lib.phases import last_failure
from orchestration.lib.status import application_failure, read_districts, status_report
from orchestration.lib.terminal import Watcher, application_errors, console, read_run, syncs_table

app = typer.Typer(
    name="rollbook",
    help=__doc__,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
application = typer.Typer(help="The application's own database.", no_args_is_help=True)
app.add_typer(application, name="application")
_out = console()
_INCOMPLETE = 3


class Mode(StrEnum):
    """How a sync finds what changed."""

    FULL = "full"


@app.command()
def sync(
    district: Annotated[
        list[str] | None, typer.Option(help="Only this district's id; repeat for more.")
    ] = None,
    mode: Annotated[Mode, typer.Option(help="full: walk every list.")] = Mode.FULL,  # noqa: ARG001
    observed_at: Annotated[
        str | None, typer.Option(help="UTC time of what is seen, such as 2026-08-17T02:00; now.")
    ] = None,
    approve_removals: Annotated[
        bool, typer.Option(help="Take over this once what passes the safety limits; recorded.")
    ] = False,
    reconcile: Annotated[
        bool, typer.Option(help="Compare all of the application's tables with their logs, too.")
    ] = False,
) -> None:
    """Run the daily job in this process: walk Clever, derive history, check, publish."""
    home = current_home()
    home.prepare()
    home.set_environment()
    _check_settings()
    with Watcher(_out) as watcher:
        walk: dict[str, Any] = {"districts": district or [], "observed_at": observed_at}
        walk |= {"approve_removals": approve_removals}
        run_id = run_sync(home, walk, watcher, reconcile=reconcile)
    lines = read_run(home, run_id)
    _out.print(syncs_table(lines))
    _out.print(f"Published {home.published}")
    errors = application_errors(home, run_id)
    for error in errors:
        typer.echo(f"rollbook: {error}", err=True)
    if errors or any(line.status != "complete" for line in lines):
        raise typer.Exit(_INCOMPLETE)


def run_sync(home: Home, walk: Mapping[str, Any], progress: Any, *, reconcile: bool = False) -> str:
    """One run of the daily job with the configuration of its walk; its id. Raises RollbookError."""
    from orchestration.lib.runs import run_job

    _check_time(walk["observed_at"])
    load = {"observed_at": walk["observed_at"], "reconcile": reconcile}
    ops = {"clever_sync": {"config": walk}, "application_sync": {"config": load}}
    return run_job(home, "daily", ops, progress)


def _check_settings() -> None:
    """Say at once what is missing, before a run is made that can only fail."""
    from dlt_sources.clever import clever_settings

    clever_settings()


def _check_time(observed_at: str | None) -> None:
    from orchestration.defs.ingest import parse_time

    try:
        parse_time(observed_at)
    except ValueError:
        raise ConfigurationError(
            f"--observed-at {observed_at!r} is no time; write UTC like 2026-08-17T02:00:00."
        ) from None


@app.command()
def status(
    as_json: Annotated[
        bool, typer.Option("--json", help="For programs instead of people.")
    ] = False,
) -> None:
    """Show how each district stands: its status and since when, its age, what is held, and why."""
    home = current_home()
    districts = read_districts(home)
    if as_json:
        rows = [district.as_json() for district in districts]
        typer.echo(json.dumps(rows, default=str, indent=2))
    elif districts:
        _out.print(*status_report(districts), sep="\n")
    else:
        _out.print(f"Nothing has been published in {home.root} yet; run `rollbook sync`.")
    for failure in (application_failure(home), last_failure(home)):
        if failure:
            typer.echo(failure, err=True)


@application.command()
def check() -> None:
    """Say what of the application's tables could not be read or would not meet; loads nothing."""
    from dlt_sources.application.check import check_application
    from dlt_sources.application.settings import application_settings
    from orchestration.defs.ingest import parse_time

    home = current_home()
    home.set_environment()
    checked = check_application(application_settings(), home.warehouse, parse_time(None))
    for table in checked:
        for fact in table.facts:
            _out.print(f"{table.table}: {fact}", highlight=False)
        for finding in table.findings:
            _out.print(f"[yellow]{table.table}: {escape(finding)}[/]", highlight=False)
    if any(table.findings for table in checked):
        raise typer.Exit(_INCOMPLETE)


@app.command()
def rebuild() -> None:
    """Derive all history again from the log, check and publish it; Clever is not asked."""
    from orchestration.lib.runs import run_job

    home = current_home()
    if not home.warehouse.exists():
        raise ConfigurationError(f"{home.root} holds no log yet; run `rollbook sync` first.")
    with _out.status("Deriving all history again"):
        run_job(home, "rebuild", {"history": {"config": {"rebuild": True}}})
    _out.print(f"Published {home.published}")


@app.command()
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

    with Watcher(_out) as watcher:
        reports = current_home().reports / "certification"
        result = run(reports, watcher, days=range(last_day + 1), keep=keep)
    print_summary(_out, result)
    if not result.passed:
        raise typer.Exit(1)


@app.command()
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


def main() -> None:
    """Run the command and end the process with the documented exit code."""
    use_few_arenas()
    try:
        app()
        code: Any = 0
    except SystemExit as end:
        code = end.code
    except RollbookError as error:
        typer.echo(f"rollbook: {error}", err=True)
        code = error.exit_code
    except KeyboardInterrupt:
        typer.echo("rollbook: stopped; nothing was published.", err=True)
        code = 1
    _leave(code if isinstance(code, int) else 1)


def _leave(code: int) -> NoReturn:
    """End the process without taking the libraries apart, which would take most of a second."""
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()

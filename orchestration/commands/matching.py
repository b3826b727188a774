"""`rollbook matches`: the open cases of matching, a person's decision, and the page to review."""

from __future__ import annotations

import getpass
import json
import unicodedata
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from dlt_sources.errors import ConfigurationError, RollbookError
from orchestration.commands.beginning import check_text, locked_log
from orchestration.commands.ending import INCOMPLETE, end_of_build
from orchestration.lib.home import Home, current_home
from orchestration.lib.outcome import run_begun
from orchestration.lib.settings import settings
from orchestration.lib.terminal import complain, console, plain
from orchestration.review.cases import Review, read_review

matches = typer.Typer(
    help="Which account belongs to which user: what is open, and what you decide."
)

Names = Annotated[
    bool, typer.Option("--names", help="Show names and what else is known of people, too.")
]
AsJson = Annotated[bool, typer.Option("--json", help="For programs instead of people.")]
Limit = Annotated[int, typer.Option(min=1, help="So many cases at most; the most urgent first.")]


@matches.callback(invoke_without_command=True)
def _group(
    context: typer.Context, names: Names = False, as_json: AsJson = False, limit: Limit = 100
) -> None:
    """Which account belongs to which user: what is open, and what you decide."""
    if context.invoked_subcommand is None:
        _list(names, as_json, limit)
    elif names or as_json or limit != 100:
        raise ConfigurationError(f"Write options after `{context.invoked_subcommand}`.")


@matches.command("list")
def _list(names: Names = False, as_json: AsJson = False, limit: Limit = 100) -> None:
    """List the accounts that are not matched, and matches that something contradicts, with why."""
    from orchestration.review.terminal import as_plain_values, review_report

    home = current_home()
    review = read_review(home, names)
    if as_json:
        told = as_plain_values(review or Review(), names)
        typer.echo(json.dumps(told, default=str, indent=2))
        return
    out = console()
    if review is None:
        out.print(Text(_nothing_yet(home)), soft_wrap=True)
        return
    for line in review_report(review, limit):
        out.print(line, soft_wrap=True)


def _nothing_yet(home: Home) -> str:
    return f"Nothing has been published in {plain(home.root)} yet; run `rollbook sync`."


@matches.command("decide")
def _decide(
    account: Annotated[
        str, typer.Argument(help="The application's ID, also of a district or school.")
    ],
    clever_id: Annotated[
        str, typer.Argument(help="The Clever ID of the user, district or school.")
    ],
    reason: Annotated[str, typer.Option(help="Why; recorded with your name.")],
    accept: Annotated[bool, typer.Option("--accept", help="They are the same.")] = False,
    reject: Annotated[
        bool, typer.Option("--reject", help="They are not, and never were: progress goes back.")
    ] = False,
    apart: Annotated[
        bool, typer.Option("--apart", help="They were, and are not from now on: progress stays.")
    ] = False,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Nothing is decided on the two any more.")
    ] = False,
) -> None:
    """Decide on an account and a user, or on a district or school; it goes before every rule."""
    from dlt_sources.application.deciding import Decision, append_decision

    home = current_home()
    settings()
    flags = {"accept": accept, "reject": reject, "apart": apart, "withdraw": withdraw}
    chosen = _chosen(flags)
    for name, text in (("ACCOUNT", account), ("CLEVER_ID", clever_id), ("--reason", reason)):
        _check(name, text)
    decision = Decision(account, clever_id, chosen, getpass.getuser(), reason)
    with locked_log(home), run_begun(home, "rebuild"):
        number = append_decision(home.warehouse, decision)
        run_id = _published(home, number)
    problem = _tell(home, number)
    end_of_build(home, run_id)
    if problem:
        raise typer.Exit(INCOMPLETE)


def _chosen(flags: dict[str, bool]) -> str:
    chosen = [name for name, given in flags.items() if given]
    if len(chosen) != 1:
        raise ConfigurationError(
            f"{' and '.join(f'--{name}' for name in chosen) or 'No decision'} given; "
            f"give exactly one of {', '.join(f'--{name}' for name in flags)}."
        )
    return chosen[0]


def _check(name: str, text: str) -> None:
    """Refuse what cannot be an ID or a reason; nothing has been recorded."""
    check_text(name, text)
    if not text.strip():
        what = "say why, for whoever asks later" if name == "--reason" else "give an ID"
        raise ConfigurationError(f"{name} is empty; {what}.")
    if any(unicodedata.category(each) == "Cc" for each in text):
        raise ConfigurationError(
            f"{name} holds a control character, such as a tab or the end of a line; write it on "
            "one line without."
        )


def _published(home: Home, number: int) -> str:
    """Derive and publish; what fails does not take the decision back."""
    from orchestration.lib.runs import run_job

    try:
        return run_job(home, "rebuild", {"history": {"config": {"rebuild": False}}})
    except RollbookError:
        complain(
            f"rollbook: Decision {number} is recorded, and counts with the next run that publishes."
        )
        raise


def _tell(home: Home, number: int) -> bool:
    """Say what became of a decision; whether it has a problem."""
    from orchestration.review.deciding import outcome_of

    outcome = outcome_of(home, number)
    if outcome.problem:
        complain(f"rollbook: Decision {number} is kept and changes nothing: {outcome.problem}.")
    else:
        console().print(Text(plain(f"Decision {number} is recorded.")), soft_wrap=True)
    console().print(Text(plain(outcome.standing)), soft_wrap=True)
    return outcome.problem is not None


@matches.command("report")
def _report(
    names: Names = False,
    out: Annotated[
        Path | None, typer.Option(help="The file; by default in the home's folder of reports.")
    ] = None,
    limit: Limit = 500,
) -> None:
    """Write the page to review: every open case with what agrees, contradicts and how probable."""
    from orchestration.review.charts import charts_of
    from orchestration.review.page import Charts, write_page

    home = current_home()
    review = read_review(home, names)
    if review is None:
        raise ConfigurationError(_nothing_yet(home))
    file = out or home.reports / "matching" / "report.html"
    charts = charts_of(home, review.cases[:limit], names)
    write_page(file, review, names=names, most=limit, charts=charts or Charts())
    if charts is None:
        complain("rollbook: A run is under way; the page has no charts until you write it again.")
    console().print(Text(f"Wrote {plain(file)}"), soft_wrap=True)

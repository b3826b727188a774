"""What `rollbook certify` prints when it has ended."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

from orchestration.certification.certify import Certification, named
from orchestration.certification.report import summary

_STYLES = {"holds": "green", "fails": "red", "waits": "yellow"}


def print_summary(console: Console, result: Certification) -> None:
    """The counts, every case that does not hold with what was expected and found, the report."""
    counts = summary(result.verdicts)
    console.print(
        "{holding} of {judged} cases hold, {failing} do not, {waiting} wait; "
        "{facts} facts were asked.".format(**counts)
    )
    for verdict in result.verdicts:
        if verdict.outcome == "holds":
            continue
        needs = f" for {verdict.needs}" if verdict.needs else ""
        console.print(
            f"[{_STYLES[verdict.outcome]}]{verdict.case} {verdict.outcome}{needs}[/]: "
            f"{escape(named(verdict).title)}"
        )
        for finding in verdict.wrong:
            told = f"expected {finding.expected}, found {finding.found}"
            console.print(f"    {escape(finding.fact)}: {escape(told)}")
    console.print(f"Report: {result.html}\n        {result.markdown}", soft_wrap=True)

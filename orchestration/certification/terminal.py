"""What `rollbook certify` prints when it has ended."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from orchestration.certification.certify import Certification, named
from orchestration.certification.report import summary
from orchestration.lib.terminal import plain

_STYLES = {"holds": "green", "fails": "red", "waits": "yellow"}


def print_summary(console: Console, result: Certification) -> None:
    """The counts, every case that does not hold with what was expected and found, the report."""
    counts = summary(result.verdicts)
    console.print(
        Text(
            "{holding} of {judged} cases hold, {failing} do not, {waiting} wait; "
            "{facts} facts were asked.".format(**counts)
        )
    )
    for verdict in result.verdicts:
        if verdict.outcome == "holds":
            continue
        needs = f" for {verdict.needs}" if verdict.needs else ""
        told = Text(f"{verdict.case} {verdict.outcome}{needs}", _STYLES[verdict.outcome])
        console.print(told.append(f": {plain(named(verdict).title)}", "default"))
        for finding in verdict.wrong:
            found = f"expected {plain(finding.expected)}, found {plain(finding.found)}"
            console.print(Text(f"    {plain(finding.fact)}: {found}"))
    console.print(Text(f"Report: {plain(result.html)}"), soft_wrap=True)
    console.print(Text(f"        {plain(result.markdown)}"), soft_wrap=True)

"""Certifies: replays the days, judges every case, writes the report and what others read of it."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dlt_sources.sandbox.certification.catalogue import LAST_DAY, Case, cases
from expectations.certification.asking import Finding, ask
from expectations.certification.judging import Verdict, judge
from orchestration.certification.replay import Progress, replay
from orchestration.certification.report import write_report

#: The file in the report's folder that programs read: a verdict a case.
RESULTS = "results.json"


@dataclass(frozen=True)
class Certification:
    """What came of it: the verdicts in the catalogue's order, and where the report lies."""

    verdicts: tuple[Verdict, ...]
    html: Path
    markdown: Path

    @property
    def passed(self) -> bool:
        """Whether no case fails; one that the catalogue says cannot be played yet only waits."""
        return all(verdict.outcome != "fails" for verdict in self.verdicts)


def certify(
    reports: Path,
    progress: Progress,
    *,
    days: Sequence[int] = tuple(range(LAST_DAY + 1)),
    keep: Path | None = None,
) -> Certification:
    """Certify in a scratch home, and write everything into the folder `reports`, made anew.

    `keep` keeps the scratch home there instead of removing it. Raises RollbookError when a run of
    the replay fails.
    """
    with _scratch(keep) as scratch:
        evidence = replay(scratch, days, progress)
        progress("Asking every fact")
        findings = ask(evidence, cases())
        shutil.rmtree(reports, ignore_errors=True)
        reports.mkdir(parents=True)
        verdicts = judge(cases(), findings, reports / "data_docs")
        html, markdown = write_report(reports, evidence, cases(), verdicts)
        write_results(reports / RESULTS, verdicts)
    return Certification(tuple(verdicts), html, markdown)


@contextmanager
def _scratch(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True)
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="rollbook-certification-") as folder:
        yield Path(folder)


def write_results(file: Path, verdicts: Sequence[Verdict]) -> None:
    """Write the verdicts for programs to read."""
    file.write_text(json.dumps([asdict(verdict) for verdict in verdicts], indent=1))


def read_results(file: Path) -> list[Verdict]:
    """The verdicts that `write_results` wrote."""
    told: list[dict[str, Any]] = json.loads(file.read_text())
    return [
        Verdict(**{**each, "wrong": tuple(Finding(**finding) for finding in each["wrong"])})
        for each in told
    ]


def named(verdict: Verdict) -> Case:
    """The case of a verdict."""
    return next(case for case in cases() if case.id == verdict.case)

"""Certifies: replays the days, judges every case, writes the report and what others read of it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dlt_sources.certification.catalogue import LAST_DAY, Case, cases
from dlt_sources.errors import ConfigurationError
from expectations.certification.asking import ask
from expectations.certification.judging import judge
from expectations.certification.verdicts import Verdict
from orchestration.certification.replay import Progress, replay
from orchestration.certification.report import write_report
from orchestration.certification.results import RESULTS, write_results


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
    the replay fails, ConfigurationError when `keep` exists.
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
        try:
            keep.mkdir(parents=True)
        except OSError as error:
            raise ConfigurationError(
                f"--keep {keep} cannot be made ({error.strerror}); name a folder that does not "
                "exist yet."
            ) from None
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="rollbook-certification-") as folder:
        yield Path(folder)


def named(verdict: Verdict) -> Case:
    """The case of a verdict."""
    return next(case for case in cases() if case.id == verdict.case)

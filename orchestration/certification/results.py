"""The verdicts in a file, for whoever did not run the certification in its own process."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from expectations.certification.verdicts import Finding, Verdict

#: The file in the report's folder that programs read.
RESULTS = "results.json"


def write_results(file: Path, verdicts: Sequence[Verdict]) -> None:
    """Write the verdicts, in their order."""
    file.write_text(json.dumps([asdict(verdict) for verdict in verdicts], indent=1))


def read_results(file: Path) -> list[Verdict]:
    """The verdicts that `write_results` wrote."""
    told: list[dict[str, Any]] = json.loads(file.read_text())
    return [
        Verdict(**{**each, "wrong": tuple(Finding(**finding) for finding in each["wrong"])})
        for each in told
    ]

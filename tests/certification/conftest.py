"""A short replay through the real command: the first days, shared by the tests of this folder."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from expectations.certification.evidence import Evidence
from tests.shared import once

LAST_DAY = 3
_ROLLBOOK = Path(sys.executable).with_name("rollbook")


@dataclass(frozen=True)
class Certified:
    """A home in which `rollbook certify` was run, what it printed, and the replay it kept."""

    home: Path
    evidence: Evidence
    code: int
    printed: str

    @property
    def reports(self) -> Path:
        return self.home / "reports" / "certification"


@pytest.fixture(scope="session")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Certified:
    folder = once(tmp_path_factory, "certified", _certify)
    code, _, told = (folder / "printed").read_text().partition("\n")
    return Certified(folder / "home", Evidence(folder / "replay"), int(code), told)


def _certify(folder: Path) -> None:
    ended = subprocess.run(
        [
            str(_ROLLBOOK),
            "certify",
            "--last-day",
            str(LAST_DAY),
            "--keep",
            str(folder / "replay"),
        ],
        env={**os.environ, "ROLLBOOK_HOME": str(folder / "home"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    (folder / "printed").write_text(f"{ended.returncode}\n{ended.stdout}{ended.stderr}")

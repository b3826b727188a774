"""Output that cannot be written changes nothing of what a command did, nor its exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_LOST = "rollbook: The output could not be written: No space left on device."


def _run(home: Path, command: str, redirected: str) -> subprocess.CompletedProcess[str]:
    rollbook = Path(sys.executable).with_name("rollbook")
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"'{rollbook}' {command} {redirected}"],
        env={**os.environ, "ROLLBOOK_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("command", ["status", "--help"])
@pytest.mark.parametrize(
    ("redirected", "told"),
    [
        (">/dev/full", [_LOST]),
        (">/dev/full 2>&1", []),
        (">&-", []),
        (">&- 2>&- <&-", []),
        ("| true", []),
    ],
)
def test_lost_output_is_no_failure(
    tmp_path: Path, command: str, redirected: str, told: list[str]
) -> None:
    ended = _run(tmp_path / "home", command, redirected)

    assert ended.returncode == 0
    assert ended.stderr.splitlines() == told


def test_the_exit_code_is_that_of_the_command(tmp_path: Path) -> None:
    assert _run(tmp_path / "home", "rebuild", ">&- 2>/dev/full").returncode == 2

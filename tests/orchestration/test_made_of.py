"""The files of a module are those that Python loads for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.lib.made_of import made_of

_ROOT = Path(__file__).parents[2]
_LOADED = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
for name, module in sys.modules.items():
    if name.split(".")[0] in ("dlt_sources", "expectations", "orchestration"):
        print(module.__file__)
"""


@pytest.mark.parametrize(
    ("module", "needed_later"),
    [
        ("orchestration.report.files", ["orchestration.report.sections"]),
        ("expectations.runner", []),
    ],
)
def test_whatever_is_loaded_with_a_module_is_among_its_files(
    module: str, needed_later: list[str]
) -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", _LOADED, module, *needed_later],
        capture_output=True, text=True, check=True, cwd=_ROOT,
    )  # fmt: skip
    files = {Path(line) for line in loaded.stdout.splitlines()}

    assert len(files) > 5
    assert files <= made_of(module)


def test_no_module_imports_relatively_which_is_not_followed() -> None:
    files = [file for room in ("dlt_sources", "expectations", "orchestration")
             for file in (_ROOT / room).rglob("*.py")]  # fmt: skip

    assert len(files) > 200
    assert [file for file in files if "\nfrom ." in file.read_text()] == []


def test_what_draws_the_reports_pictures_is_a_part_of_it() -> None:
    names = {file.relative_to(_ROOT).as_posix() for file in made_of("orchestration.report.files")}

    assert names >= {
        "orchestration/lib/colours.py",
        "orchestration/lib/drawing.py",
        "orchestration/report/pictures.py",
        "orchestration/report/files.py",
    }
    assert "orchestration/lib/dbt_runner.py" not in names

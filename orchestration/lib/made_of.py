"""Which files of this project a module is made of: its own, and those of all that it imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

#: The packages of this project stand side by side, if installed then among others.
_ROOT = Path(__file__).parents[2]
_PACKAGES = ("dlt_sources", "expectations", "orchestration")


def made_of(module: str) -> frozenset[Path]:
    """The files of a module of this project and of what it imports, however far that goes.

    They are read, not executed: what is imported only once it is needed counts, too.
    """
    files: set[Path] = set()
    names = [module]
    while names:
        for name in accumulate(names.pop().split("."), "{}.{}".format):
            file = _file_of(name)
            if file and file not in files:
                files.add(file)
                names += _imported(file)
    return frozenset(files)


def _file_of(name: str) -> Path | None:
    """The file of a module; None if it is none, or not of this project."""
    package, *_ = steps = name.split(".")
    if package not in _PACKAGES:
        return None
    path = _ROOT.joinpath(*steps)
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return file if file.exists() else None


def _imported(file: Path) -> Iterator[str]:
    """What the file names in its imports; a name of something in a module is no module."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        match node:
            case ast.Import(names=names):
                yield from (each.name for each in names)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                yield from (f"{module}.{each.name}" for each in names)

"""Whether the random days would tell if a guard were taken away: each mutation must be caught.

    python -m tests.student_oracle.mutations              # all of them
    python -m tests.student_oracle.mutations '^cursor'    # those whose name it matches

Each is made in a copy of the project. What guards the reading of the application is played without
building anything, up to `_SEEDS` towns on SQLite and PostgreSQL, or, where no town makes it happen,
by a test of `tests/application`. What guards the models is built in full over one town that was
played before.
"""

from __future__ import annotations

import os
import pickle
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from random import Random
from typing import Any

import pytest

from dlt_sources.errors import RollbookError
from orchestration.lib.settings import PROJECT_ROOT
from tests.application import servers
from tests.dbt.building import built, opened
from tests.history_oracle.tables import actual_tables, differences

from .model_mutants import MODELS
from .mutants import BY_NAME, SOURCE, Mutant
from .playing import Town, expected_tables
from .stories import ROUNDS, Day, Story

_SEEDS, _PLACES = 16, 8
_CAUGHT = 9
#: What no table of the model depends on.
_LEFT_OUT = ("roster_changes", "unresolved_references", "schema_drift")


def played(
    seed: int, folder: Path, urls: Sequence[str], *, places: int = _PLACES, rosters: bool = True
) -> Town:
    """A town without builds, and without anybody looking at its rosters if they do not matter."""
    rng = Random(seed)
    stories = {
        f"d{number:02d}": Story(
            rng.randrange(2**32),
            tuple(Day(rng.randint(8, 24), rng.random() > 0.12) for _ in ROUNDS),
        )
        for number in range(1, places + 1)
    }
    (folder / "home").mkdir(parents=True)
    town = Town.of(stories, folder, urls)
    for number in range(len(ROUNDS)):
        town.play(number, rosters=rosters)
    return town


def _play(postgresql: str) -> None:
    for seed in range(_SEEDS):
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            files = [folder / name for name in ("first.sqlite", "second.sqlite")]
            for file in files:
                file.touch()
            urls = [f"sqlite:///{file}" for file in files]
            urls = [postgresql, urls[0]] if postgresql and seed % 2 == 0 else urls
            try:
                played(seed, folder / "town", urls, rosters=False)
            except (AssertionError, RollbookError) as error:
                told = " ".join(str(error).split())
                print(f"caught by town {seed}: {told[:150]}")
                sys.exit(_CAUGHT)


def _keep(folder: Path) -> None:
    files = [folder / name for name in ("first.sqlite", "second.sqlite")]
    for file in files:
        file.touch()
    town = played(7, folder / "town", [f"sqlite:///{file}" for file in files], places=20)
    (folder / "expected").write_bytes(pickle.dumps(expected_tables(town.past)))


def _build(folder: Path) -> None:
    expected = pickle.loads((folder / "expected").read_bytes())

    class Kept:
        home = folder / "town" / "home"

    (Kept.home / "build.duckdb").unlink(missing_ok=True)
    kept: Any = Kept
    chosen = ("--full-refresh", "--select", "resource_type:model", "--exclude", *_LEFT_OUT)
    failed = [each for each in built(kept, *chosen) if not each.ok and each.status != "skipped"]
    if failed:
        print("caught: it does not build:", failed[0].name, str(failed[0].message)[:100])
        sys.exit(_CAUGHT)
    with opened(Kept.home) as connection:
        connection.execute("use build")
        wrong = differences(expected, actual_tables(connection, list(expected)))
    if wrong:
        print("caught:", "; ".join(each.split(" rows")[0] for each in wrong))
        sys.exit(_CAUGHT)


def _test(*tests: str) -> None:
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        result = pytest.main(["-x", "-q", "-p", "no:cacheprovider", *tests])
    if result == pytest.ExitCode.TESTS_FAILED:
        print("caught by", *tests)
        sys.exit(_CAUGHT)
    sys.exit(result)


def _run(project: Path, *arguments: str) -> int:
    command = [sys.executable, "-m", "tests.student_oracle.mutations", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(project)}
    return subprocess.run(command, cwd=project, env=environment, check=False).returncode


def _try(project: Path, mutant: Mutant, *arguments: str) -> bool:
    """Whether a mutant is caught."""
    file = project / mutant.file
    source = file.read_text()
    assert mutant.guard in source, f"{mutant.name}: {mutant.file} has no such guard any more"
    file.write_text(source.replace(mutant.guard, mutant.instead))
    try:
        print(f"{mutant.name}: ", end="", flush=True)
        result = _run(project, *arguments)
    finally:
        file.write_text(source)
    assert result in (0, _CAUGHT), "neither caught nor not: see above"
    if result == 0:
        print("NOT CAUGHT")
    return result == _CAUGHT


def _all(pattern: str) -> int:
    """Try the mutants whose names match; how many are not caught."""
    with tempfile.TemporaryDirectory() as place, servers.postgres() as server:
        project, kept = Path(place) / "project", Path(place) / "kept"
        hidden = shutil.ignore_patterns(".*", "target", "*.duckdb")
        shutil.copytree(PROJECT_ROOT, project, ignore=hidden)
        kept.mkdir()
        source = [each for each in SOURCE if re.search(pattern, each.name)]
        by_name = [each for each in BY_NAME if re.search(pattern, each.name)]
        models = [each for each in MODELS if re.search(pattern, each.name)]
        if source:
            assert _run(project, "play", server.url) == 0, "the source is wrong as it is"
        missed = [each for each in source if not _try(project, each, "play", server.url)]
        if by_name:
            tests = {each.test for each in by_name}
            assert _run(project, "test", *sorted(tests)) == 0, "the tests fail as they are"
        missed += [each for each in by_name if not _try(project, each, "test", each.test)]
        if models:
            assert _run(project, "keep", str(kept)) == 0
            assert _run(project, "build", str(kept)) == 0, "the models are wrong as they are"
            missed += [each for each in models if not _try(project, each, "build", str(kept))]
        tried = len(source) + len(by_name) + len(models)
        print(f"{tried} mutants, {len(missed)} not caught")
        return len(missed)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["play", url]:
            _play(url)
        case ["test", *tests]:
            _test(*tests)
        case ["keep", place]:
            _keep(Path(place))
        case ["build", place]:
            _build(Path(place))
        case [*parts]:
            sys.exit(min(_all(" ".join(parts)), 1))

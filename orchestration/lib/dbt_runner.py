"""dbt in this process: its manifest, and a build that starts faster than its own command."""

from __future__ import annotations

import fcntl
import gc
import hashlib
import json
import os
import re
import shutil
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from dlt_sources.errors import RollbookError
from orchestration.lib.home import Home
from orchestration.lib.local_time import local_time
from orchestration.lib.memory import give_back
from orchestration.lib.settings import PROJECT_ROOT, dbt_memory, school_year_start
from orchestration.lib.unchanged import unchanged

DBT_PROJECT = PROJECT_ROOT / "dbt_project"
_TARGET = DBT_PROJECT / "target"
_FINGERPRINT_FILE = _TARGET / "fingerprint"

#: DuckDB's memory while dbt builds: enough for a million users, and in proportion for more. A daily
#: build asks for more, as DuckDB keeps in memory what it has just replaced in large tables.
_LEAST_MEMORY_MB = 250
#: To compare accounts with users takes so many times the memory, if there are accounts.
_MEMORY_TO_MATCH = 2.0
_MEMORY_PER_LOG = {"full": 0.95, "daily": 1.1}
_MACHINE_MB = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1_000_000
_OUT_OF_MEMORY = "Out of Memory Error"

#: Rows to a row group of DuckDB's: its default for all, few for what is new. A checkpoint writes
#: row groups again as soon as what stands in them fits into fewer.
_ROW_GROUP = {"full": 122_880, "daily": 16_384}

#: How many of dbt's two threads DuckDB counts among its own. A build of everything keeps both busy;
#: a daily one is a chain of small models, where the one at work has the other core, too.
_CALLERS = {"full": 2, "daily": 1}

#: Unit tests judge the project, not the data: `make test` runs them.
_NO_UNIT_TESTS = ("--exclude-resource-type", "unit_test")
EVERYTHING = ("--full-refresh", *_NO_UNIT_TESTS)
#: A daily build leaves the views alone: they change with the project, not with the data.
TABLES_AND_TESTS = (
    "--select",
    "config.materialized:incremental",
    "config.materialized:table",
    "resource_type:test",
    *_NO_UNIT_TESTS,
)


@dataclass(frozen=True)
class NodeResult:
    """How one model or test of a build ended; `failures` counts a test's failing rows.

    `failing_rows` is the query for them, of a test that failed.
    """

    unique_id: str
    status: str
    seconds: float
    failures: int | None
    message: str | None
    failing_rows: str | None = None

    @property
    def ok(self) -> bool:
        """False when this node stops the build: an error, or a test of error severity failed."""
        return self.status in ("success", "pass", "warn", "no-op")

    @property
    def name(self) -> str:
        """The node's own name, without the kind and the project."""
        return self.unique_id.split(".")[2]

    @property
    def reason(self) -> str:
        """dbt's message without anything quoted: an engine's error may quote a person's data."""
        return re.sub(r"'[^']*'|\"[^\"]*\"", "'...'", " ".join((self.message or "").split()))


class BuildError(RollbookError):
    """dbt ended before it built anything."""


@cache
def project_fingerprint() -> str:
    """A hash of everything that decides what a build makes: another one asks for a full rebuild."""
    digest = hashlib.sha256()
    for package in ("dbt-core", "dbt-duckdb", "duckdb"):
        digest.update(f"{package}=={version(package)}\n".encode())
    # The settings that models read: another value asks for everything again.
    digest.update(f"school_year_start={school_year_start()}\n".encode())
    digest.update(f"local_time={local_time()}\n".encode())
    for file in sorted(_project_files()):
        digest.update(f"{file.relative_to(DBT_PROJECT)}\n".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _project_files() -> Iterator[Path]:
    for folder in ("macros", "models", "seeds", "tests"):
        yield from (file for file in (DBT_PROJECT / folder).rglob("*") if file.is_file())
    yield from DBT_PROJECT.glob("*.yml")


def manifest_path() -> Path:
    """The manifest of the project as it stands, parsed first if the files have changed since."""
    _TARGET.mkdir(exist_ok=True)
    with _parse_lock():
        if not _manifest_is_current():
            _parse()
    return _TARGET / "manifest.json"


@cache
def manifest() -> Mapping[str, Any]:
    """The manifest as dbt writes it."""
    document: Mapping[str, Any] = json.loads(manifest_path().read_bytes())
    return document


def models(*schemas: str) -> Iterator[Mapping[str, Any]]:
    """The models of the manifest; only those of some schemas, if any are named."""
    for node in manifest()["nodes"].values():
        if node["resource_type"] == "model" and (not schemas or node["schema"] in schemas):
            yield node


def _manifest_is_current() -> bool:
    files = (_TARGET / "manifest.json", _TARGET / "partial_parse.msgpack", _FINGERPRINT_FILE)
    return all(file.exists() for file in files) and (
        _FINGERPRINT_FILE.read_text() == project_fingerprint()
    )


@contextmanager
def _parse_lock() -> Iterator[None]:
    """Processes that find no manifest at the same moment must not write it over one another."""
    with (_TARGET / "parse.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _parse() -> None:
    from dbt.cli.main import dbtRunner

    # The manifest is every home's, and keeps a name that dbt takes from the warehouse's path, which
    # it cuts at a `#`: so it is parsed as if for a home of a plain name. Parsing opens no file.
    with _home_named(_TARGET):
        result = dbtRunner().invoke(["parse", *_arguments(_TARGET), "--no-partial-parse"])
    if not result.success:
        raise BuildError(f"dbt cannot parse {DBT_PROJECT}: {result.exception}")
    _FINGERPRINT_FILE.write_text(project_fingerprint())


def document(target: Path) -> Path:
    """Write dbt's page of all models into a folder, everything it needs inside; the page.

    Raises BuildError where dbt cannot parse the project.
    """
    from dbt.cli.main import dbtRunner

    # Without compiling, which would ask a database, it shows the manifest that it finds.
    shutil.copyfile(manifest_path(), target / "manifest.json")
    without_a_database = ("--empty-catalog", "--no-compile")
    with _home_named(target):
        command = ["docs", "generate", "--static", *without_a_database, *_arguments(target)]
        result = dbtRunner().invoke([*command, "--no-partial-parse"])
    page = target / "static_index.html"
    if not result.success or not page.exists():
        raise BuildError(f"dbt cannot describe {DBT_PROJECT}: {result.exception}")
    return page


@contextmanager
def _home_named(folder: Path) -> Iterator[None]:
    """The environment names another home meanwhile."""
    named = os.environ.get("ROLLBOOK_HOME")
    os.environ["ROLLBOOK_HOME"] = str(folder)
    try:
        yield
    finally:
        if named is None:
            del os.environ["ROLLBOOK_HOME"]
        else:
            os.environ["ROLLBOOK_HOME"] = named


def _arguments(target: Path, log: Path | None = None) -> list[str]:
    return [
        "--project-dir", str(DBT_PROJECT),
        "--profiles-dir", str(DBT_PROJECT),
        "--target-path", str(target),
        "--log-path", str(log or target),
        "--log-level-file", "none",
        "--log-level", "none",
        "--quiet",
        "--no-version-check",
    ]  # fmt: skip


def build(
    home: Home, arguments: Sequence[str], warn: Callable[[str], object] = warnings.warn
) -> list[NodeResult]:
    """Run `dbt build` with extra `arguments` on the home's files; the results of all its nodes.

    A build that runs out of DuckDB's memory is done again with twice as much, up to half of the
    machine's, and `warn` is told.

    A build of what is new leaves out what cannot have changed: see `unchanged`.

    Raises BuildError when dbt could not start building.
    """
    if "--full-refresh" not in arguments and (left_out := unchanged(home, manifest())):
        # Without this a test would be left out with any one of the tables that it reads.
        arguments = [*arguments, "--indirect-selection", "empty", "--exclude", *left_out]
    kind = "full" if "--full-refresh" in arguments else "daily"
    os.environ["ROLLBOOK_BUILD_ROW_GROUP"] = str(_ROW_GROUP[kind])
    os.environ["ROLLBOOK_BUILD_THREADS"] = str(_threads())
    os.environ["ROLLBOOK_BUILD_CALLERS"] = str(_CALLERS[kind])
    if chosen := dbt_memory():
        return _build(home, arguments, chosen)
    times = _MEMORY_TO_MATCH if _has_accounts(home) else 1
    megabytes = _memory_for(home.warehouse.stat().st_size, times, kind)
    results = _build(home, arguments, f"{megabytes}MB")
    while _ran_out_of_memory(results) and megabytes < _MACHINE_MB / 2:
        megabytes *= 2
        warn(f"DuckDB ran out of memory; all is built again with {megabytes} MB.")
        results = _build(home, arguments, f"{megabytes}MB")
    return results


def _build(home: Home, arguments: Sequence[str], memory: str) -> list[NodeResult]:
    from dbt.cli.main import dbtRunner

    from orchestration.lib.dbt_shortcuts import shortcuts

    variables = json.dumps({"local_time": local_time()})
    command = ["build", *_arguments(home.dbt), "--no-write-json", "--vars", variables, *arguments]
    os.environ["ROLLBOOK_BUILD_MEMORY"] = memory
    runner = dbtRunner(manifest=_parsed_manifest())
    with _frozen(), _closing_connections(), shortcuts():
        result = runner.invoke(command)
    results: Any = getattr(result.result, "results", None)
    if results is None:
        raise BuildError(f"dbt built nothing: {result.exception}")
    return [_node_result(node) for node in results]


def _threads() -> int:
    """DuckDB's threads while dbt builds: one per core, but no fewer than dbt's own two."""
    with duckdb.connect() as connection:
        [(cores,)] = connection.execute("select current_setting('threads')").fetchall()
    return max(2, int(cores))


def _memory_for(log_bytes: int, times: float, kind: str) -> int:
    """So many times DuckDB's memory for a log of a size, in MB: at most half of the machine's."""
    asked = max(_LEAST_MEMORY_MB, int(log_bytes / 1e6 * _MEMORY_PER_LOG[kind])) * times
    return max(_LEAST_MEMORY_MB, int(min(asked, _MACHINE_MB / 2)))


def _has_accounts(home: Home) -> bool:
    with duckdb.connect(str(home.warehouse), read_only=True) as warehouse:
        try:
            found = warehouse.execute("select 1 from application_raw.accounts limit 1").fetchone()
        except duckdb.CatalogException:  # No application was ever read.
            return False
    return found is not None


def _ran_out_of_memory(results: Sequence[NodeResult]) -> bool:
    return any(_OUT_OF_MEMORY in (result.message or "") for result in results)


def _parsed_manifest() -> Any:
    """dbt's own manifest object, without the full parse a profile in another home would ask for."""
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    partial_parse = manifest_path().with_name("partial_parse.msgpack")
    parsed = Manifest.from_msgpack(partial_parse.read_bytes(), decoder=extended_mashumuro_decoder)
    parsed.build_flat_graph()  # type: ignore[no-untyped-call]
    return parsed


@contextmanager
def _frozen() -> Iterator[None]:
    """Let no collection of garbage look through what is there already, above all the manifest: a
    tenth of a small build's time, and more where much is imported.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextmanager
def _closing_connections() -> Iterator[None]:
    """Let go of the DuckDB files: in-process dbt would keep them open for good.

    What holds them is garbage of this build's.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    try:
        yield
    finally:
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
        gc.collect()
        give_back()


def _node_result(node: Any) -> NodeResult:
    return NodeResult(
        unique_id=node.node.unique_id,
        status=str(node.status),
        seconds=node.execution_time,
        failures=node.failures,
        message=node.message,
        failing_rows=node.node.compiled_code if str(node.status) == "fail" else None,
    )


if __name__ == "__main__":
    # A part of the set-up, so that the first start of Dagster need not parse the project.
    manifest_path()

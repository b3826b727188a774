"""A sync of the change log in three parts, of which only the first and the last open the warehouse.

`begin_sync` takes a number and makes sure that the index of every district is there; the walk reads
Clever; `load_sync` loads what changed, commits it, and only then replaces the indexes. A crash at
any moment leaves either all or nothing of a district's sync.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from dlt_sources.clever.changelog import (
    commit_sync,
    ensure_tables,
    last_syncs,
    next_sync_id,
    open_warehouse,
    retired_districts,
    syncs_ahead,
)
from dlt_sources.clever.clock import refuse_ahead
from dlt_sources.clever.district import OVERTAKEN
from dlt_sources.clever.index import IndexOf, index_file
from dlt_sources.clever.judgement import judged
from dlt_sources.clever.known_roles import with_known_roles
from dlt_sources.clever.ownership import Ownership
from dlt_sources.clever.rebuild import refresh_index
from dlt_sources.clever.results import DistrictWalk, SyncResult, SyncStart, Walked, utc_now
from dlt_sources.clever.settings import CleverSettings, clever_settings
from dlt_sources.clever.spool import gather
from dlt_sources.clever.walk import walk_districts
from dlt_sources.errors import RollbookError

if TYPE_CHECKING:
    from dlt import Pipeline

#: DuckDB takes this much, and some 250 MB more for the process around it.
_DUCKDB_MEMORY = "300MB"

_LOADER_SETTINGS = {
    # Loaded files hold personal data: they go with the load.
    "load.delete_completed_jobs": True,
    # DuckDB uses all cores for one file already; more files at once only take more memory.
    "load.workers": 1,
    "normalize.workers": 1,
    "extract.workers": 1,
}


def clever_pipeline(home: Path) -> Pipeline:
    """The dlt pipeline of a home: into the dataset `clever_raw` of its warehouse.duckdb."""
    import dlt
    from dlt.destinations.impl.duckdb.configuration import DuckDbCredentials

    settings = {"memory_limit": _DUCKDB_MEMORY, "preserve_insertion_order": False}
    credentials = DuckDbCredentials(str(home / "warehouse.duckdb"), global_config=settings)
    return dlt.pipeline(
        "clever",
        pipelines_dir=str(home / "dlt"),
        destination=dlt.destinations.duckdb(credentials),
        dataset_name="clever_raw",
    )


def sync(
    pipeline: Pipeline,
    folder: Path,
    *,
    settings: CleverSettings | None = None,
    run_id: str | None = None,
    observed_at: datetime | None = None,
    only: Sequence[str] = (),
    approved_by: str | None = None,
    ahead_of_clock: bool = False,
    progress: Callable[[str], None] | None = None,
) -> SyncResult:
    """Bring the change log of a pipeline up to date; `folder` keeps indexes and passing files.

    The other arguments are those of `walk_districts`, which also names the errors raised.
    """
    settings = settings or clever_settings()
    refuse_ahead(observed_at, ahead_of_clock)
    start = begin_sync(pipeline, folder, run_id or uuid4().hex)
    walked = walk_districts(
        settings,
        start,
        observed_at=observed_at,
        only=only,
        approved_by=approved_by,
        ahead_of_clock=ahead_of_clock,
        progress=progress,
    )
    return load_sync(pipeline, walked)


def begin_sync(pipeline: Pipeline, folder: Path, run_id: str) -> SyncStart:
    """Take a sync number and make everything ready for the walk.

    What a crashed run left behind goes first: its load packages and its files. Then the tables are
    made where they are missing, and every district's index is rebuilt where it cannot be trusted.
    """
    _drop_pending(pipeline)
    shutil.rmtree(folder / "runs", ignore_errors=True)
    with open_warehouse(pipeline) as client:
        ensure_tables(client)
        last = last_syncs(client)
        for district_id, sync_ in last.items():
            of = IndexOf(district_id, sync_.run_id, sync_.sync_id)
            refresh_index(client, index_file(folder, district_id), of)
        ahead, retired = syncs_ahead(client, utc_now()), retired_districts(client)
        return SyncStart(next_sync_id(client), run_id, folder, last, ahead, retired)


def make_tables(pipeline: Pipeline) -> None:
    """Make the raw tables that are missing: this version may have more than the last one."""
    with open_warehouse(pipeline) as client:
        ensure_tables(client)


def load_sync(pipeline: Pipeline, walked: Walked) -> SyncResult:
    """Load the changes of all complete districts at once, and commit each by its line in `syncs`.

    A district that another run committed since the walk began fails instead; one that lost or
    changed more than its limits allow is held, and nothing of it is loaded. Raises RollbookError if
    the load fails; then nothing of the sync is visible.
    """
    with open_warehouse(pipeline) as client:
        current = _still_current(client, walked, walked.districts)
        districts = tuple(_settled(client, walked, current))
    if any(line.rows for line in districts):
        _load(pipeline, _files(walked, districts))
    with open_warehouse(pipeline) as client:
        districts = _still_current(client, walked, districts)
        commit_sync(client, walked, districts)
    for line in districts:
        if line.index is not None:
            target = index_file(walked.start.folder, line.district_id)
            target.parent.mkdir(parents=True, exist_ok=True)
            line.index.replace(target)
    shutil.rmtree(walked.start.run_folder, ignore_errors=True)
    start = walked.start
    return SyncResult(start.sync_id, start.run_id, walked.observed_at, districts)


def _settled(
    client: Any, walked: Walked, lines: tuple[DistrictWalk, ...]
) -> Iterator[DistrictWalk]:
    """The outcomes without what belongs to other districts, and then judged by their limits.

    In the order of district IDs: of two that show an ID first the smaller has it.
    """
    ownership = Ownership(client, walked.start, lines)
    for line in sorted(lines, key=lambda line: line.district_id):
        own = with_known_roles(client, walked, ownership.without_foreign(line))
        settled = judged(client, walked, _at_a_new_time(walked, own))
        if settled.status == "complete":
            ownership.take(settled)
        yield settled


def _at_a_new_time(walked: Walked, line: DistrictWalk) -> DistrictWalk:
    """The same outcome, but failed with other data at a time that is already committed.

    That would make two versions at once.
    """
    last = walked.start.last.get(line.district_id)
    if not (last and last.observed_at == walked.observed_at and line.rows):
        return line
    return line.without_changes(
        "failed",
        f"{walked.observed_at.isoformat()} (UTC) is already committed with other data; "
        "give a later time. Nothing was taken over.",
    )


def _still_current(
    client: Any, walked: Walked, districts: tuple[DistrictWalk, ...]
) -> tuple[DistrictWalk, ...]:
    """The same outcomes, but failed where the log is no longer what the walk compared with.

    So are those whose files are gone, because another run has begun since.
    """
    now, then = last_syncs(client), walked.start.last

    def current(line: DistrictWalk) -> bool:
        return line.index is None or (
            now.get(line.district_id) == then.get(line.district_id) and line.index.exists()
        )

    return tuple(
        line if current(line) else line.without_changes("failed", OVERTAKEN) for line in districts
    )


def _files(walked: Walked, districts: Sequence[DistrictWalk]) -> dict[str, list[Path]]:
    """The files to load, by the object's name."""
    found: dict[str, list[Path]] = {}
    for line in districts:
        for item in line.objects:
            if item.files:
                found.setdefault(item.name, []).extend(item.files)
    folder = walked.start.run_folder / "gathered"
    return {name: gather(files, folder / f"{name}.parquet") for name, files in found.items()}


def _load(pipeline: Pipeline, files: dict[str, list[Path]]) -> None:
    import dlt
    from dlt.pipeline.exceptions import PipelineStepFailed

    from dlt_sources.clever.source import change_log

    with dlt.config.values(_LOADER_SETTINGS):
        try:
            pipeline.run(change_log(files))
        except PipelineStepFailed as error:
            raise RollbookError(
                f"The changes could not be loaded ({type(error.exception).__name__}); "
                "nothing of this sync is visible. Mend the cause and run again."
            ) from error
    _forget_packages(pipeline)


def _drop_pending(pipeline: Pipeline) -> None:
    """Give up load packages that a crash left behind: their rows could never be committed."""
    pipeline.abort_packages()
    _forget_packages(pipeline)


def _forget_packages(pipeline: Pipeline) -> None:
    """Remove what dlt keeps of its packages: those aborted, and half made ones, hold data."""
    for name in ("load", "normalize"):
        shutil.rmtree(Path(pipeline.working_dir) / name, ignore_errors=True)

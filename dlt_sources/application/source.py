"""dlt's `sql_database` source, told by the mapping what to read; into parquet files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlt_sources.application.mapping import TableMapping
from dlt_sources.application.probe import Wanted, with_overlap

if TYPE_CHECKING:
    from dlt.extract import DltResource
    from sqlalchemy import Engine

_SETTINGS = {
    # One for each table: with fewer than files, dlt waits a second for what is long done.
    "load.workers": 4,
    "normalize.workers": 1,
    "extract.workers": 1,
    # Names are the database's own; the merge asks for them.
    "schema.naming": "direct",
    # A file may be cut anywhere: rows are found again by their id.
    "data_writer.file_max_items": 1_000_000,
    "runtime.dlthub_telemetry": False,
}


def extract(engine: Engine, wanted: Sequence[Wanted], folder: Path) -> Mapping[str, list[Path]]:
    """Read what is wanted into parquet files below `folder`; the files, by the name of our table.

    All of dlt's working files are below `folder`, too: the caller removes them, they hold personal
    data.
    """
    import dlt

    pipeline = dlt.pipeline(
        "application",
        pipelines_dir=str(folder / "dlt"),
        destination=dlt.destinations.filesystem(
            bucket_url=(folder / "read").as_uri(), warn_unsafe_layout_separators=False
        ),
        dataset_name="application",
    )
    with dlt.config.values(_SETTINGS):
        resources = [_resource(engine, each) for each in wanted]
        pipeline.run(resources, loader_file_format="parquet")
    read = folder / "read" / "application"
    return {each.name: sorted((read / each.name).glob("*.parquet")) for each in wanted}


def _resource(engine: Engine, wanted: Wanted) -> DltResource:
    from dlt.sources.sql_database import sql_table

    mapping = wanted.mapping
    columns = mapping.read_columns
    if wanted.ids_only:
        columns = mapping.key_columns
    resource: DltResource = sql_table(
        engine,
        table=mapping.table,
        schema=mapping.schema,
        backend="pyarrow",
        included_columns=columns,
        type_adapter_callback=_double,
        incremental=None if wanted.ids_only else _incremental(wanted),
        query_adapter_callback=_present_only(mapping) if wanted.ids_only else None,
        write_disposition="replace",
    )
    return resource.with_name(wanted.name)


def _double(kind: Any) -> Any:
    """SQLAlchemy 2.1 no longer counts Float among Numeric, by which dlt knows it."""
    from sqlalchemy import Float, Numeric

    return Numeric(asdecimal=False) if isinstance(kind, Float) else kind


def _incremental(wanted: Wanted) -> Any:
    """The rows from `since` to what the glance saw: what comes after it is for the next load.

    The bounds are given, so that dlt keeps no state of its own beside the log.
    """
    import dlt

    if not wanted.mapping.cursor or wanted.glance.last is None:
        return None
    return dlt.sources.incremental(
        wanted.mapping.cursor,
        initial_value=with_overlap(
            wanted.mapping, wanted.glance.first if wanted.since is None else wanted.since
        ),
        end_value=wanted.glance.last,
        range_start="closed",
        range_end="closed",
        on_cursor_value_missing="include",
    )


def _present_only(mapping: TableMapping) -> Any:
    """Leave out the rows that are marked as deleted."""

    def present(query: Any, table: Any) -> Any:
        gone = mapping.deleted_at
        return query.where(table.c[gone].is_(None)) if gone else query

    return present

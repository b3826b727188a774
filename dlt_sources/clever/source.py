"""The dlt sources: Clever's lists as they stand now, and the changes that a walk found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import dlt
from dlt.common import logger
from dlt.common.schema.typing import TColumnSchema
from dlt.common.typing import TSecretStrValue
from dlt.extract import DltResource

from dlt_sources.clever.canonical import HASH_VERSION
from dlt_sources.clever.columns import log_columns
from dlt_sources.clever.compare import NAMELESS, Comparison
from dlt_sources.clever.index import Known
from dlt_sources.clever.lists import Lists
from dlt_sources.clever.objects import CLEVER_OBJECTS, CleverObject
from dlt_sources.clever.results import utc_now
from dlt_sources.clever.settings import CleverSettings, clever_settings
from dlt_sources.clever.spool import Changes, log_schema, record_batch
from dlt_sources.clever.walk import tokens_of
from dlt_sources.errors import ConfigurationError

_TYPES: Mapping[str, TColumnSchema] = {
    "BIGINT": {"data_type": "bigint"},
    "VARCHAR": {"data_type": "text"},
    "TIMESTAMP": {"data_type": "timestamp", "timezone": False, "precision": 6},
}

#: Columns of a change log that mean nothing for a list as it stands.
_LOG_ONLY = frozenset({"sync_id", "change"})

Access = Callable[[], tuple[CleverSettings, Mapping[str, Sequence[str]]]]


@dlt.source(name="clever", section="clever")
def clever(
    api_url: str | None = None,
    oauth_url: str | None = None,
    api_version: str | None = None,
    client_id: str | None = None,
    client_secret: TSecretStrValue | None = None,
    district_tokens: dict[str, str] | None = None,
) -> Iterable[DltResource]:
    """Clever's lists as they stand now: a resource per object, each replacing its table.

    Every record is a row: `district_id`, `id`, `observed_at`, `hash` (the same as long as nothing
    that counts has changed), `hash_version`, `payload` (canonical JSON), `extra` (unknown fields)
    and, for users, `roles`. Settings that are not given are resolved by dlt under `sources.clever`,
    and checked when the first resource is read. A list that cannot be read to its end fails the
    extraction, and nothing is replaced.
    """
    given = {
        "api_url": api_url,
        "oauth_url": oauth_url,
        "api_version": api_version,
        "client_id": client_id,
        "client_secret": client_secret,
        "district_tokens": district_tokens,
    }

    @cache
    def access() -> tuple[CleverSettings, Mapping[str, Sequence[str]]]:
        settings = clever_settings(**given)
        return settings, tokens_of(settings)

    for kind in CLEVER_OBJECTS:
        yield dlt.resource(
            _records(kind, access),
            name=kind.name,
            write_disposition="replace",
            columns=_hints(kind, without=_LOG_ONLY),
        )


def _records(kind: CleverObject, access: Access) -> Callable[[], Iterator[Any]]:
    def records() -> Iterator[Any]:
        if "sync_id" in dlt.current.source_schema().tables.get(kind.name, {}).get("columns", {}):
            raise ConfigurationError(
                "This pipeline keeps Clever's change log, which clever() would replace: "
                "use sync(), or another pipeline and dataset."
            )
        settings, districts = access()
        for district_id, tokens in districts.items():
            with Lists(settings, tokens) as lists:
                yield from _present(kind, district_id, lists)

    return records


def _present(kind: CleverObject, district_id: str, lists: Lists) -> Iterator[Any]:
    """The distinct records of one list of one district as Arrow tables, a page each."""
    import pyarrow as pa

    schema = pa.schema([column for column in log_schema(kind) if column.name not in _LOG_ONLY])
    same = {"district_id": district_id, "observed_at": utc_now(), "hash_version": HASH_VERSION}
    changes: list[Changes] = []
    rejected: Counter[str] = Counter()
    comparison = Comparison(
        kind,
        district_id,
        Known.nothing(),
        changes.append,
        lambda *problem: rejected.update([problem[2].removesuffix(NAMELESS)]),
    )
    for rows in lists.pages(kind):
        comparison.page(rows)
        while changes:
            yield pa.Table.from_batches([record_batch(changes.pop(), schema, same)])
    for problem, count in rejected.items():
        logger.warning(f"{count} {kind.name} of district {district_id} left out: {problem}")


@dlt.source(name="clever", section="clever")
def change_log(files: Mapping[str, Sequence[Path]]) -> Iterable[DltResource]:
    """What complete walks found, as rows to append to the logs: a resource per object with any.

    The parquet files, by the object's name, are loaded without being read on the way.
    """
    for kind in CLEVER_OBJECTS:
        if kind.name in files:
            marked = [dlt.mark.with_file_import(str(f), "parquet") for f in files[kind.name]]
            yield dlt.resource(
                marked, name=kind.name, write_disposition="append", columns=_hints(kind)
            )


def _hints(kind: CleverObject, without: frozenset[str] = frozenset()) -> Any:
    """dlt's description of the columns of an object's table."""
    return {
        name: {**_TYPES[type_], "name": name, "nullable": True}
        for name, type_ in log_columns(kind).items()
        if name not in without
    }

"""A walk's changes on their way to the log: parquet files, written page by page.

pyarrow is imported when there is something to write: an unchanged day does without it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dlt_sources.clever.canonical import HASH_VERSION
from dlt_sources.clever.columns import log_columns
from dlt_sources.clever.objects import CleverObject

#: Files of fewer bytes are joined before they are loaded, in row groups of so many rows.
_SMALL = 4 << 20
_ROWS_AT_ONCE = 20_000

_REPETITIVE = ("sync_id", "district_id", "change", "observed_at", "hash_version", "roles")


@dataclass(frozen=True)
class Changes:
    """Rows for the log, column by column; removals have nothing but IDs."""

    ids: Sequence[str]
    changes: Sequence[str]
    hashes: npt.NDArray[np.uint64] | None = None
    payloads: Sequence[bytes] | None = None
    extras: Sequence[str | None] | None = None
    roles: Sequence[str | None] | None = None


class Spool:
    """Writes the changes of one list of one district; without any there is no file."""

    def __init__(
        self, path: Path, kind: CleverObject, sync_id: int, district_id: str, observed_at: datetime
    ) -> None:
        self._path = path
        self._kind = kind
        self._same = {
            "sync_id": sync_id,
            "district_id": district_id,
            "observed_at": observed_at,
            "hash_version": HASH_VERSION,
        }
        self._writer: Any = None

    def write(self, changes: Changes) -> None:
        """Append rows, as a row group of their own."""
        if self._writer is None:
            self._writer = self._open()
        self._writer.write_batch(record_batch(changes, log_schema(self._kind), self._same))

    def close(self) -> Path | None:
        """Finish the file; its path, or None if nothing was written."""
        if self._writer is None:
            return None
        self._writer.close()
        return self._path

    def _open(self) -> Any:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        return _parquet_writer(self._path, log_schema(self._kind))


def gather(files: Sequence[Path], target: Path) -> list[Path]:
    """The same rows in few files: small ones are joined in `target`, large ones stay as they are.

    dlt loads every file in a transaction of its own, and a sync may have thousands of districts.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    small = [file for file in files if file.stat().st_size < _SMALL]
    if len(small) < 2:
        return list(files)
    target.parent.mkdir(parents=True, exist_ok=True)
    waiting: list[Any] = []
    with _parquet_writer(target, pq.read_schema(small[0])) as writer:
        for file in small:
            waiting.append(pq.ParquetFile(file).read())
            if sum(table.num_rows for table in waiting) >= _ROWS_AT_ONCE:
                writer.write_table(pa.concat_tables(waiting))
                waiting.clear()
        if waiting:
            writer.write_table(pa.concat_tables(waiting))
    return [target, *(file for file in files if file not in set(small))]


def _parquet_writer(path: Path, schema: Any) -> Any:
    import pyarrow.parquet as pq

    return pq.ParquetWriter(
        path,
        schema,
        compression="lz4",
        use_dictionary=list(_REPETITIVE),
        write_statistics=False,
    )


def log_schema(kind: CleverObject) -> Any:
    """The columns of an object's change log, as Arrow has them."""
    import pyarrow as pa

    types = {"BIGINT": pa.int64(), "VARCHAR": pa.string(), "TIMESTAMP": pa.timestamp("us")}
    return pa.schema([(name, types[type_]) for name, type_ in log_columns(kind).items()])


def record_batch(changes: Changes, schema: Any, same: Mapping[str, Any]) -> Any:
    """Changes as an Arrow batch with the columns of `schema`; `same` are equal in every row."""
    import pyarrow as pa

    size = len(changes.ids)
    columns = {
        "id": changes.ids,
        "change": changes.changes,
        "hash": None if changes.hashes is None else changes.hashes.view(np.int64),
        "payload": None if changes.payloads is None else _texts(changes.payloads),
        "extra": changes.extras,
        "roles": changes.roles,
    }
    arrays = []
    for column in schema:
        if column.name in same:
            arrays.append(pa.repeat(pa.scalar(same[column.name], column.type), size))
        elif columns[column.name] is None:
            arrays.append(pa.nulls(size, column.type))
        else:
            arrays.append(pa.array(columns[column.name], column.type))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _texts(payloads: Sequence[bytes]) -> Any:
    """Encoded texts as an Arrow array, five times faster than pyarrow makes one of bytes."""
    import pyarrow as pa

    ends = np.cumsum(np.fromiter(map(len, payloads), np.int32, len(payloads)), dtype=np.int32)
    offsets = np.concatenate([np.zeros(1, np.int32), ends])
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(payloads))]
    return pa.Array.from_buffers(pa.string(), len(payloads), buffers)

"""The raw tables: how they are made, read and committed, through dlt's SQL client.

A district's rows of a sync count only when `syncs` has its line with status `complete`, which is
inserted after dlt has loaded everything: a line in the same load would be no commit, because dlt
loads every table in a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from dlt_sources.clever.canonical import HASH_VERSION
from dlt_sources.clever.columns import COUNTS, SYNC_TABLES, raw_tables
from dlt_sources.clever.objects import CleverObject
from dlt_sources.clever.rejected import read_rejected
from dlt_sources.clever.results import DistrictWalk, LastSync, Walked

_BATCH = 500


def ensure_tables(client: Any) -> None:
    """Create the dataset, its tables and the sequence of sync numbers where they are missing."""
    if not client.has_dataset():
        client.create_dataset()
    for name, columns in raw_tables().items():
        listed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
        client.execute_sql(f"create table if not exists {_table(client, name)} ({listed})")
    client.execute_sql(f"create sequence if not exists {_table(client, 'sync_ids')}")


def next_sync_id(client: Any) -> int:
    """A number that no sync has had and none will have, whatever becomes of this one."""
    return int(client.execute_sql(f"select nextval('{_table(client, 'sync_ids')}')")[0][0])


def last_syncs(client: Any) -> dict[str, LastSync]:
    """Each district's last complete sync."""
    rows = client.execute_sql(
        "select district_id, sync_id, run_id, observed_at from ("
        "  select *, row_number() over (partition by district_id order by sync_id desc) as place"
        f"  from {_table(client, 'syncs')} where status = 'complete'"
        ") as ranked where place = 1"
    )
    return {row[0]: LastSync(int(row[1]), row[2], row[3]) for row in rows}


def present_state(client: Any, kind: CleverObject, district_id: str) -> Iterator[Any]:
    """The newest visible row of every ID of a district, as Arrow tables in no order.

    The payload is there only where the hash is of another version than today's.
    """
    log, syncs = _table(client, kind.name), _table(client, "syncs")
    query = f"""
        with newest as (
            select id, max(sync_id) as sync_id
            from {log}
            where district_id = %s
              and sync_id in (
                  select sync_id from {syncs} where district_id = %s and status = 'complete'
              )
            group by id
        )
        select log.id, change, hash, {"roles" if kind.roles else "null"} as roles,
               case when hash_version <> {HASH_VERSION} then payload end as payload
        from {log} as log
        join newest on newest.id = log.id and newest.sync_id = log.sync_id
        where log.district_id = %s
    """
    with client.execute_query(query, district_id, district_id, district_id) as cursor:
        yield from cursor.iter_arrow(chunk_size=20_000)


def commit_sync(client: Any, walked: Walked, districts: Sequence[DistrictWalk]) -> None:
    """Insert the lines of a sync in one transaction: from then on its changes are visible."""
    complete = [line for line in districts if line.status == "complete"]
    counts = (row for line in complete for row in _count_lines(walked, line))
    rejected = (row for line in complete for row in _rejected_lines(walked, line))
    with client.begin_transaction():
        _insert(client, "sync_counts", counts)
        _insert(client, "rejected_records", rejected)
        _insert(client, "syncs", (_sync_line(walked, line) for line in districts))


def _sync_line(walked: Walked, line: DistrictWalk) -> tuple[Any, ...]:
    return (
        walked.start.sync_id,
        walked.start.run_id,
        line.district_id,
        "full",
        line.status,
        walked.observed_at,
        line.started_at,
        line.finished_at,
        line.seen,
        *(line.total(change) for change in COUNTS),
        line.clever.state,
        line.clever.error,
        line.clever.last_sync,
        line.error,
    )


def _count_lines(walked: Walked, line: DistrictWalk) -> Iterator[tuple[Any, ...]]:
    for item in line.objects:
        counts = (getattr(item, change) for change in COUNTS)
        yield (walked.start.sync_id, line.district_id, item.name, item.seen, *counts)


def _rejected_lines(walked: Walked, line: DistrictWalk) -> Iterator[tuple[Any, ...]]:
    for rejected in read_rejected(walked.start.district_folder(line.district_id)):
        yield (walked.start.sync_id, line.district_id, *rejected)


def _insert(client: Any, table: str, rows: Iterable[Sequence[Any]]) -> None:
    columns = SYNC_TABLES[table]
    marks = f"({', '.join(['%s'] * len(columns))})"
    waiting = iter(rows)
    while batch := list(islice(waiting, _BATCH)):
        client.execute_sql(
            f"insert into {_table(client, table)} ({', '.join(columns)}) "
            f"values {', '.join([marks] * len(batch))}",
            *(value for row in batch for value in row),
        )


def _table(client: Any, name: str) -> str:
    return str(client.make_qualified_table_name(name))

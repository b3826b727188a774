"""The raw tables: how they are made, read and committed, through dlt's SQL client.

A district's rows of a sync count only when `syncs` has its line with status `complete`, which is
inserted after dlt has loaded everything: a line in the same load would be no commit, because dlt
loads every table in a transaction of its own. They count no longer once the sync is taken back by a
row in `retractions`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlt_sources.clever.canonical import HASH_VERSION
from dlt_sources.clever.columns import COUNTS, raw_tables
from dlt_sources.clever.objects import CleverObject
from dlt_sources.clever.rejected import read_rejected
from dlt_sources.clever.results import DistrictWalk, LastSync, Walked
from dlt_sources.errors import RollbookError
from dlt_sources.warehouse import cannot_be_opened

if TYPE_CHECKING:
    from dlt import Pipeline

_BATCH = 500
#: Columns that tables of older versions lack.
_ADDED_LATER = (("syncs", "rejected"), ("sync_counts", "rejected"), ("turnover", "rejected"))


@contextmanager
def open_warehouse(pipeline: Pipeline) -> Iterator[Any]:
    """The destination's SQL client, closed afterwards: other processes need the file.

    Raises RollbookError when the destination cannot be opened, or refuses a statement.
    """
    from dlt.destinations.exceptions import DatabaseException, DestinationConnectionError

    try:
        with pipeline.sql_client() as client:
            yield client
    except DestinationConnectionError as error:
        raise cannot_be_opened(_file_of(pipeline), error.__cause__ or error) from error
    except DatabaseException as error:
        raise RollbookError(
            f"The warehouse refused a statement ({type(error).__name__}); nothing of this sync "
            "is visible. Mend the cause and run again."
        ) from error


def _file_of(pipeline: Pipeline) -> Path:
    credentials: Any = pipeline.destination_client().config.credentials
    return Path(credentials.database)


def ensure_tables(client: Any) -> None:
    """Create the dataset, its tables and the sequence of sync numbers where they are missing.

    Tables of an older version gain the columns they lack.
    """
    if not client.has_dataset():
        client.create_dataset()
    for name, columns in raw_tables().items():
        listed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
        client.execute_sql(f"create table if not exists {raw_table(client, name)} ({listed})")
    for name, column in _ADDED_LATER:
        kind = raw_tables()[name][column]
        client.execute_sql(
            f"alter table {raw_table(client, name)} add column if not exists {column} {kind}"
        )
    client.execute_sql(f"create sequence if not exists {raw_table(client, 'sync_ids')}")


def next_sync_id(client: Any) -> int:
    """A number that no sync has had and none will have, whatever becomes of this one."""
    return int(client.execute_sql(f"select nextval('{raw_table(client, 'sync_ids')}')")[0][0])


def last_syncs(client: Any) -> dict[str, LastSync]:
    """Each district's last complete sync that stands."""
    rows = client.execute_sql(
        "select district_id, sync_id, run_id, observed_at from ("
        "  select *, row_number() over (partition by district_id order by sync_id desc) as place"
        f"  from ({standing_syncs(client)}) as standing"
        ") as ranked where place = 1"
    )
    return {row[0]: LastSync(int(row[1]), row[2], row[3]) for row in rows}


def syncs_ahead(client: Any, now: datetime) -> dict[str, tuple[LastSync, ...]]:
    """Each district's complete syncs that stand and lie ahead of a time (UTC), in their order."""
    rows = client.execute_sql(
        "select district_id, sync_id, run_id, observed_at "
        f"from ({standing_syncs(client)}) as standing where observed_at > %s order by sync_id",
        now,
    )
    found: dict[str, tuple[LastSync, ...]] = {}
    for district_id, sync_id, run_id, observed_at in rows:
        sync = LastSync(int(sync_id), run_id, observed_at)
        found[district_id] = (*found.get(district_id, ()), sync)
    return found


def retired_districts(client: Any) -> frozenset[str]:
    """The districts that left for good."""
    rows = client.execute_sql(
        "select district_id from ("
        "  select *, row_number() over ("
        "    partition by district_id order by retirement_id desc) as place"
        f"  from {raw_table(client, 'retirements')}"
        ") as ranked where place = 1 and action = 'retired'"
    )
    return frozenset(district_id for (district_id,) in rows)


def present_state(client: Any, kind: CleverObject, district_id: str) -> Iterator[Any]:
    """The newest visible row of every ID of a district, as Arrow tables in no order.

    The payload is there only where the hash is of another version than today's. IDs that belong to
    another district are left out: a log of an older version may hold such rows.
    """
    query = f"""
        select id, change, hash, {"roles" if kind.roles else "null"} as roles,
               case when hash_version <> {HASH_VERSION} then payload end as payload
        from ({newest_rows(client, kind.name)}) as newest
        where id not in ({foreign_ids(client, kind.name)})
    """
    with client.execute_query(query, *(district_id,) * 5) as cursor:
        yield from cursor.iter_arrow(chunk_size=20_000)


def newest_rows(client: Any, name: str, among: str | None = None) -> str:
    """A query for the newest visible row of every ID; it takes the district, three times.

    `among`: only of the IDs that this query gives, so that no other row need be read.
    """
    log = raw_table(client, name)
    chosen = f"and id in ({among})" if among else ""
    return f"""
        select log.*
        from {log} as log
        join (
            select id, max(sync_id) as sync_id
            from {log}
            where district_id = %s and {visible_syncs(client)} {chosen}
            group by id
        ) as newest using (id, sync_id)
        where log.district_id = %s
    """


def foreign_ids(client: Any, name: str) -> str:
    """A query for a district's IDs that another one showed first; it takes the district, twice.

    At one time the smaller district ID was first.
    """
    log = raw_table(client, name)
    return f"""
        select id from (
            select id, arg_min(district_id, (sync_id, district_id)) as owner
            from {log} as log
            semi join ({standing_syncs(client)}) as standing using (sync_id, district_id)
            where id in (select id from {log} where district_id = %s)
            group by id
        ) as owners
        where owner <> %s
    """


def standing_syncs(client: Any) -> str:
    """A query for the lines of the syncs that count: complete, and not taken back."""
    return f"{lines_not_taken_back(client)} and status = 'complete'"


def lines_not_taken_back(client: Any) -> str:
    """A query for the lines of all syncs but those in the span of a retraction that holds."""
    retractions = raw_table(client, "retractions")
    return f"""
        select * from {raw_table(client, "syncs")} as syncs
        where not exists (
            select 1 from {retractions} as taken
            where taken.district_id = syncs.district_id
                and syncs.sync_id between taken.since_sync_id and taken.until_sync_id
                and taken.retraction_id not in (
                    select lifts from {retractions} where lifts is not null
                )
        )
    """


def visible_syncs(client: Any) -> str:
    """The condition that a row belongs to a sync that counts of a district, which it takes."""
    return (
        f"sync_id in (select sync_id from ({standing_syncs(client)}) as standing "
        "where district_id = %s)"
    )


def commit_sync(client: Any, walked: Walked, districts: Sequence[DistrictWalk]) -> None:
    """Insert the lines of a sync in one transaction: from then on its changes are visible."""
    complete = [line for line in districts if line.status == "complete"]
    counts = (row for line in complete for row in _count_lines(walked, line))
    rejected = (row for line in complete for row in _rejected_lines(walked, line))
    with client.begin_transaction():
        insert_rows(client, "sync_counts", counts)
        insert_rows(client, "rejected_records", rejected)
        insert_rows(
            client, "schema_drift", (row for line in complete for row in _drift(walked, line))
        )
        insert_rows(
            client, "turnover", (row for line in districts for row in _turnover(walked, line))
        )
        insert_rows(
            client,
            "retirements",
            (
                _return(walked, line)
                for line in complete
                if line.district_id in walked.start.retired
            ),
        )
        insert_rows(client, "syncs", (_sync_line(walked, line) for line in districts))


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
        line.rejected,
    )


def _return(walked: Walked, line: DistrictWalk) -> tuple[Any, ...]:
    """A retired district that Clever lists again is as any other."""
    number, when = walked.start.sync_id, line.finished_at
    return (number, line.district_id, "returned", "Clever lists it again.", "rollbook", when)


def _count_lines(walked: Walked, line: DistrictWalk) -> Iterator[tuple[Any, ...]]:
    for item in line.objects:
        counts = (getattr(item, change) for change in COUNTS)
        rejected = sum(item.rejected.values())
        yield (walked.start.sync_id, line.district_id, item.name, item.seen, *counts, rejected)


def _drift(walked: Walked, line: DistrictWalk) -> Iterator[tuple[Any, ...]]:
    for item in line.objects:
        for (path, kind), records in item.drift.items():
            yield (walked.start.sync_id, line.district_id, item.name, path, kind, records)


def _turnover(walked: Walked, line: DistrictWalk) -> Iterator[tuple[Any, ...]]:
    """What came and went by object type: of a held district, what would have."""
    for verdict in line.verdicts:
        turnover = verdict.turnover
        yield (
            walked.start.sync_id,
            line.district_id,
            verdict.object,
            turnover.present,
            turnover.created,
            turnover.updated,
            turnover.removed,
            verdict.limit_hit,
            verdict.applied_as,
            walked.approved_by if verdict.applied_as == "approved" else None,
            ",".join(verdict.sample_ids) or None,
            turnover.rejected,
        )


def _rejected_lines(walked: Walked, line: DistrictWalk) -> Iterator[tuple[Any, ...]]:
    for rejected in read_rejected(walked.start.district_folder(line.district_id)):
        yield (walked.start.sync_id, line.district_id, *rejected)


def insert_rows(client: Any, table: str, rows: Iterable[Sequence[Any]]) -> None:
    """Append rows, with all columns of a raw table in their order."""
    columns = raw_tables()[table]
    marks = f"({', '.join(['%s'] * len(columns))})"
    waiting = iter(rows)
    while batch := list(islice(waiting, _BATCH)):
        client.execute_sql(
            f"insert into {raw_table(client, table)} ({', '.join(columns)}) "
            f"values {', '.join([marks] * len(batch))}",
            *(value for row in batch for value in row),
        )


def raw_table(client: Any, name: str) -> str:
    """The full name of a raw table in the destination."""
    return str(client.make_qualified_table_name(name))

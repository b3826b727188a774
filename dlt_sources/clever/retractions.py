"""Taking syncs of a district back: a row appended to the log, after which no reader counts them.

What comes after compares with what stands then, as if those syncs had never been. A person takes
back what was taken over by mistake (`retracted`); the pipeline what fails a blocking check
(`refused`). The rows of the syncs stay in the log for a look.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from dlt_sources.clever.changelog import (
    ensure_tables,
    insert_rows,
    lines_not_taken_back,
    next_sync_id,
    raw_table,
    standing_syncs,
)
from dlt_sources.clever.index import index_folder
from dlt_sources.clever.objects import CLEVER_OBJECTS
from dlt_sources.clever.results import utc_now
from dlt_sources.errors import ConfigurationError

Kind = Literal["retracted", "refused"]


@dataclass(frozen=True)
class TakenBack:
    """A sync that a retraction would take back, with what it changed; the time is UTC."""

    sync_id: int
    observed_at: datetime
    created: int
    updated: int
    archived: int
    restored: int


@dataclass(frozen=True)
class Reversal:
    """What a retraction does to one list of Clever's, in numbers of records.

    `forgotten` are those never seen before, `revived` those archived since, `archived_again` those
    that came back since, `changed_back` those that go back to an earlier version.
    """

    object: str
    forgotten: int
    revived: int
    archived_again: int
    changed_back: int


@dataclass(frozen=True)
class Preview:
    """What taking a district's syncs back from one on would do; nothing is done.

    `stands` is when the last sync looked that stays (UTC); None if none does, so that the
    district's roster is empty until its next sync.
    """

    district_id: str
    since_sync_id: int
    until_sync_id: int
    syncs: tuple[TakenBack, ...]
    reversals: tuple[Reversal, ...]
    stands: datetime | None


def preview(client: Any, district_id: str, since_sync_id: int) -> Preview:
    """What a retraction would do. Raises ConfigurationError if there is nothing to take back."""
    ensure_tables(client)
    syncs = tuple(_standing(client, district_id, since_sync_id))
    if not syncs or syncs[0].sync_id != since_sync_id:
        raise ConfigurationError(_nothing_stands(client, district_id, since_sync_id))
    [(until, stands)] = client.execute_sql(
        f"""
        select
            (select max(sync_id) from {raw_table(client, "syncs")} where district_id = %s),
            (
                select max_by(observed_at, sync_id) from ({standing_syncs(client)}) as standing
                where district_id = %s and sync_id < %s
            )
        """,
        district_id,
        district_id,
        since_sync_id,
    )
    reversals = (
        _reversal(client, kind.name, district_id, since_sync_id) for kind in CLEVER_OBJECTS
    )
    return Preview(
        district_id,
        since_sync_id,
        int(until),
        syncs,
        tuple(each for each in reversals if each is not None),
        stands,
    )


def take_back(
    client: Any,
    folder: Path,
    district_id: str,
    since_sync_id: int,
    *,
    kind: Kind,
    reason: str,
    made_by: str,
    run_id: str,
) -> int:
    """Append a retraction of a district's syncs from one on; its number.

    All indexes go: an ID that was this district's may be another's now.
    """
    number = next_sync_id(client)
    [(until,)] = client.execute_sql(
        f"select max(sync_id) from {raw_table(client, 'syncs')} where district_id = %s", district_id
    )
    row = (
        number,
        district_id,
        kind,
        since_sync_id,
        until,
        None,
        reason,
        made_by,
        utc_now(),
        run_id,
    )
    insert_rows(client, "retractions", [row])
    shutil.rmtree(index_folder(folder), ignore_errors=True)
    return number


def lift(client: Any, folder: Path, retraction_id: int, run_id: str) -> None:
    """Append that a retraction of this run, which nobody has seen the effect of, does not hold."""
    number = next_sync_id(client)
    [(district_id,)] = client.execute_sql(
        f"select district_id from {raw_table(client, 'retractions')} where retraction_id = %s",
        retraction_id,
    )
    row = (number, district_id, "lifted", None, None, retraction_id, None, None, utc_now(), run_id)
    insert_rows(client, "retractions", [row])
    shutil.rmtree(index_folder(folder), ignore_errors=True)


def refusable(client: Any, district_id: str) -> list[int]:
    """The numbers of a district's syncs that are not taken back, whatever their status.

    The newest first. A line that is not complete brings no rows, but may itself be what is wrong.
    """
    rows = client.execute_sql(
        f"select distinct sync_id from ({lines_not_taken_back(client)}) as lines "
        "where district_id = %s order by sync_id desc",
        district_id,
    )
    return [int(sync_id) for (sync_id,) in rows]


def districts_standing(client: Any) -> list[str]:
    """The districts of which a sync counts."""
    rows = client.execute_sql(
        f"select distinct district_id from ({standing_syncs(client)}) as standing"
    )
    return [district_id for (district_id,) in rows]


def _standing(client: Any, district_id: str, since_sync_id: int) -> Iterator[TakenBack]:
    for row in client.execute_sql(
        f"""
        select sync_id, observed_at, created, updated, archived, restored
        from ({standing_syncs(client)}) as standing
        where district_id = %s and sync_id >= %s
        order by sync_id
        """,
        district_id,
        since_sync_id,
    ):
        yield TakenBack(*row)


def _nothing_stands(client: Any, district_id: str, since_sync_id: int) -> str:
    [(complete,)] = client.execute_sql(
        f"select count(*) from {raw_table(client, 'syncs')} "
        "where district_id = %s and sync_id = %s and status = 'complete'",
        district_id,
        since_sync_id,
    )
    if complete:
        return (
            f"Sync {since_sync_id} of district {district_id} has been taken back already. If the "
            "roster still shows it, `rollbook rebuild` or the next sync publishes what stands."
        )
    rows = client.execute_sql(
        f"select sync_id, observed_at from ({standing_syncs(client)}) as standing "
        "where district_id = %s order by sync_id desc limit 3",
        district_id,
    )
    if not rows:
        return (
            f"No complete sync of district {district_id} stands in this home; check the ID: "
            "ops.syncs lists all."
        )
    listed = ", ".join(f"{sync_id} ({when.isoformat()})" for sync_id, when in rows)
    return (
        f"Sync {since_sync_id} is no complete sync of district {district_id} that stands; "
        f"the last that do are {listed}."
    )


def _reversal(client: Any, name: str, district_id: str, since: int) -> Reversal | None:
    """What becomes of the records of one list that the syncs changed; None if they changed none."""
    log, standing = raw_table(client, name), standing_syncs(client)
    [(records, *numbers)] = client.execute_sql(
        f"""
        with visible as (
            select log.id, log.sync_id, log.change, log.hash
            from {log} as log
            semi join ({standing}) as standing using (sync_id, district_id)
            where log.district_id = %s
        ),
        steps as (
            select
                max_by(change, sync_id) as change,
                max_by(coalesce(hash, 0), sync_id) as hash,
                max_by(change, sync_id) filter (where sync_id < %s) as change_before,
                max_by(coalesce(hash, 0), sync_id) filter (where sync_id < %s) as hash_before
            from visible
            where id in (select id from visible where sync_id >= %s)
            group by id
        )
        select
            count(*),
            count(*) filter (where change_before is null),
            count(*) filter (where change_before <> 'removed' and change = 'removed'),
            count(*) filter (where change_before = 'removed' and change <> 'removed'),
            count(*) filter (
                where change_before <> 'removed' and change <> 'removed' and hash <> hash_before
            )
        from steps
        """,
        district_id,
        since,
        since,
        since,
    )
    return Reversal(name, *map(int, numbers)) if records else None

"""How the application's data stands, which is of no one district: lines for the index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import duckdb

from orchestration.lib.terminal import moment
from orchestration.report.discretion import Discretion, sentence

#: When it was last read and what of it failed in the newest load; what there is, and is matched.
_STANDING = """
    with newest as (select max(load_id) as load_id from ops.application_loads)
    select
        (select load_id from newest),
        (select max(observed_at) from ops.application_loads where status = 'complete'),
        (
            select list(table_name order by table_name) from ops.application_loads
            where status = 'failed' and load_id = (select load_id from newest)
        ),
        (select count(*) from progress.student_progress where record_status = 'active'),
        (select count(*) from progress.unmatched_progress where record_status = 'active'),
        -- The view of where each stands has them, too; to count them there takes much memory.
        (select count(*) from intermediate.account_records),
        (select count(*) from matching.account_matches where district_id is not null)
"""


@dataclass(frozen=True)
class Application:
    """When its data was last read (UTC; None: never), what failed then, and what there is of it.

    `read` is whether any was ever read; `progress` is all records and the unmatched ones,
    `accounts` all and the matched ones.
    """

    read: bool
    last_read_at: datetime | None
    failed: tuple[str, ...]
    progress: tuple[int, int]
    accounts: tuple[int, int]

    def lines(self, discretion: Discretion) -> Iterator[str]:
        """All of it in sentences."""
        if not self.read:
            yield "There is no application: no progress and no account was ever read."
            return
        since = moment(self.last_read_at)
        yield f"Last read at {since} UTC." if self.last_read_at else "It was never read."
        if self.failed:
            tables = ", ".join(self.failed)
            yield f"It could not read {tables} the last time; `rollbook status` says why."
        words = discretion.words
        (records, unmatched), (accounts, matched) = self.progress, self.accounts
        if records:
            known = f"{words(unmatched)} of them of no known student"
            yield sentence(f"{words(records)} records of progress, {known}.")
        if accounts:
            open_ = "`rollbook matches` lists what is open"
            told = f"{words(accounts)} accounts, {words(accounts - matched)} of them not matched"
            yield sentence(f"{told}; {open_}.")


def read_application(connection: duckdb.DuckDBPyConnection) -> Application:
    """How it stands, from one published file that is open."""
    [row] = connection.execute(_STANDING).fetchall()
    load_id, last_read_at, failed, placed, unmatched, *accounts = row
    return Application(
        read=load_id is not None,
        last_read_at=last_read_at,
        failed=tuple(failed or ()),
        progress=(placed + unmatched, unmatched),
        accounts=(accounts[0], accounts[1]),
    )

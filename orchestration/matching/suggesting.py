"""Suggestions kept in the warehouse: scored once for what is new, shown by views, never deciding.

`matching_raw.scorings` has a line for each time somebody looked, `scored_accounts` and
`scored_users` who was scored then, `suggestions` what came of it. All are append-only, and written
in one transaction: a crash before leaves nothing, and the next run does it all. The current
suggestions of an account are those of its highest `scoring_id` in `scored_accounts`; the model
`match_suggestions` reads them so.

An account is scored when it or its print is new, and again when a user who shares a key with it is.
Of each is kept under which keys it stood. One who is not there any more has a line with the print
''. Suggestions of accounts that are not open any more stay and are not shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field
from datetime import datetime
from shutil import rmtree

import duckdb

from dlt_sources.sql import literal
from orchestration.lib.build_note import BuildNote, read_note
from orchestration.lib.home import Home
from orchestration.lib.unchanged import logs_after
from orchestration.lib.watermark import newest_retraction
from orchestration.matching.choosing import CAME_BACK, choose, find_fresh, read_open_accounts
from orchestration.matching.scoring import parameters_print, score_chosen

#: DuckDB's limit while it scores; what needs more goes to a temporary folder in the home.
_MEMORY = "900MB"


@dataclass(frozen=True)
class Suggested:
    """Counts: accounts that are open, those scored now, their suggestions, and of how many.

    How many are open is not asked (None) where nothing was built since the last time.
    """

    open_accounts: int | None = None
    scored: int = 0
    suggestions: int = 0
    with_a_candidate: int = 0


def suggest(home: Home, observed_at: datetime) -> Suggested:
    """Score what is new among open accounts and users; `observed_at` (UTC) is when that was so.

    Where nothing was built since, or nothing that matters here, it reads some lines; where nothing
    else is new, the open accounts, and the users of whom there is news; it neither scores nor
    imports Splink then. Raises duckdb.Error or Splink's own exceptions; nothing was kept then.
    """
    moment = _Moment(observed_at, read_note(home) or BuildNote())
    look = _look(home, moment.built)
    with attached(home) as connection:
        return _suggest(connection, moment, look)


@dataclass(frozen=True)
class _Moment:
    """When (UTC), and by which build."""

    observed_at: datetime
    built: BuildNote


@dataclass(frozen=True)
class _Look:
    """What is known of the last look; `news` are the logs with news since it.

    They are None where anything may be another: never looked by these parameters, another version
    of the project, or something was taken back.
    """

    built: BuildNote = field(default_factory=BuildNote)
    returned: str = ""
    news: frozenset[str] | None = None

    @property
    def finds_nothing(self) -> bool:
        """Whether there cannot be anything new."""
        return self.news is not None and self.news.isdisjoint(_MATTER)

    def since(self, returned: str) -> int | None:
        """The sync since which users are other ones only if their log says so; None if unknown.

        Schools that come and go change whose they are, and so does who came back as another.
        """
        if self.news is None or "schools" in self.news or self.returned != returned:
            return None
        return self.built.sync_id


def _look(home: Home, built: BuildNote) -> _Look:
    with duckdb.connect(str(home.warehouse), read_only=True) as warehouse:
        last = warehouse.execute(
            "select parameters, built, standing from matching_raw.scorings "
            "order by scoring_id desc limit 1"
        ).fetchone()
        if last is None or last[0] != parameters_print():
            return _Look()
        before = _note_of(last[1])
        if before == built:
            return _Look(before, last[2], frozenset())
        if before.fingerprint != built.fingerprint:
            return _Look()
        if newest_retraction(warehouse) > before.sync_id:
            return _Look()
        return _Look(before, last[2], frozenset(logs_after(warehouse, before)))


def _note_of(built: str) -> BuildNote:
    sync_id, load_id, fingerprint = built.split(" ", 2)
    return BuildNote(int(sync_id), int(load_id), fingerprint)


@contextmanager
def attached(home: Home, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with databases `build`, to read, and `warehouse`; its own one is in memory.

    Only a run needs more than memory, one at a time; what a killed one left behind is removed.
    """
    folder = home.root / "matching"
    mode = " (read_only)" if read_only else ""
    config = {"memory_limit": _MEMORY, "temp_directory": "" if read_only else str(folder)}
    if not read_only:
        rmtree(folder, ignore_errors=True)
    try:
        with duckdb.connect(config=dict(config)) as connection:
            connection.execute(f"attach {literal(home.build)} as build (read_only)")
            connection.execute(f"attach {literal(home.warehouse)} as warehouse{mode}")
            yield connection
    finally:
        if not read_only:
            rmtree(folder, ignore_errors=True)


#: The logs by whose news accounts and users become other ones.
_MATTER = frozenset(
    (
        *("users", "schools", "districts", "accounts", "crm_districts", "crm_schools"),
        *("match_decisions", "decisions"),
    )
)

#: A text that differs when others than before came back under another Clever ID.
_RETURNED = f"select concat_ws(' ', count(*), bit_xor(hash(predecessor_id))) from {CAME_BACK}"


def _suggest(connection: duckdb.DuckDBPyConnection, moment: _Moment, look: _Look) -> Suggested:
    if look.finds_nothing:
        return Suggested()
    opened = read_open_accounts(connection)
    if not opened:
        # What was not looked at is still new when there are accounts.
        return Suggested(0)
    [(returned,)] = connection.execute(_RETURNED).fetchall()
    fresh = find_fresh(connection, look.since(returned))
    if fresh:
        choose(connection)
        score_chosen(connection)
    _keep(connection, returned, moment, bool(fresh))
    return _counted(connection, opened) if fresh else Suggested(opened)


_ENTERED = """
select person_id, flatten(list(keys)) as keys
from entered_{side}s join prepared_{side}s using (unique_id) group by person_id
"""
_KEEP = f"""
insert into warehouse.matching_raw.scored_accounts (scoring_id, account_id, account_print, keys)
select $scoring_id, person_id, print, keys
from (from chosen union all from fresh_accounts where print = '') as known
left join ({_ENTERED.format(side="account")}) as entered using (person_id);
insert into warehouse.matching_raw.scored_users (scoring_id, user_id, user_print, keys)
select $scoring_id, person_id, print, keys
from fresh_users left join ({_ENTERED.format(side="user")}) as entered using (person_id);
insert into warehouse.matching_raw.suggestions (
    scoring_id, account_id, user_id, probability, match_weight, agreed, contradicted, rank,
    account_print, user_print, parameters, scored_at
)
select $scoring_id, account_id, user_id, probability, match_weight, agreed, contradicted, rank,
    account_print, user_print, $parameters, $scored_at
from scored order by account_id, rank;
"""


def _keep(
    connection: duckdb.DuckDBPyConnection, returned: str, moment: _Moment, fresh: bool
) -> None:
    """Write all of it, or nothing."""
    connection.begin()
    scoring_id = _next_id(connection)
    values = {
        "scoring_id": scoring_id,
        "parameters": parameters_print(),
        "scored_at": moment.observed_at,
    }
    for statement in filter(str.strip, _KEEP.split(";") if fresh else ()):
        used = {name: value for name, value in values.items() if f"${name}" in statement}
        connection.execute(statement, used)
    _note(connection, scoring_id, returned, moment)
    connection.commit()


def _next_id(connection: duckdb.DuckDBPyConnection) -> int:
    [(scoring_id,)] = connection.execute(
        "select coalesce(max(scoring_id), 0) + 1 from warehouse.matching_raw.scorings"
    ).fetchall()
    return int(scoring_id)


def _note(
    connection: duckdb.DuckDBPyConnection, scoring_id: int, returned: str, moment: _Moment
) -> None:
    """Say that somebody looked, and what there was."""
    built = " ".join(map(str, astuple(moment.built)))
    connection.execute(
        "insert into warehouse.matching_raw.scorings "
        "(scoring_id, scored_at, parameters, built, standing) values (?, ?, ?, ?, ?)",
        [scoring_id, moment.observed_at, parameters_print(), built, returned],
    )


def _counted(connection: duckdb.DuckDBPyConnection, opened: int) -> Suggested:
    [(scored,)] = connection.execute("select count(*) from chosen_accounts").fetchall()
    [(rows, of)] = connection.execute(
        "select count(*), count(distinct account_id) from scored"
    ).fetchall()
    return Suggested(opened, scored, rows, of)

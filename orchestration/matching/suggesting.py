"""Suggestions kept in the warehouse: scored once for what is new, shown by views, never deciding.

`matching_raw.scorings` has a line for each time somebody looked, `scored_accounts` and
`scored_users` who was scored then, `suggestions` what came of it. All are append-only, and written
in one transaction: a crash before leaves nothing, and the next run does it all. The current
suggestions of an account are those of its highest `scoring_id` in `scored_accounts`; the model
`match_suggestions` reads them so.

An account is scored when it or its print is new, and again when a user who shares a key with it is.
Suggestions of accounts that are not open any more, or of users who are somebody's, stay and are not
shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import datetime
from pathlib import Path
from shutil import rmtree

import duckdb

from orchestration.lib.build_note import BuildNote, read_note
from orchestration.lib.home import Home
from orchestration.matching.scoring import parameters_print, score

#: What dbt provides in the build: accounts without a match, and whose they may be.
ACCOUNTS = "build.intermediate.open_accounts"
USERS = "build.intermediate.open_users"

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

    Where nothing was built since it reads one line; where nothing else is new, both relations once;
    it neither scores nor imports Splink then. Raises duckdb.Error or Splink's own exceptions;
    nothing was kept then.
    """
    built = " ".join(map(str, astuple(read_note(home) or BuildNote())))
    with attached(home) as connection:
        return _suggest(connection, _Moment(observed_at, built))


@dataclass(frozen=True)
class _Moment:
    """When (UTC), and by which build."""

    observed_at: datetime
    built: str


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
            connection.execute(f"attach {_literal(home.build)} as build (read_only)")
            connection.execute(f"attach {_literal(home.warehouse)} as warehouse{mode}")
            yield connection
    finally:
        if not read_only:
            rmtree(folder, ignore_errors=True)


#: How many accounts are open, and a text that differs when the accounts or the users do.
_STANDING = f"""
    select
        accounts.number,
        concat_ws(' ', accounts.number, accounts.print, users.number, users.print)
    from (
        select count(*) as number, bit_xor(hash(account_id, print)) as print from {ACCOUNTS}
    ) as accounts
    cross join (
        select count(*) as number, bit_xor(hash(user_id, role, print)) as print from {USERS}
    ) as users
"""

#: A person's print is that of all of its rows: a user has one for each role. (With another version
#: of DuckDB it may be another one; everybody is scored once more then.)
_PRINT = "cast(bit_xor(hash(role, print)) as varchar)"

#: Who was not scored yet as it is now, by the parameters of now.
_FRESH = f"""
create or replace temp table fresh_{{side}}s as
with people as (
    select {{side}}_id as person_id, {_PRINT} as print from {{relation}} group by {{side}}_id
),
scored as (
    select {{side}}_id as person_id, max_by({{side}}_print, scoring_id) as print
    from warehouse.matching_raw.scored_{{side}}s
    join warehouse.matching_raw.scorings using (scoring_id)
    where parameters = $parameters
    group by {{side}}_id
)
select person_id, print from people
where not exists (
    select 1 from scored
    where scored.person_id = people.person_id and scored.print = people.print
)
"""

#: Rows of the districts in which an open account meets somebody new.
_CONCERNED = f"""
create or replace temp table concerned as
select distinct district_id from {ACCOUNTS}
where district_id in (
    select district_id from {ACCOUNTS} where account_id in (select person_id from fresh_accounts)
    union all
    select district_id from {USERS} where user_id in (select person_id from fresh_users)
)
"""
_OF_CONCERNED = (
    "(select * from {relation} where district_id in (select district_id from concerned))"
)

#: New accounts; and those to which a new or changed user is a candidate now, or was.
_CHOSEN = """
select unique_id from prepared_accounts
where person_id in (select person_id from fresh_accounts)
    or person_id in (
        select account_id from warehouse.matching_raw.suggestions
        where user_id in (select person_id from fresh_users)
    )
    or unique_id in (
        select unique_id from keys_of_accounts
        where key in (
            select keys_of_users.key from keys_of_users
            join prepared_users using (unique_id)
            where person_id in (select person_id from fresh_users)
        )
    )
"""


def _suggest(connection: duckdb.DuckDBPyConnection, moment: _Moment) -> Suggested:
    last = connection.execute(
        "select parameters, built, standing from warehouse.matching_raw.scorings "
        "order by scoring_id desc limit 1"
    ).fetchone()
    if last is not None and last[:2] == (parameters_print(), moment.built):
        return Suggested()
    [(opened, standing)] = connection.execute(_STANDING).fetchall()
    if not opened or (last is not None and last[::2] == (parameters_print(), standing)):
        _note(connection, _next_id(connection), standing, moment)
        return Suggested(opened)
    _find_fresh(connection)
    score(
        connection,
        _OF_CONCERNED.format(relation=ACCOUNTS),
        _OF_CONCERNED.format(relation=USERS),
        _CHOSEN,
    )
    _keep(connection, standing, moment)
    return _counted(connection, opened)


def _find_fresh(connection: duckdb.DuckDBPyConnection) -> None:
    for side, relation in (("account", ACCOUNTS), ("user", USERS)):
        connection.execute(
            _FRESH.format(side=side, relation=relation), {"parameters": parameters_print()}
        )
    connection.execute(_CONCERNED)


_KEEP = f"""
insert into warehouse.matching_raw.scored_accounts (scoring_id, account_id, account_print)
select $scoring_id, account_id, {_PRINT} from {ACCOUNTS}
where account_id in (
    select person_id from fresh_accounts
    union all
    select person_id from prepared_accounts
    where unique_id in (select unique_id from chosen_accounts)
)
group by account_id;
insert into warehouse.matching_raw.scored_users (scoring_id, user_id, user_print)
select $scoring_id, person_id, print from fresh_users;
insert into warehouse.matching_raw.suggestions (
    scoring_id, account_id, user_id, probability, match_weight, agreed, contradicted, rank,
    account_print, user_print, parameters, scored_at
)
select $scoring_id, account_id, user_id, probability, match_weight, agreed, contradicted, rank,
    account_print, user_print, $parameters, $scored_at
from scored order by account_id, rank;
"""


def _keep(connection: duckdb.DuckDBPyConnection, standing: str, moment: _Moment) -> None:
    """Write all of it, or nothing."""
    connection.begin()
    scoring_id = _next_id(connection)
    values = {
        "scoring_id": scoring_id,
        "parameters": parameters_print(),
        "scored_at": moment.observed_at,
    }
    for statement in filter(str.strip, _KEEP.split(";")):
        used = {name: value for name, value in values.items() if f"${name}" in statement}
        connection.execute(statement, used)
    _note(connection, scoring_id, standing, moment)
    connection.commit()


def _next_id(connection: duckdb.DuckDBPyConnection) -> int:
    [(scoring_id,)] = connection.execute(
        "select coalesce(max(scoring_id), 0) + 1 from warehouse.matching_raw.scorings"
    ).fetchall()
    return int(scoring_id)


def _note(
    connection: duckdb.DuckDBPyConnection, scoring_id: int, standing: str, moment: _Moment
) -> None:
    """Say that somebody looked, and what there was."""
    connection.execute(
        "insert into warehouse.matching_raw.scorings "
        "(scoring_id, scored_at, parameters, built, standing) values (?, ?, ?, ?, ?)",
        [scoring_id, moment.observed_at, parameters_print(), moment.built, standing],
    )


def _counted(connection: duckdb.DuckDBPyConnection, opened: int) -> Suggested:
    [(scored,)] = connection.execute("select count(*) from chosen_accounts").fetchall()
    [(rows, of)] = connection.execute(
        "select count(*), count(distinct account_id) from scored"
    ).fetchall()
    return Suggested(opened, scored, rows, of)


def _literal(path: Path) -> str:
    quoted = str(path).replace("'", "''")
    return f"'{quoted}'"

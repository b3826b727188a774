"""Who is scored: what is new, and everybody who stands under a key with it.

A person's keys are kept with its scoring. So a day with a few new accounts prepares these, and of a
million users only those who share a key with one of them.
"""

from __future__ import annotations

import duckdb

from orchestration.matching.blocking import LIMIT, enter, enter_more
from orchestration.matching.preparing import EVERYBODY, Whom, prepare, prepare_more
from orchestration.matching.scoring import parameters_print

#: What dbt provides in the build: accounts without a match, whose they may be, and the users who
#: came back under another Clever ID.
ACCOUNTS = "build.intermediate.open_accounts"
USERS = "build.intermediate.open_users"
CAME_BACK = "build.intermediate.succeeded_users"

#: A person's print is that of all of its rows: a user has one for each role. (With another version
#: of DuckDB it may be another one; everybody is scored once more then.)
_PRINT = "cast(bit_xor(hash(role, print)) as varchar)"

#: Who was not scored yet as it is now, by the parameters of now. Who is gone has the print ''.
_FRESH = f"""
create or replace temp table fresh_{{side}}s as
with people as (
    select {{side}}_id as person_id, {_PRINT} as print from {{relation}} where {{looked_at}}
    group by {{side}}_id
),
scored as (
    select {{side}}_id as person_id, max_by({{side}}_print, scoring_id) as print
    from warehouse.matching_raw.scored_{{side}}s
    join warehouse.matching_raw.scorings using (scoring_id)
    where parameters = $parameters and {{looked_at}}
    group by {{side}}_id
)
select person_id, coalesce(people.print, '') as print
from people full join scored using (person_id)
where coalesce(people.print, '') <> coalesce(scored.print, '')
"""

#: Users of whom the log has news.
_NEWS = "select id as person_id from warehouse.clever_raw.users where sync_id > {sync_id}"

#: So many people are asked for by name: then a view makes their rows only, and not everybody's.
_FEW = 5_000

#: Who else stood under wanted keys at the last scoring.
_LINES = """
create or replace temp table lines as
with hits as (
    select line, key
    from (
        select rowid as line, unnest(keys) as key from warehouse.matching_raw.scored_{side}s
    ) as entered
    where key in (select key from wanted)
),
said as (
    select {side}_id as person_id, scoring_id, key
    from warehouse.matching_raw.scored_{side}s as scored
    join hits on hits.line = scored.rowid
    join warehouse.matching_raw.scorings using (scoring_id)
    where parameters = $parameters
        and {side}_id not in (select person_id from fresh_{side}s)
),
last as (
    select {side}_id as person_id, max(scoring_id) as scoring_id
    from warehouse.matching_raw.scored_{side}s
    where {side}_id in (select person_id from said)
    group by {side}_id
)
select person_id, key from said join last using (person_id, scoring_id)
"""

#: Of them so many for each key as show that it is too common.
_MET = f"select person_id from lines qualify row_number() over (partition by key) <= {LIMIT + 1}"

#: New accounts; and those to which a new or changed user is a candidate now, or was.
_CHOSEN = f"""
create or replace temp table chosen as
select account_id as person_id, {_PRINT} as print
from opened
where account_id in (
    select person_id from fresh_accounts
    union all
    select account_id from warehouse.matching_raw.suggestions
    where user_id in (select person_id from fresh_users)
    union all
    {_MET}
)
group by account_id
"""

_RELATIONS = {"account": "opened", "user": USERS}


def read_open_accounts(connection: duckdb.DuckDBPyConnection) -> int:
    """Make `opened`, the open accounts as they stand; how many rows there are."""
    connection.execute(f"create or replace temp table opened as from {ACCOUNTS}")
    [(opened,)] = connection.execute("select count(*) from opened").fetchall()
    return int(opened)


def find_fresh(connection: duckdb.DuckDBPyConnection, since: int | None) -> int:
    """Make `fresh_accounts` and `fresh_users` beside `opened`; how many people are fresh.

    Of users those of whom there is news since that sync are asked alone, if one is given.
    """
    for side, relation in _RELATIONS.items():
        whom = EVERYBODY
        if side == "user" and since is not None:
            whom = _whom(connection, side, _NEWS.format(sync_id=since))
        connection.execute(
            _FRESH.format(side=side, relation=relation, looked_at=whom.condition),
            {"parameters": parameters_print(), **whom.values},
        )
    [(fresh,)] = connection.execute(
        "select (select count(*) from fresh_accounts) + (select count(*) from fresh_users)"
    ).fetchall()
    return int(fresh)


def choose(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `chosen` and `chosen_accounts`, and prepare and enter all whose keys concern them."""
    for side, relation in _RELATIONS.items():
        whom = _whom(connection, side, f"select person_id from fresh_{side}s")
        prepare(connection, f"{side}s", relation, whom)
        enter(connection, f"{side}s")
    _want(connection, "user")
    _stand(connection, "account")
    connection.execute(_CHOSEN)
    _add(connection, "account", "select person_id from chosen")
    _want(connection, "account")
    for side in _RELATIONS:
        _stand(connection, side)
        _add(connection, side, _MET)
    connection.execute(
        "create or replace temp table chosen_accounts as select unique_id from prepared_accounts "
        "where person_id in (select person_id from chosen)"
    )


def _want(connection: duckdb.DuckDBPyConnection, side: str) -> None:
    connection.execute(
        f"create or replace temp table wanted as select distinct key from keys_of_{side}s"
    )


def _stand(connection: duckdb.DuckDBPyConnection, side: str) -> None:
    connection.execute(_LINES.format(side=side), {"parameters": parameters_print()})


def _add(connection: duckdb.DuckDBPyConnection, side: str, people: str) -> None:
    """Prepare and enter people beside those who are already."""
    connection.execute(
        f"create or replace temp table added as {people} "
        f"except select person_id from prepared_{side}s"
    )
    if connection.execute("select count(*) from added").fetchall() != [(0,)]:
        whom = _whom(connection, side, "select person_id from added")
        after = prepare_more(connection, f"{side}s", _RELATIONS[side], whom)
        enter_more(connection, f"{side}s", after)


def _whom(connection: duckdb.DuckDBPyConnection, side: str, people: str) -> Whom:
    """These people; by their IDs, as values, if they are few."""
    few = connection.execute(
        f"select distinct person_id from ({people}) limit {_FEW + 1}"
    ).fetchall()
    if len(few) > _FEW:
        return Whom(f"{side}_id in (select person_id from ({people}))")
    values = {f"person_{number}": person for number, (person,) in enumerate(few)}
    marks = ", ".join(f"${name}" for name in values)
    return Whom(f"{side}_id in ({marks})" if values else "false", values)

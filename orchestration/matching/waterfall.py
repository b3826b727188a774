"""Why a candidate is probable: Splink's waterfall chart, which works without a network.

A chart adds up, column by column, what speaks for and against an account's candidates. Without
`names` it holds weights alone, and no value of anybody's. Connections are those of
`suggesting.attached(home, read_only=True)`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import duckdb

from orchestration.matching.choosing import ACCOUNTS, USERS
from orchestration.matching.preparing import prepare
from orchestration.matching.scoring import linker, parameters

Spec = dict[str, Any]


def waterfall(connection: duckdb.DuckDBPyConnection, account_id: str, names: bool = False) -> Spec:
    """The chart of one account; raises KeyError when it has no suggestion."""
    return waterfalls(connection, [account_id], names)[account_id]


def waterfalls(
    connection: duckdb.DuckDBPyConnection, account_ids: Sequence[str], names: bool = False
) -> dict[str, Spec]:
    """For each account that is open and has suggestions, a chart as a Vega-Lite specification.

    A slider in it goes from the best candidate to the last. `names` shows what was compared.
    """
    _pair(connection, account_ids)
    if connection.execute("select count(*) from pairs_at_once").fetchall() == [(0,)]:
        return {}
    settings = {**parameters(), "retain_matching_columns": True}
    made = linker(connection, settings)
    scored = made.inference.predict(warning_mode="never")
    by_account: dict[str, list[dict[str, Any]]] = {}
    for account_id, record in _records(connection, scored.physical_name):
        by_account.setdefault(account_id, []).append(record)
    scored.drop_table_from_database_and_remove_from_cache()
    return {
        account_id: made.visualisations.waterfall_chart(
            records, remove_sensitive_data=not names
        ).chart_dict
        for account_id, records in by_account.items()
    }


_SUGGESTED = """
create or replace temp table suggested as
select account_id, user_id, rank
from warehouse.matching_raw.suggestions
join (
    select account_id, max(scoring_id) as scoring_id
    from warehouse.matching_raw.scored_accounts group by account_id
) as last using (account_id, scoring_id)
where list_contains($account_ids, account_id)
"""

_PAIRS = """
create or replace temp table pairs_at_once as
select
    '0' as match_key,
    'accounts-__-' || account.unique_id as join_key_l,
    'users-__-' || candidate.unique_id as join_key_r
from suggested
join prepared_accounts as account on account.person_id = suggested.account_id
join prepared_users as candidate on candidate.person_id = suggested.user_id
    and candidate.district_id = account.district_id
    and (candidate.role = account.role or account.role is null or candidate.role is null)
"""

#: One row of each user: a user has one for each role.
_RECORDS = """
select account.person_id, scores.*
from {scores} as scores
join prepared_accounts as account on account.unique_id = scores.unique_id_l
join prepared_users as candidate on candidate.unique_id = scores.unique_id_r
join suggested on suggested.account_id = account.person_id
    and suggested.user_id = candidate.person_id
qualify row_number() over (
    partition by account.person_id, candidate.person_id order by match_weight desc, candidate.role
) = 1
order by account.person_id, suggested.rank
"""


def _pair(connection: duckdb.DuckDBPyConnection, account_ids: Sequence[str]) -> None:
    connection.execute(_SUGGESTED, {"account_ids": list(account_ids)})
    for side, relation, person in (
        ("accounts", ACCOUNTS, "account_id"),
        ("users", USERS, "user_id"),
    ):
        rows = f"select * from {relation} where {person} in (select {person} from suggested)"
        prepare(connection, side, f"({rows})")
    connection.execute(_PAIRS)


def _records(
    connection: duckdb.DuckDBPyConnection, scores: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Account and Splink's record of each of its pairs, best first."""
    found = connection.execute(_RECORDS.format(scores=scores))
    columns = [column[0] for column in found.description or ()]
    for account_id, *values in found.fetchall():
        yield account_id, dict(zip(columns[1:], values, strict=True))

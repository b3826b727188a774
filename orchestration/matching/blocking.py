"""Which pairs are worth a comparison: those that share a rare enough key within their district.

Each person is entered under keys: every number, the addresses, first and last name together, and
parts of names beside the birthday or a school. A key that more than `LIMIT` accounts or
users of a district have in common (a shared default address, `0`, a name that everybody has) says
nothing about any of them and is passed over. So there are never more pairs than accounts times
keys times `LIMIT`, whatever the data.
"""

from __future__ import annotations

import duckdb

from orchestration.matching.preparing import NUMBERS

#: How many accounts, and how many users, of one district may stand under a key.
LIMIT = 20

#: Keys of a person's row. NULL where something of it is not known.
_KEYS = (
    *(f"'number ' || without_zeros({name})" for name in NUMBERS),
    "'address ' || email",
    "'login ' || username",
    "'login ' || split_part(email, '@', 1)",
    "'birth ' || dob || ' ' || left(last_name, 2)",
)
#: Keys for each element of a list. Names stand in any order: some forms ask for the last one first.
_KEYS_OF_EACH = (
    ("first_forms", "'birth ' || dob || ' ' || left(each, 2)"),
    ("last_parts", "'birth ' || dob || ' ' || left(each, 2)"),
    (
        "first_forms",
        "'names ' || case when each < last_name then each || ' ' || last_name "
        "else last_name || ' ' || each end",
    ),
    ("school_ids", "'at ' || each || ' ' || last_name || ' ' || left(first_name, 2)"),
    ("school_ids", "'at ' || each || ' ' || first_name || ' ' || left(last_name, 2)"),
)

#: Of each row its keys: what a run keeps of a person, so that nobody is read who shares none.
_ENTERED = """
select unique_id, role, list_transform(
    list_filter(list_distinct(list_concat({keys})), key -> key is not null),
    key -> hash(district_id, key)
) as keys
from prepared_{side} where unique_id > {after}
"""

_KEYS_OF = "select unique_id, role, unnest(keys) as key from entered_{side}"

#: Of the keys of the chosen accounts: those that too many people share.
_SHARED = """
create or replace temp table common_keys as
with wanted as (
    select distinct key from keys_of_accounts
    where unique_id in (select unique_id from chosen_accounts)
)
select key from keys_of_users where key in (select key from wanted)
group by key having count(*) > {limit}
union
select key from keys_of_accounts where key in (select key from wanted)
group by key having count(*) > {limit}
"""

_PAIRS = """
create or replace temp table pairs as
select account.unique_id as account_number, candidate.unique_id as user_number
from keys_of_accounts as account
join keys_of_users as candidate
    on candidate.key = account.key
    and (candidate.role = account.role or account.role is null or candidate.role is null)
where account.key not in (select key from common_keys)
    and account.unique_id in (select unique_id from chosen_accounts)
group by all
"""


def enter(connection: duckdb.DuckDBPyConnection, side: str) -> None:
    """Make the tables of keys of `prepared_accounts` or `prepared_users` (`side`).

    `entered_<side>` has a list for each row (`unique_id`, `role`, `keys`), `keys_of_<side>` a row
    for each key.
    """
    connection.execute(f"create or replace temp table entered_{side} as {_entered(side)}")
    connection.execute(
        f"create or replace temp table keys_of_{side} as {_KEYS_OF.format(side=side)}"
    )


def enter_more(connection: duckdb.DuckDBPyConnection, side: str, after: int) -> None:
    """Add the keys of the rows that are numbered after `after`."""
    connection.execute(f"insert into entered_{side} {_entered(side, after)}")
    connection.execute(
        f"insert into keys_of_{side} {_KEYS_OF.format(side=side)} where unique_id > {after}"
    )


def _entered(side: str, after: int = 0) -> str:
    single = f"[{', '.join(_KEYS)}]"
    listed = (
        f"list_transform(coalesce({column}, []), each -> {key})" for column, key in _KEYS_OF_EACH
    )
    return _ENTERED.format(side=side, keys=", ".join((single, *listed)), after=after)


def pair(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `pairs` of `chosen_accounts` (their `unique_id`) and the users they share a key with."""
    connection.execute(_SHARED.format(limit=LIMIT))
    connection.execute(_PAIRS)

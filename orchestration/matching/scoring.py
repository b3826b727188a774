"""How probable it is that an account is a user's: pairs within a district, scored by Splink.

A pure function of two relations: the weights are read from a file in the repository, made once from
labelled data (`tests/matching/train.py`); nothing is learned from the rows that are scored, so a
pair's score depends on the pair alone, and the same rows give the same result in any order.

Relations, texts as they came, any column NULL or of another type:

    accounts(account_id, district_id, role, first_name, middle_name, last_name, suffix, dob, email,
        username, sis_id, student_number, state_id, teacher_number, staff_id, school_ids, grade,
        print)
    users(user_id, preferred_first_name, and the others)
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration.matching.blocking import enter, pair
from orchestration.matching.preparing import prepare

if TYPE_CHECKING:
    from splink import Linker

#: The model: what is compared, and how much each outcome weighs.
PARAMETERS = Path(__file__).parent / "parameters.json"

_SCORED_BY = tuple(PARAMETERS.with_name(f"{name}.py") for name in ("preparing", "blocking"))

#: How many candidates of an account are told, and how improbable one may be.
BEST = 5
_LEAST_PROBABLE = 0.01

#: From what weight on, in bits, a column is told to speak for a pair or against it.
_TELLING = 0.5

#: About how many pairs are scored at once; memory grows with them.
_AT_ONCE = 700_000


@cache
def parameters() -> Mapping[str, Any]:
    """The model's settings, as Splink saves and loads them."""
    settings: Mapping[str, Any] = json.loads(PARAMETERS.read_bytes())
    return settings


@cache
def parameters_print() -> str:
    """A hash of all that decides on a score, or a key: those of another one are not comparable."""
    digest = sha256(duckdb.__version__.encode())
    for file in (PARAMETERS, *sorted(PARAMETERS.parent.glob("*.csv")), *_SCORED_BY):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def score(connection: duckdb.DuckDBPyConnection, accounts: str, users: str) -> None:
    """Make temporary table `scored` of two relations' best pairs, as `score_chosen` does."""
    for side, relation in (("accounts", accounts), ("users", users)):
        prepare(connection, side, relation)
        enter(connection, side)
    connection.execute(
        "create or replace temp table chosen_accounts as select unique_id from prepared_accounts"
    )
    score_chosen(connection)


def score_chosen(connection: duckdb.DuckDBPyConnection) -> None:
    """Make temporary table `scored` of the best pairs of `chosen_accounts` (`unique_id`).

    Its columns: account_id, user_id, probability, match_weight, agreed, contradicted (VARCHAR[],
    sorted), rank (from 1, at most 5), account_print, user_print. Both sides are prepared and
    entered, with everybody who stands under a key of theirs: accounts that are not chosen only
    count where a value is too common to say anything.
    """
    pair(connection)
    connection.execute(_MAKE_SCORED)
    told = _TOLD.format(
        agreed=_columns(parameters(), in_favour=True),
        contradicted=_columns(parameters(), in_favour=False),
        least=_LEAST_PROBABLE,
        most=BEST,
    )
    for _ in predictions(connection, parameters()):
        connection.execute(told)


def predictions(
    connection: duckdb.DuckDBPyConnection,
    settings: Mapping[str, Any],
) -> Iterator[None]:
    """Score `pairs` with Splink, a part at a time: each time view `predicted` has them.

    Its columns are Splink's: unique_id_l and unique_id_r (of the prepared tables),
    match_probability, match_weight, and mw_<column> for the weight of each. Nothing is yielded
    where there are no pairs, and Splink is not imported then.
    """
    connection.execute(_PARTS.format(at_once=_AT_ONCE))
    [(last,)] = connection.execute("select coalesce(max(part), -1) from parts").fetchall()
    for part in range(last + 1):
        connection.execute(_AT_ONCE_PAIRS, {"part": part})
        # Without a threshold: DuckDB would push it down and compare everything twice.
        scored = linker(connection, settings).inference.predict(warning_mode="never")
        connection.execute(f"create or replace temp view predicted as from {scored.physical_name}")
        yield
        connection.execute("drop view predicted")
        scored.drop_table_from_database_and_remove_from_cache()


def _columns(settings: Mapping[str, Any], in_favour: bool) -> str:
    """SQL for the sorted list of the columns that speak for a pair, or against it.

    What is not known on a side weighs nothing; what hardly weighs is in neither list.
    """
    sign = 1 if in_favour else -1
    cases = ", ".join(
        f"case when {sign} * mw_{column} >= {_TELLING} then '{column}' end"
        for column in sorted(each["output_column_name"] for each in settings["comparisons"])
    )
    return f"list_filter([{cases}], each -> each is not null)"


_MAKE_SCORED = """
create or replace temp table scored (
    account_id varchar, user_id varchar, probability double, match_weight double,
    agreed varchar[], contradicted varchar[], rank integer,
    account_print varchar, user_print varchar
)
"""

#: Whole accounts in each part.
_PARTS = """
create or replace temp table parts as
select account_number, cast(sum(count(*)) over (order by account_number) // {at_once} as integer)
    as part
from pairs group by account_number
"""

_AT_ONCE_PAIRS = """
create or replace temp table pairs_at_once as
select
    '0' as match_key,
    'accounts-__-' || account_number as join_key_l,
    'users-__-' || user_number as join_key_r
from pairs join parts using (account_number) where part = $part
"""

_TOLD = """
insert into scored
with candidates as (
    select
        account.person_id as account_id,
        candidate.person_id as user_id,
        -- A user has a row for each role: the one that fits best counts.
        max({{'match_weight': match_weight, 'probability': match_probability,
            'agreed': {agreed}, 'contradicted': {contradicted},
            'account_print': account.print, 'user_print': candidate.print}}) as best
    from predicted as scores
    join prepared_accounts as account on account.unique_id = scores.unique_id_l
    join prepared_users as candidate on candidate.unique_id = scores.unique_id_r
        -- Keys are hashes: two districts' might be one by accident.
        and candidate.district_id = account.district_id
    where match_probability >= {least}
    group by all
)
select account_id, user_id, best.probability, best.match_weight, best.agreed, best.contradicted,
    row_number() over best_first as rank, best.account_print, best.user_print
from candidates
window best_first as (
    partition by account_id order by best.match_weight desc, user_id
)
qualify rank <= {most}
"""


def linker(connection: duckdb.DuckDBPyConnection, settings: Mapping[str, Any]) -> Linker:
    """Splink on the prepared tables, with `pairs` to score; imported only by who scores."""
    from splink import DuckDBAPI, Linker

    logging.getLogger("splink").setLevel(logging.WARNING)
    database = DuckDBAPI(connection)
    made = Linker(
        [database.register(f"prepared_{side}", dataset_display_name=side) for side in _SIDES],
        dict(settings),
        log_level=None,
        validate_settings=False,
    )
    made.table_management.register_blocked_pairs_for_predict(
        database.register("pairs_at_once", table_name="pairs_to_score")
    )
    return made


_SIDES = ("accounts", "users")

"""What is compared of a person: texts without case, accents and marks, numbers, a birthday.

Accounts and users come with the same columns, of any type and as they were written; what cannot be
read is NULL, and NULL neither agrees nor contradicts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

_NICKNAMES = Path(__file__).parent / "nicknames.csv"

#: Numbers that a district or a state gives a person, each within its own column.
NUMBERS = ("sis_id", "student_number", "state_id", "teacher_number", "staff_id")

#: Of longer names, addresses and numbers the beginning is compared: a distance between two texts
#: takes time with the product of their lengths.
_LONGEST = 60

_MACROS = rf"""
create or replace temp macro words(x) as nullif(left(trim(regexp_replace(
    lower(strip_accents(cast(x as varchar))), '[^\p{{L}}\p{{N}}]+', ' ', 'g')), {_LONGEST}), '');
create or replace temp macro joined(x) as replace(words(x), ' ', '');
create or replace temp macro without_blanks(x) as nullif(left(regexp_replace(
    lower(cast(x as varchar)), '[\p{{Z}}\p{{Cc}}\p{{Cf}}]+', '', 'g'), {_LONGEST}), '');
create or replace temp macro without_zeros(x) as coalesce(nullif(ltrim(x, '0'), ''), x);
create or replace temp macro last_word(x) as regexp_extract(x, '(\S+)$', 1);
create or replace temp macro suffix_of(x) as case last_word(x)
    when 'jr' then 'jr' when 'junior' then 'jr' when 'sr' then 'sr' when 'senior' then 'sr'
    when 'ii' then 'ii' when '2nd' then 'ii' when 'iii' then 'iii' when '3rd' then 'iii'
    when 'iv' then 'iv' when '4th' then 'iv' end;
create or replace temp macro without_suffix(x) as
    case when suffix_of(x) is null or x = last_word(x) then x
    else left(x, length(x) - length(last_word(x)) - 1) end;
create or replace temp macro birthday(x) as case
    when try_cast(cast(x as varchar) as date) between date '1900-01-01' and date '2099-12-31'
    then try_cast(cast(x as varchar) as date) end;
create or replace temp macro grade_of(x) as case
    when regexp_matches(lower(x), '^\s*k') then 0
    else try_cast(regexp_extract(x, '^\s*0*([0-9]{{1,2}})', 1) as integer) end;
"""

_PREPARED = """
with people as (
    select *, {preferred} as preferred, words(last_name) as last_words
    from {relation} as given
    where {whom} and district_id is not null and {person} is not null
)
select
    '{side}' as source_dataset,
    {last} + row_number() over () as unique_id,
    cast({person} as varchar) as person_id,
    cast(district_id as varchar) as district_id,
    nullif(cast(role as varchar), '') as role,
    joined(first_name) as first_name,
    list_distinct(list_concat(
        [joined(first_name), joined(preferred)],
        coalesce(formal.names, []), coalesce(also.names, [])
    )) as first_forms,
    joined(middle_name) as middle_name,
    replace(without_suffix(last_words), ' ', '') as last_name,
    list_filter(string_split(without_suffix(last_words), ' '), part -> length(part) > 2)
        as last_parts,
    coalesce(suffix_of(words(suffix)), case when last_words <> last_word(last_words)
        then suffix_of(last_words) end) as suffix,
    birthday(dob) as dob,
    without_blanks(email) as email,
    without_blanks(username) as username,
    {numbers},
    cast(school_ids as varchar[]) as school_ids,
    grade_of(cast(grade as varchar)) as grade,
    cast(print as varchar) as print
from people
left join nicknames as formal on formal.nickname = joined(first_name)
left join nicknames as also on also.nickname = joined(preferred)
"""


@dataclass(frozen=True)
class Whom:
    """A condition on the rows of a relation, and the values of its parameters."""

    condition: str
    values: Mapping[str, str] = field(default_factory=dict)


EVERYBODY = Whom("true")


def prepare(
    connection: duckdb.DuckDBPyConnection, side: str, relation: str, whom: Whom = EVERYBODY
) -> None:
    """Make `prepared_accounts` or `prepared_users` (`side`) of a relation's rows.

    `unique_id` numbers the rows of this table, in no order: a user may have one for each role.
    """
    connection.execute(_MACROS)
    connection.execute(
        "create or replace temp table nicknames as "
        "select nickname, list(name order by name) as names from read_csv(?, all_varchar = true) "
        "group by nickname",
        [str(_NICKNAMES)],
    )
    rows = _prepared(side, relation, whom)
    connection.execute(f"create or replace temp table prepared_{side} as {rows}", whom.values)


def prepare_more(
    connection: duckdb.DuckDBPyConnection, side: str, relation: str, whom: Whom
) -> int:
    """Add the rows of another relation, of other people; the last `unique_id` before them."""
    [(last,)] = connection.execute(
        f"select coalesce(max(unique_id), 0) from prepared_{side}"
    ).fetchall()
    rows = _prepared(side, relation, whom, last)
    connection.execute(f"insert into prepared_{side} {rows}", whom.values)
    return int(last)


def _prepared(side: str, relation: str, whom: Whom, last: int = 0) -> str:
    users = side == "users"
    return _PREPARED.format(
        side=side,
        last=last,
        relation=relation,
        whom=whom.condition,
        person="user_id" if users else "account_id",
        preferred="preferred_first_name" if users else "cast(null as varchar)",
        numbers=",\n    ".join(f"without_blanks({name}) as {name}" for name in NUMBERS),
    )

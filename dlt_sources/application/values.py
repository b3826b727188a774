"""Their texts as our values, in DuckDB's SQL, by rules that let nothing through that may be wrong.

What does not fit is NULL, and counted. A number is finite; a time is a date of the years 1 to 9998
with or without a time of day and a zone; one without a zone is UTC. The year 9999 stands for never:
the models take its end for the end of time, which no value may reach. A blank ID is none.
"""

from __future__ import annotations

#: The version of these rules: when they change, all rows are read anew.
RULES = "2"

#: Stands for a value that is no text in its database, such as bytes that are no UTF-8.
UNREADABLE = "\ufffd"

#: Columns of ours that hold IDs: they are spelt in one way, so that the same ID always meets.
IDS = frozenset(
    {
        *("id", "user_id", "section_id", "group_id", "clever_id", "district_id", "sis_id"),
        *("account_id", "school_id", "student_number", "state_id", "teacher_number"),
        *("nces_id", "mdr_number", "school_number"),
    }
)

_NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
_TIME = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([ Tt][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?"
    r" ?([Zz]|[+-][0-9]{2}(:?[0-9]{2}(:?[0-9]{2})?)?)?)?"
)
#: The times that there are, of which the models' `far_past` and `far_future` are the ends.
_FIRST, _LAST = "0001-01-01", "9998-12-31 23:59:59.999999"
_WHOLE = r"-?(0|[1-9][0-9]*)\.0*"
#: Spaces of every kind, line breaks and what is not seen at all.
_BLANK = r"[\p{Z}\p{Cc}\p{Cf}]*"
_UUID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"

#: Marks of a deletion, in lower case, that say of a row that it is there: no time, `false`, zero,
#: the first moment of 1970, or a time that never comes.
_NEVER = (
    r"|f|false|n|no|[+-]?0+(\.0*)?|infinity|0000-00-00([ t]00:00:00(\.0+)?)?"
    r"|1970-01-01([ t]00:00:00(\.0+)?(z|[+-]00(:?00)?)?)?"
    r"|(9999|[0-9]{5,})-[0-9]{2}-[0-9]{2}([ t].*)?"
)


def converted(text: str, ours: str, kind: str, is_number: bool) -> str:
    """An SQL expression for a column of ours of a type, from one of text.

    `is_number` says that the column is one of numbers in its database.
    """
    if kind == "TIMESTAMP":
        return _time(text)
    if kind == "DOUBLE":
        return _number(text)
    value = f"nullif({text}, '{UNREADABLE}')"
    if is_number:
        return _plain(value)
    return canonical_id(value) if ours in IDS else value


def is_unreadable(text: str, ours: str, kind: str, is_number: bool) -> str:
    """An SQL expression that says whether there is a value of text that does not fit ours.

    The arguments are those of `converted`. A blank ID says nothing, and so nothing that is lost.
    """
    lost = f"({text} is not null and {converted(text, ours, kind, is_number)} is null)"
    return f"({lost} and not {is_blank(text)})" if ours in IDS else lost


def is_blank(text: str) -> str:
    """Whether a text holds nothing that is seen."""
    # What begins with a letter or a digit, as nearly all do, is not looked through.
    begins_odd = f"({text} < '!' or {text} >= chr(127))"
    return f"({begins_odd} and regexp_full_match({text}, '{_BLANK}'))"


def canonical_id(text: str) -> str:
    """An ID in the one way it is spelt here: `42.0` is 42, and a UUID is in small letters.

    `0417` and 417 are two IDs, as they may well be two people. A blank one is none.
    """
    return (
        f"case when {is_blank(text)} then null "
        f"when contains({text}, '.') and regexp_full_match({text}, '{_WHOLE}') "
        f"then {_without_point(text)} "
        f"when {text} = '-0' then '0' "
        f"when length({text}) = 36 and regexp_full_match({text}, '{_UUID}') then lower({text}) "
        f"else {text} end"
    )


def is_gone(mark: str) -> str:
    """Whether a mark of deletion, as text, says that the row is deleted."""
    return f"coalesce(not regexp_full_match(lower(trim({mark})), '{_NEVER}'), false)"


def _number(text: str) -> str:
    trimmed = f"trim({text})"
    number = f"try_cast({trimmed} as double)"
    return (
        f"case when lower({text}) = 'true' then 1 when lower({text}) = 'false' then 0 "
        f"when regexp_full_match({trimmed}, '{_NUMBER}') and isfinite({number}) then {number} end"
    )


def _time(text: str) -> str:
    # DuckDB knows no blank before a zone.
    trimmed = f"replace(replace(trim({text}), ' +', '+'), ' -', '-')"
    time = f"cast(try_cast({trimmed} as timestamptz) as timestamp)"
    return (
        f"case when regexp_full_match(trim({text}), '{_TIME}') and trim({text}) >= '0001' "
        f"and {time} between timestamp '{_FIRST}' and timestamp '{_LAST}' "
        f"then {time} end"
    )


def _plain(text: str) -> str:
    """A number of their database without an exponent, and without a point if it is whole."""
    number = f"try_cast({text} as double)"
    whole = f"try_cast({number} as hugeint)"
    return (
        f"case when regexp_full_match({text}, '{_WHOLE}') then {_without_point(text)} "
        f"when {text} = '-0' then '0' "
        f"when contains(lower({text}), 'e') and cast({whole} as double) = {number} "
        f"then cast({whole} as varchar) else {text} end"
    )


def _without_point(text: str) -> str:
    whole = f"split_part({text}, '.', 1)"
    return f"case when {whole} = '-0' then '0' else {whole} end"

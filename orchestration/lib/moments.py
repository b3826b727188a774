"""What the macros of the published file know of times and days, and whose macros they are.

DuckDB looks up what a macro names in the database in use, not in the macro's own. With two
published files attached, a macro of the one would be answered by the other without a word. So each
table macro names one first that no other file has: in the wrong database it is an error, whose text
is that name.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from dlt_sources.sql import literal
from dlt_sources.time_zones import FIRST_DAY, LAST_DAY, TimeZones
from orchestration.lib.guide import INTERMEDIATE

#: A text names a zone (`Z`, `+05:30`, `Europe/Paris`) if more than digits follows a colon.
_ZONED = "regexp_matches(cast(t as varchar), ':.*[^0-9:. ]')"
#: DuckDB reads no zone after a time without seconds: `T02:00Z` is read as `T02:00:00Z`.
_WITH_SECONDS = (
    r"regexp_replace(cast(t as varchar), '^([^:]*:[0-9]{2})( *[^0-9:. ].*)$', '\1:00\2')"
)
#: A cast to TIMESTAMP drops the offset of a text, and counts instants in the session's time zone.
#: What is no time is NULL here: an error would be asked for with every row.
_INSTANT = (
    f"case when {_ZONED} then make_timestamp(epoch_us(try_cast({_WITH_SECONDS} as timestamptz))) "
    "else try_cast(cast(t as varchar) as timestamp) end"
)
#: A day, also as the timestamp that pandas makes of one; an instant is the day of no district yet.
_DAY = (
    "case when try_cast(left(cast(day as varchar), 10) as date) is not null and "
    "regexp_full_match(cast(day as varchar), '[0-9]{4}-[0-9]{2}-[0-9]{2}( 00:00:00)?') "
    "then cast(left(cast(day as varchar), 10) as date) "
    "else cast(error(coalesce(cast(day as varchar), 'NULL') || ' is no day; write one such as "
    "2026-10-01. An instant is for the macros that end in _as_of.') as date) end"
)


@dataclass(frozen=True)
class Moments:
    """The names of one file's helpers, in SQL; `stamp` is this file's alone."""

    stamp: str

    @property
    def guard(self) -> str:
        """The table function that only this file has."""
        return f'{INTERMEDIATE}."{guard_macro(self.stamp)}"()'

    def instant(self, t: str) -> str:
        """The instant (UTC) that a parameter means."""
        return f"{INTERMEDIATE}.instant_of({t})"

    def unless_time(self, t: str) -> str:
        """False; an error for what is no time. NULL is one that is not known."""
        return (
            f"case when {t} is null or {self.instant(t)} is not null then false "
            f"else cast(error(cast({t} as varchar) || ' is no time; write one in UTC, such as "
            "2026-10-01 15:00, or with a zone, such as 2026-10-01 15:00 America/Chicago (a zone by "
            "its name needs the extension icu of DuckDB).') as boolean) end"
        )

    def day_end(self, district_id: str, day: str) -> str:
        """The moment (UTC) at which a day is over in a district: the first one of the next day."""
        return f"{INTERMEDIATE}.day_end({district_id}, {day})"

    def local_day(self, district_id: str, t: str) -> str:
        """The day it is in a district at a moment (UTC)."""
        return f"{INTERMEDIATE}.local_day({district_id}, {t})"

    def guarded(self, query: str, refusal: str = "false") -> str:
        """The query, of which nothing is answered in the wrong database.

        `refusal` is a condition that is false, or an error. It stands in a branch without rows: a
        join would keep conditions on keys from the tables that they are asked of.
        """
        return (
            f"select answer.* from {self.guard} as file left join ({query}) as answer on false "
            f"where {refusal} union all ({query})"
        )


def guard_macro(stamp: str) -> str:
    """The name of the macro that only the file with this stamp has; DuckDB's error shows it."""
    return f"use the database of this macro first (file {stamp})"


def create_moments(connection: duckdb.DuckDBPyConnection, stamp: str, zones: TimeZones) -> Moments:
    """Make the helpers.

    An instant with a zone is that instant in every session; text and timestamps without one are
    UTC, and a date is its midnight in UTC. Days are those of `zones`; what is no day is an error.
    """
    moments = Moments(stamp)
    helpers = {
        "instant_of(t)": (_INSTANT, "the instant t in UTC"),
        "day_of(day)": (_DAY, "a day, or an error"),
        "day_end(district_id, day)": (
            _by_zone(zones, _DAY_END),
            "the first moment (UTC) after a day in a district",
        ),
        "local_day(district_id, t)": (
            _by_zone(zones, _LOCAL_DAY),
            "the day it is in a district at a time (UTC)",
        ),
    }
    connection.execute(f"create macro {moments.guard} as table select 1 as it_is")
    for name, (body, told) in helpers.items():
        connection.execute(f"create macro {INTERMEDIATE}.{name} as {body}")
        connection.execute(
            f"comment on macro {INTERMEDIATE}.{name.split('(')[0]} is "
            f"'For the macros of this file: {told}.'"
        )
    return moments


_DAY_END = (
    "(select days.ends_at from (select least(greatest("
    f"{INTERMEDIATE}.day_of(day), date '{FIRST_DAY}'), date '{LAST_DAY}') as asked) as given "
    f"join {INTERMEDIATE}.local_days as days on given.asked = days.calendar_day "
    "where days.time_zone = {zone})"
)
_LOCAL_DAY = (
    "(select case when t < days.begins_at then days.calendar_day - 1 "
    "when t >= days.ends_at then days.calendar_day + 1 else days.calendar_day end "
    f"from {INTERMEDIATE}.local_days as days "
    "where days.calendar_day = cast(t as date) and days.time_zone = {zone})"
)


def _by_zone(zones: TimeZones, body: str) -> str:
    """A body for each zone: constants, so that each is looked up once and not for every row."""
    districts: dict[str, list[str]] = {}
    for district_id, zone in zones.districts.items():
        districts.setdefault(zone.key, []).append(literal(district_id))
    own = "".join(
        f"when district_id in ({', '.join(ids)}) then {body.format(zone=literal(zone))} "
        for zone, ids in districts.items()
    )
    general = body.format(zone=literal(zones.default.key))
    return f"case {own}else {general} end" if own else general

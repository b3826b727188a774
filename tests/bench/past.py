"""A past for a home: years of daily syncs, written straight into its log and Dagster's storage.

The home has had one real sync. Its past comes after that: each day a few records turn into
something else or go, and the next day they are again as they were; so the log ends with the
district as the first sync saw it, and the next real one finds nothing new.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta

import duckdb

from dlt_sources.clever.columns import log_columns
from dlt_sources.clever.objects import CLEVER_OBJECTS
from orchestration.lib.home import Home

#: When the home's real first sync was.
FIRST_SYNC = datetime(2016, 8, 17, 2)
#: Of so many users a day three change and one goes; of so many sections one lists a student less.
#: As many come back from the day before: ten records a day.
_TURNS = {"users": 4, "sections": 1}
_TURNED = {
    "users": "json_merge_patch(payload, json_object('email', 'on.day.' || day || '@example.org'))",
    "sections": "json_merge_patch(payload, "
    "json_object('students', cast(payload -> 'students' as json[])[2:]))",
}

_LOG = """
    with present as (
        select *, row_number() over (order by id) - 1 as place
        from clever_raw.{name} where sync_id = 1
    ),
    turns as (
        select present.*, day, seat,
            case when seat = 3 then 'removed' else 'updated' end as away,
            case when seat = 3 then 'restored' else 'updated' end as back
        from range(1, {days}) as days(day), range({turns}) as seats(seat), present
        where present.place = (day * {turns} + seat) % (select count(*) from present)
    )
    insert into clever_raw.{name} by name
    select {columns} from (
        select * replace (
            day + 1 as sync_id, observed_at + to_days(cast(day as integer)) as observed_at,
            away as change, {roles}
            case when away = 'updated' then day * 10 + seat end as hash,
            case when away = 'updated' then {turned} end as payload
        ) from turns
        union all
        select * replace (
            day + 2 as sync_id, observed_at + to_days(cast(day + 1 as integer)) as observed_at,
            back as change
        ) from turns
    ) as past
    order by sync_id, id
"""
_COUNTS = """
    insert into clever_raw.sync_counts by name
    with changes as (
        select sync_id, object,
            count(*) filter (where change = 'updated') as updated,
            count(*) filter (where change = 'removed') as archived,
            count(*) filter (where change = 'restored') as restored
        from ({logs}) as log group by all
    )
    select
        day + 1 as sync_id, first.district_id, first.object,
        first.seen - coalesce(changes.archived, 0) as seen,
        0 as created,
        coalesce(changes.updated, 0) as updated,
        coalesce(changes.archived, 0) as archived,
        coalesce(changes.restored, 0) as restored,
        first.seen - coalesce(changes.archived + changes.updated + changes.restored, 0) as unchanged
    from range(1, {days} + 1) as days(day)
    cross join (select * from clever_raw.sync_counts where sync_id = 1) as first
    left join changes on changes.sync_id = day + 1 and changes.object = first.object
    order by sync_id
"""
_LINES = """
    insert into clever_raw.syncs by name
    select first.* replace (
        counts.sync_id as sync_id,
        'past-' || counts.sync_id as run_id,
        observed_at + to_days(cast(counts.sync_id - 1 as integer)) as observed_at,
        observed_at + to_days(cast(counts.sync_id - 1 as integer)) as started_at,
        observed_at + to_days(cast(counts.sync_id - 1 as integer)) as finished_at,
        counts.seen as records_seen,
        0 as created, counts.updated as updated, counts.archived as archived,
        counts.restored as restored, counts.unchanged as unchanged
    )
    from (select * from clever_raw.syncs where sync_id = 1) as first
    cross join (
        select sync_id, sum(seen) as seen, sum(updated) as updated, sum(archived) as archived,
            sum(restored) as restored, sum(unchanged) as unchanged
        from clever_raw.sync_counts where sync_id > 1 group by sync_id
    ) as counts
    order by sync_id
"""


def write_past(home: Home, days: int) -> None:
    """Give a home that has had one sync so many more, a day apart."""
    write_log(home, days)
    write_runs(home, days)


def after(days: int) -> datetime:
    """When the home is synced so many days after its first sync."""
    return FIRST_SYNC + timedelta(days=days)


def write_log(home: Home, days: int) -> None:
    """The log of as many more syncs, each with its line, and the next sync's number after them."""
    logs = " union all ".join(
        f"select '{kind.name}' as object, sync_id, change from clever_raw.{kind.name}"
        for kind in CLEVER_OBJECTS
    )
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.begin()
        for kind in CLEVER_OBJECTS:
            if kind.name in _TURNS:
                connection.execute(
                    _LOG.format(
                        name=kind.name,
                        days=days,
                        turns=_TURNS[kind.name],
                        turned=_TURNED[kind.name],
                        columns=", ".join(log_columns(kind)),
                        roles="case when away = 'updated' then roles end as roles,"
                        if kind.roles
                        else "",
                    )
                )
        connection.execute(_COUNTS.format(logs=logs, days=days))
        connection.execute(_LINES)
        connection.execute(f"create or replace sequence clever_raw.sync_ids start with {days + 2}")
        connection.commit()


# --- Dagster's storage --------------------------------------------------------------------------

#: The tables that grow with every run, and what differs in a copy of a run's rows.
_RUNS = {"runs": ("run_id", "run_body"), "run_tags": ("run_id",)}
_EVENTS = {
    "event_logs": ("run_id", "event"),
    "asset_event_tags": (),
    "asset_check_executions": ("run_id", "evaluation_event"),
}
_EVENT_NUMBERS = ("event_id", "evaluation_event_storage_id", "materialization_event_storage_id")


def write_runs(home: Home, days: int) -> None:
    """As many more of Dagster's runs, each as the home's newest was."""
    history = home.dagster / "history"
    with sqlite3.connect(history / "runs.db") as connection:
        [run_id] = connection.execute("select run_id from runs order by id desc").fetchone()
        _copy_rows(connection, _RUNS, run_id, days)
    with sqlite3.connect(history / "runs" / "index.db") as connection:
        _copy_rows(connection, _EVENTS, run_id, days)
    for day in range(1, days + 1):
        # Nobody writes into the file of a run that is over: one on the disk does for all.
        os.link(history / "runs" / f"{run_id}.db", history / "runs" / f"{_past_run(day)}.db")


def _past_run(day: int) -> str:
    return f"00000000-0000-4000-8000-{day:012}"


def _copy_rows(
    connection: sqlite3.Connection, tables: Mapping[str, tuple[str, ...]], run_id: str, days: int
) -> None:
    connection.execute("pragma synchronous = off")
    connection.execute("create temp table past (day integer, run_id text)")
    past = ((day, _past_run(day)) for day in range(1, days + 1))
    connection.executemany("insert into past values (?, ?)", past)
    steps = {
        name: connection.execute(f"select coalesce(max(id), 0) from {name}").fetchone()[0]
        if _has_id(connection, name)
        else 0
        for name in tables
    }
    for name, with_run_id in tables.items():
        copied = {
            column: _in_copy(column, with_run_id, steps[name], steps.get("event_logs", 0))
            for column in _columns(connection, name)
        }
        connection.execute(
            f"insert into {name} ({', '.join(copied)}) select {', '.join(copied.values())} "
            f"from {name} as one cross join past where {_of_run(name)} order by past.day",
            {"run_id": run_id},
        )


def _in_copy(column: str, with_run_id: tuple[str, ...], step: int, event_step: int) -> str:
    if column == "id":
        return f"one.id + past.day * {step}"
    if column in _EVENT_NUMBERS:
        return f"one.{column} + past.day * {event_step}"
    if column in with_run_id:
        return f"replace(one.{column}, :run_id, past.run_id)"
    return f"one.{column}"


def _of_run(name: str) -> str:
    if name == "asset_event_tags":
        return "one.event_id in (select id from event_logs where run_id = :run_id)"
    return "one.run_id = :run_id"


def _columns(connection: sqlite3.Connection, name: str) -> list[str]:
    return [row[1] for row in connection.execute(f"pragma table_info({name})")]


def _has_id(connection: sqlite3.Connection, name: str) -> bool:
    return "id" in _columns(connection, name)

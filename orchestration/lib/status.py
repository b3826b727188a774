"""What `rollbook status` shows of the districts, and what to know before trusting their numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from dlt_sources.errors import clause
from orchestration.lib.standing import DistrictStatus, HeldChange
from orchestration.lib.terminal import (
    Column,
    fitting_table,
    moment,
    named,
    plain,
    rejected_line,
    styled,
)
from orchestration.lib.warned import Warned


def status_report(districts: Sequence[DistrictStatus], width: int) -> Iterator[RenderableType]:
    """The districts as a table of a width, then for each that needs it why, and what is held."""
    yield _table(districts, width)
    for district in districts:
        counts = district.records_seen, district.rejected, district.without_id
        if told := rejected_line(_name(district, width), *counts, district.status):
            yield Text(told)
    for district in districts:
        if district.needs_attention:
            yield ""
            yield Text(f"{_name(district, width)} is ").append_text(styled(_told_status(district)))
            yield Text(_reason(district))
            if district.held:
                yield _held_table(district.held, width)
                yield from (_samples(each) for each in district.held if each.sample_ids)


def warnings_report(
    districts: Sequence[DistrictStatus], unplaced: Sequence[Warned], width: int
) -> Iterator[RenderableType]:
    """A line for each district of which something must be known first; retired ones say so above.

    `unplaced` are the warnings of no known district.
    """
    told = [
        (f" of {_name(each, width)}", each.warnings) for each in districts if not each.retired_at
    ]
    for whose, warnings in [*told, ("", unplaced)]:
        if warnings:
            known = "; ".join(plain(warned) for warned in warnings)
            yield Text(f"Before trusting a number{whose}: {known}")


def _name(district: DistrictStatus, width: int) -> str:
    return named(district.district, district.district_id, width)


def _told_status(district: DistrictStatus) -> str:
    return district.shown_status if district.status != "complete" else "stale"


def _reason(district: DistrictStatus) -> str:
    since = f"Since {moment(district.since)} (UTC), district {plain(district.district_id)}."
    if district.status == "retracted":
        why = plain(district.error or "")
        return (
            f"A person took its syncs back: {clause(why)}. It returns with its next sync. {since}"
        )
    if district.status != "complete":
        return f"{plain(district.error or '')} {since}".strip()
    return f"Its last complete sync was {_age(district)}. {since}"


def _age(district: DistrictStatus) -> str:
    hours = district.hours_since_complete
    if hours is None:
        return "never"
    when = f"{hours:,.1f} hours ago" if hours >= 0 else f"{-hours:,.1f} hours ahead of the clock"
    return f"at {moment(district.last_complete_at)} (UTC), {when}"


def _hours(district: DistrictStatus) -> str:
    hours = district.hours_since_complete
    if hours is None:
        return ""
    return f"{hours:,.1f}" if hours > -0.1 else f"{-hours:,.1f} ahead"


def _table(districts: Sequence[DistrictStatus], width: int) -> Table:
    counted = list(districts[0].counts)
    ranks = {"students": 2, "teachers": 4, "sections": 4, "enrollments": 3}
    columns = [
        Column("status", [styled(each.shown_status) for each in districts]),
        Column("hours ago", [_hours(each) for each in districts], right=True),
        Column("last complete (UTC)", [moment(each.last_complete_at) for each in districts], 1),
        Column("since (UTC)", [moment(each.since) for each in districts], 6),
        *(
            Column(
                name,
                [f"{each.counts[name]:,}" for each in districts],
                ranks.get(name, 5),
                right=True,
            )
            for name in counted
        ),
        Column("at Clever", [each.clever_state or "" for each in districts], 5),
        Column("district_id", [each.district_id for each in districts], 7),
    ]
    names = Column("district", [_name(each, width) for each in districts])
    return fitting_table(names, columns, width)


def _samples(change: HeldChange) -> Text:
    ids = ", ".join(map(plain, change.sample_ids or ()))
    return Text(f"{plain(change.object)} such as {ids}")


def _held_table(changes: Sequence[HeldChange], width: int) -> Table:
    """What would change, by object type."""
    numbers = ("present", "created", "updated", "removed")
    columns = [
        *(
            Column(name, [f"{getattr(change, name):,}" for change in changes], right=True)
            for name in numbers
        ),
        Column("limit", [change.limit_hit or "" for change in changes], 1),
    ]
    return fitting_table(
        Column("would change", [change.object for change in changes]), columns, width
    )

"""The walk of one district: consistent, complete, or without any effect."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from threading import Event
from typing import Any, Protocol

import msgspec

from dlt_sources.clever.client import Page, RefusedError, Row, UnavailableError
from dlt_sources.clever.clock import SyncClock
from dlt_sources.clever.compare import Comparison
from dlt_sources.clever.index import (
    BadIndexError,
    IndexOf,
    Known,
    index_file,
    read_index,
    write_index,
)
from dlt_sources.clever.lists import Lists
from dlt_sources.clever.objects import CLEVER_OBJECTS, CleverObject
from dlt_sources.clever.parked import Parking
from dlt_sources.clever.rejected import Rejections
from dlt_sources.clever.results import (
    CleverState,
    DistrictWalk,
    ObjectWalk,
    Status,
    SyncStart,
    naive_utc,
    utc_now,
)
from dlt_sources.clever.settings import CleverSettings
from dlt_sources.clever.spool import Spool
from dlt_sources.errors import clause

#: The error of a district that this walk may not be compared with any more.
OVERTAKEN = "Another run committed this district meanwhile; nothing was taken over, run again."

_DISTRICTS, *_LISTS = CLEVER_OBJECTS


class Report(Protocol):
    """Takes lines of progress; `often` marks those that may be left out."""

    def __call__(self, line: str, often: bool = False) -> None:
        """Pass a line on."""


class _District(msgspec.Struct):
    """What the walk itself wants to know of a district's record."""

    id: Any = None
    last_sync: Any = None
    state: Any = None
    error: Any = None


class DistrictWalker:
    """Walks one district; made, used and thrown away in one thread."""

    def __init__(
        self,
        settings: CleverSettings,
        start: SyncStart,
        clock: SyncClock,
        district_id: str,
        tokens: Sequence[str] | None,
        stop: Event,
        report: Report,
    ) -> None:
        self._settings = settings
        self._start = start
        self._clock = clock
        self._observed_at = clock.moment
        self._district_id = district_id
        self._tokens = tokens
        self._stop = stop
        self._report = report
        self._folder = start.district_folder(district_id)
        self._last = start.last.get(district_id)
        self._started_at = utc_now()
        self._clever = CleverState()
        self._seen = 0

    def walk(self) -> DistrictWalk:
        """The outcome, whatever it is; anything but a complete walk leaves no changes behind."""
        outcome = self._outcome()
        if outcome.status != "complete":
            shutil.rmtree(self._folder, ignore_errors=True)
        self._report(f"{self._district_id}: {outcome.status}, {outcome.seen:,} records")
        return outcome

    def _outcome(self) -> DistrictWalk:
        if self._tokens is None:
            return self._ended(
                "suspended", "Clever lists no token for this district; nothing was archived."
            )
        try:
            with Lists(self._settings, self._tokens, self._stop, self._clock) as lists:
                return self._consistently(lists)
        except RefusedError as error:
            return self._ended(
                "suspended", f"Clever refuses this district: {clause(error)}; nothing was archived."
            )
        except UnavailableError as error:
            return self._ended(
                "failed", f"{clause(error)}; nothing of this district was taken over."
            )
        except BadIndexError:
            return self._ended("failed", OVERTAKEN)

    def _consistently(self, lists: Lists) -> DistrictWalk:
        """Walk until Clever's data stood still in between, at most twice."""
        before = self._district(lists.first_page(_DISTRICTS))
        ahead = self._start.ahead.get(self._district_id, ())
        if problem := self._clock.problem(self._district_id, ahead):
            return self._ended("failed", problem)
        for _ in range(2):
            self._seen = 0
            outcome, after = self._walk_once(lists)
            if after.last_sync == before.last_sync:
                return outcome
            before = after
        return self._ended(
            "inconsistent",
            "Clever synced this district while it was read, twice; nothing was taken over.",
        )

    def _walk_once(self, lists: Lists) -> tuple[DistrictWalk, _District]:
        shutil.rmtree(self._folder, ignore_errors=True)
        known = self._known()
        rejections = Rejections(self._folder)
        found: dict[str, ObjectWalk] = {}
        states: dict[str, Known] = {}

        def compare(kind: CleverObject, pages: Iterator[list[Row]]) -> None:
            found[kind.name], states[kind.name] = self._compare(
                kind, known.pop(kind.name), pages, rejections
            )

        for kind in _LISTS:
            compare(kind, lists.pages(kind))
        page = lists.first_page(_DISTRICTS)
        district = self._district(page)
        compare(_DISTRICTS, iter([page.data]))
        rejections.close()
        index = self._folder / "index"
        write_index(index, self._index_of(self._start.run_id, self._start.sync_id), states)
        objects = tuple(found[kind.name] for kind in CLEVER_OBJECTS)
        outcome = replace(
            self._ended("complete"), objects=objects, index=index, rejected=rejections.count
        )
        return outcome, district

    def _compare(
        self,
        kind: CleverObject,
        known: Known,
        pages: Iterator[list[Row]],
        rejections: Rejections,
    ) -> tuple[ObjectWalk, Known]:
        spool = Spool(
            self._folder / f"{kind.name}.parquet",
            kind,
            self._start.sync_id,
            self._district_id,
            self._observed_at,
        )
        parking = Parking(self._folder / f"{kind.name}-parked.jsonl")
        comparison = Comparison(
            kind, self._district_id, known, spool.write, rejections.add, parking.add
        )
        seen_before = self._seen
        for rows in pages:
            comparison.page(rows)
            self._seen = seen_before + comparison.seen
            self._report(f"{self._district_id}: {kind.name} {comparison.seen:,}", often=True)
        comparison.finish()
        found = replace(comparison.result(), file=spool.close(), parked=parking.close())
        return found, comparison.new_state()

    def _known(self) -> dict[str, Known]:
        if self._last is None:
            return {kind.name: Known.nothing() for kind in CLEVER_OBJECTS}
        of = self._index_of(self._last.run_id, self._last.sync_id)
        return read_index(index_file(self._start.folder, self._district_id), of)

    def _index_of(self, run_id: str, sync_id: int) -> IndexOf:
        return IndexOf(self._district_id, run_id, sync_id)

    def _district(self, page: Page) -> _District:
        """The district's record; raises RefusedError or UnavailableError if it is not there."""
        if not page.data:
            raise RefusedError("its token shows no district")
        try:
            district = msgspec.json.decode(page.data[0].data, type=_District)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise UnavailableError("Clever's record of this district cannot be decoded") from None
        if district.id != self._district_id:
            raise UnavailableError("the token of this district belongs to another one")
        self._clever = CleverState(
            _text(district.state), _text(district.error), _time(district.last_sync)
        )
        return district

    def _ended(self, status: Status, error: str | None = None) -> DistrictWalk:
        return DistrictWalk(
            self._district_id,
            status,
            started_at=self._started_at,
            finished_at=utc_now(),
            clever=self._clever,
            seen=self._seen,
            error=error,
        )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _time(value: Any) -> datetime | None:
    """A time of Clever's as UTC without zone; None for anything else."""
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return naive_utc(moment)

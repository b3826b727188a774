"""The walk: every list of every district, districts side by side, over HTTP and files alone.

What a walk finds lies in the run's folder and means nothing until it is loaded and committed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from datetime import datetime
from threading import Event, Lock

from dlt_sources.clever.client import CleverClient, UnavailableError
from dlt_sources.clever.clock import SyncClock, refuse_ahead, refuse_earlier
from dlt_sources.clever.district import DistrictWalker
from dlt_sources.clever.results import DistrictWalk, SyncStart, Walked, naive_utc
from dlt_sources.clever.settings import CleverSettings
from dlt_sources.errors import ConfigurationError, RollbookError, clause

_SECONDS_BETWEEN_LINES = 1.0


def walk_districts(
    settings: CleverSettings,
    start: SyncStart,
    *,
    observed_at: datetime | None = None,
    only: Sequence[str] = (),
    approved_by: str | None = None,
    ahead_of_clock: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Walked:
    """Walk the districts that Clever lists and those ever synced, or `only` these of them.

    `observed_at` is UTC if it has no zone; now if not given. `approved_by` names a person who wants
    what passes a safety limit to be taken over this once. `ahead_of_clock` insists on a time that
    lies ahead of this machine's clock or of Clever's. `progress` is told in a line how far the walk
    is, never by two threads at once.

    Raises ConfigurationError for refused credentials, no or unknown districts, a time zone of an
    unknown one, a given time before a district's last complete sync, or a time ahead of a clock;
    UnavailableError if Clever cannot be reached. What happens to a single district is in its
    outcome and stops no other: one whose last sync lies ahead of this one's time fails.
    """
    refuse_ahead(observed_at, ahead_of_clock)
    clock = SyncClock(observed_at, ahead_of_clock)
    tokens = tokens_of(settings, clock)
    chosen = _choose(tokens, start, only)
    settings.zones.expect_known({*tokens, *start.last})
    if observed_at:
        refuse_earlier(start, chosen, naive_utc(observed_at))
    stop = Event()
    report = _Report(progress)

    def walk(district_id: str) -> DistrictWalk:
        own = tokens.get(district_id)
        return DistrictWalker(settings, start, clock, district_id, own, stop, report).walk()

    try:
        districts = _side_by_side(walk, chosen, settings.parallel_districts, stop)
    except OSError as error:
        raise RollbookError(
            f"The walk cannot write its files to {start.run_folder} ({error.strerror}); "
            "nothing was changed. Make room and run again."
        ) from error
    return Walked(
        start, clock.moment, districts,
        settings.limits, settings.rollover, settings.zones, approved_by,
    )  # fmt: skip


def _side_by_side(
    walk: Callable[[str], DistrictWalk], chosen: Sequence[str], at_once: int, stop: Event
) -> tuple[DistrictWalk, ...]:
    """The outcomes in the order of `chosen`; the first error of any thread ends all the others."""
    pool = ThreadPoolExecutor(at_once, "district")
    patient = False
    try:
        futures = [pool.submit(walk, district_id) for district_id in chosen]
        done, _ = wait(futures, return_when=FIRST_EXCEPTION)
        patient = True
        for error in filter(None, (future.exception() for future in done)):
            raise error
        return tuple(future.result() for future in futures)
    finally:
        # Only matters when this is left early: what is still under way ends at its next page, for
        # which a person who interrupts the run does not wait.
        stop.set()
        pool.shutdown(wait=patient, cancel_futures=True)


def tokens_of(
    settings: CleverSettings, clock: SyncClock | None = None
) -> Mapping[str, Sequence[str]]:
    """The tokens of each district: that of the settings, or else those that Clever lists."""
    if settings.district_tokens:
        return {district_id: (token,) for district_id, token in settings.district_tokens.items()}
    client = CleverClient(settings, clock=clock)
    try:
        return client.tokens()
    except UnavailableError as error:
        raise RollbookError(
            f"{clause(error)}; check the network and SOURCES__CLEVER__OAUTH_URL "
            f"({settings.oauth_url}), then run again. Nothing was changed."
        ) from error
    finally:
        client.close()


def _choose(listed: Iterable[str], start: SyncStart, only: Sequence[str]) -> list[str]:
    listed = set(listed)
    known = listed | start.last.keys()
    # A district that left for good is looked at again only if Clever lists it, or a person asks.
    expected = listed | (start.last.keys() - start.retired)
    if not known:
        raise ConfigurationError(
            "No district has connected this application: connect one in Clever's dashboard, "
            "or set SOURCES__CLEVER__DISTRICT_TOKENS."
        )
    if unknown := sorted(set(only) - known):
        raise ConfigurationError(
            f"Clever lists no district {', '.join(unknown)} for this application, "
            "and none was ever synced; check the ID."
        )
    return sorted(set(only) or expected)


class _Report:
    """Passes lines of progress on, one thread at a time; those of single pages once a second."""

    def __init__(self, progress: Callable[[str], None] | None) -> None:
        self._progress = progress
        self._lock = Lock()
        self._next = 0.0

    def __call__(self, line: str, often: bool = False) -> None:
        if self._progress is None:
            return
        with self._lock:
            now = time.monotonic()
            if often and now < self._next:
                return
            self._next = now + _SECONDS_BETWEEN_LINES
            self._progress(line)

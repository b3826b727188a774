"""The walk: every list of every district, districts side by side, over HTTP and files alone.

What a walk finds lies in the run's folder and means nothing until it is loaded and committed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Event, Lock

from dlt_sources.clever.client import CleverClient, UnavailableError
from dlt_sources.clever.district import DistrictWalker
from dlt_sources.clever.results import DistrictWalk, SyncStart, Walked, naive_utc, utc_now
from dlt_sources.clever.settings import CleverSettings
from dlt_sources.errors import ConfigurationError, RollbookError

_SECONDS_BETWEEN_LINES = 1.0


def walk_districts(
    settings: CleverSettings,
    start: SyncStart,
    *,
    observed_at: datetime | None = None,
    only: Sequence[str] = (),
    approved_by: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Walked:
    """Walk the districts that Clever lists and those ever synced, or `only` these of them.

    `observed_at` is UTC if it has no zone; now if not given. `approved_by` names a person who wants
    what passes a safety limit to be taken over this once. `progress` is told in a line how far
    the walk is, never by two threads at once.

    Raises ConfigurationError before any district is read: for refused credentials, no or unknown
    districts, or a time before a district's last complete sync; UnavailableError if Clever
    cannot be reached. What happens to a single district is in its outcome and stops no other.
    """
    moment = naive_utc(observed_at) if observed_at else utc_now()
    tokens = tokens_of(settings)
    chosen = _choose(tokens, start, only)
    _refuse_time_travel(start, chosen, moment)
    stop = Event()
    report = _Report(progress)

    def walk(district_id: str) -> DistrictWalk:
        token = tokens.get(district_id)
        return DistrictWalker(settings, start, moment, district_id, token, stop, report).walk()

    with ThreadPoolExecutor(settings.parallel_districts, "district") as pool:
        try:
            districts = tuple(pool.map(walk, chosen))
        except OSError as error:
            raise RollbookError(
                f"The walk cannot write its files to {start.run_folder} ({error.strerror}); "
                "nothing was changed. Make room and run again."
            ) from error
        finally:
            # Only matters when this is left early: what is still under way ends at its next page.
            stop.set()
            pool.shutdown(cancel_futures=True)
    return Walked(start, moment, districts, settings.limits, settings.rollover, approved_by)


def tokens_of(settings: CleverSettings) -> Mapping[str, str]:
    """The token of each district: those of the settings, or else those that Clever lists."""
    if settings.district_tokens:
        return settings.district_tokens
    client = CleverClient(settings)
    try:
        return client.tokens()
    except UnavailableError as error:
        raise RollbookError(
            f"{error}; check the network and SOURCES__CLEVER__OAUTH_URL "
            f"({settings.oauth_url}), then run again. Nothing was changed."
        ) from error
    finally:
        client.close()


def _choose(tokens: Mapping[str, str], start: SyncStart, only: Sequence[str]) -> list[str]:
    known = {*tokens, *start.last}
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
    return sorted(set(only) or known)


def _refuse_time_travel(start: SyncStart, chosen: Sequence[str], moment: datetime) -> None:
    for district_id in chosen:
        last = start.last.get(district_id)
        if last and moment < last.observed_at:
            raise ConfigurationError(
                f"{moment.isoformat()} is before the last sync of district {district_id} "
                f"({last.observed_at.isoformat()}, UTC); give that time or a later one."
            )


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

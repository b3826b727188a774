"""The time of a sync, held against this machine's clock and against Clever's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from threading import Lock

from dlt_sources.clever.results import LastSync, SyncStart, naive_utc, utc_now
from dlt_sources.errors import ConfigurationError

#: Clocks differ by less; what lies further ahead is a mistake until somebody insists.
MAX_AHEAD = timedelta(minutes=5)

_INSIST = "insist with --ahead-of-clock (`ahead_of_clock` in Dagster's configuration)"


def read_time(text: str | None) -> datetime | None:
    """UTC without zone, from ISO 8601; None for None. Raises ConfigurationError for other text."""
    if text is None:
        return None
    try:
        return naive_utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        raise ConfigurationError(
            f"--observed-at {text!r} is no time; write UTC like 2026-08-17T02:00:00."
        ) from None


def refuse_ahead(observed_at: datetime | None, ahead_of_clock: bool) -> None:
    """Raise ConfigurationError for a time (UTC) ahead of the clock, unless that is insisted on."""
    now = utc_now()
    if observed_at and not ahead_of_clock and naive_utc(observed_at) - now > MAX_AHEAD:
        raise ConfigurationError(
            f"--observed-at {written(naive_utc(observed_at))} (UTC) lies "
            f"{_length(naive_utc(observed_at) - now)} ahead of the clock of this machine; every "
            f"later sync would be refused until then. If it is meant, {_INSIST}."
        )


def refuse_earlier(start: SyncStart, districts: Sequence[str], observed_at: datetime) -> None:
    """Raise ConfigurationError for a time (UTC) before the last sync of one of the districts.

    A last sync that itself lies ahead of the clock is no reason: that district fails alone.
    """
    latest = utc_now() + MAX_AHEAD
    for district_id in districts:
        last = start.last.get(district_id)
        if last and observed_at < last.observed_at <= latest:
            raise ConfigurationError(
                f"{written(observed_at)} is before the last sync of district {district_id} "
                f"({written(last.observed_at)}, UTC); give that time or a later one."
            )


class SyncClock:
    """The time of one sync (UTC without zone), and what Clever's first answer says of it.

    Shared by the threads of a walk. `insisted` is whether a time ahead of the clocks is meant.
    """

    def __init__(self, observed_at: datetime | None, insisted: bool = False) -> None:
        self.moment = naive_utc(observed_at) if observed_at else utc_now()
        self._source = "The clock of this machine" if observed_at is None else "The time given"
        self._insisted = insisted
        self._clever: datetime | None = None
        self._lock = Lock()

    def hear(self, date: str | None) -> None:
        """Take the `Date` header of an answer; only the first that can be read counts.

        Raises ConfigurationError if the sync's time lies ahead of it and nobody insists on that.
        """
        told = _http_date(date)
        with self._lock:
            if told is None or self._clever is not None:
                return
            self._clever = told
        if self.moment - told > MAX_AHEAD and not self._insisted:
            raise ConfigurationError(
                f"{self._source} is {_length(self.moment - told)} ahead of Clever's "
                f"({written(self.moment)} against {written(told)}, UTC); set the clock. Nothing "
                f"was taken over. If that time is meant, {_INSIST}."
            )

    def problem(self, district_id: str, ahead: tuple[LastSync, ...]) -> str | None:
        """Why a district cannot be synced at this time, and the way out; None if it can.

        `ahead` are its complete syncs that lie ahead of this machine's clock, in their order.
        """
        later = [sync for sync in ahead if sync.observed_at > self.moment]
        if not later:
            return None
        last = max(sync.observed_at for sync in later)
        told = (
            f"The last sync of this district lies {_length(last - self.moment)} ahead of this one "
            f"({written(last)} against {written(self.moment)}, UTC)"
        )
        if last - self.moment <= MAX_AHEAD:
            return f"{told}; run again after that. Nothing was taken over."
        if self._clever and last - self._clever <= MAX_AHEAD:
            return (
                f"{told}, but not ahead of Clever's clock ({written(self._clever)}): this sync's "
                "time is behind; set the clock of this machine. Nothing was taken over."
            )
        return (
            f"{told}: its time was wrong. Take it back with `rollbook retract --district "
            f"{district_id} --since {later[0].sync_id} --reason TEXT` and run again. Nothing was "
            "taken over."
        )


def written(moment: datetime) -> str:
    """A time for a sentence, to the second."""
    return moment.isoformat(timespec="seconds")


def _length(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    if minutes < 60:
        return f"{max(minutes, 1)} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{span.days:,} days"


def _http_date(text: str | None) -> datetime | None:
    try:
        return naive_utc(parsedate_to_datetime(text or ""))
    except (TypeError, ValueError, IndexError, OverflowError):
        return None

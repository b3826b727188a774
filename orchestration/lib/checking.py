"""What is checked before a run reads or writes anything: every setting, and the sync's time."""

from __future__ import annotations

from dlt_sources.application.settings import application_settings
from dlt_sources.clever.clock import read_time, refuse_ahead
from dlt_sources.clever.settings import clever_settings
from orchestration.lib.settings import settings


def check_sync(observed_at: str | None = None, ahead_of_clock: bool = False) -> None:
    """Raise ConfigurationError that names the setting or option that is wrong, and what is right.

    Whether Clever and the application's database can be reached is for the run to find out, and so
    is what is wrong with one table of the mapping: it stops neither the others nor the roster.
    """
    settings()
    refuse_ahead(read_time(observed_at), ahead_of_clock)
    clever_settings()
    _ = application_settings().tables

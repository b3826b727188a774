"""How commands begin that work on a log: what they are given is text, and the home is theirs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dlt_sources.errors import ConfigurationError
from dlt_sources.time_zones import time_zones
from dlt_sources.warehouse import cannot_be_read
from orchestration.lib.home import Home, home_lock


@contextmanager
def locked_log(home: Home) -> Iterator[None]:
    """Hold a home that has a log, before which nobody opens the warehouse: a run may be loading.

    Raises HomeInUseError while another run has it, ConfigurationError where nothing can be derived
    as no sync was ever committed, and for a time zone of a district that none has shown: what
    derives from the log asks nobody else.
    """
    empty = ConfigurationError(f"{home.root} holds no log yet; run `rollbook sync` first.")
    if not home.warehouse.exists():
        raise empty
    home.prepare()
    home.set_environment()
    with home_lock(home):
        synced = _synced(home)
        if not synced:
            raise empty
        time_zones().expect_known(synced)
        yield


def _synced(home: Home) -> list[str]:
    """The districts that any sync has tried."""
    import duckdb

    try:
        with duckdb.connect(str(home.warehouse), read_only=True) as warehouse:
            found = warehouse.execute(
                "select distinct district_id from clever_raw.syncs"
            ).fetchall()
    except duckdb.CatalogException:
        return []
    except duckdb.Error as error:
        raise cannot_be_read(home.warehouse, error) from None
    return [district_id for (district_id,) in found]


def check_text(option: str, text: str) -> None:
    """Raise ConfigurationError for an argument that is no text in the terminal's encoding."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ConfigurationError(
            f"{option} is no text in this terminal's encoding; write it in UTF-8, or in ASCII."
        ) from None

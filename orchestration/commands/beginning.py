"""How commands begin that work on a log: what they are given is text, and the home is theirs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dlt_sources.errors import ConfigurationError
from dlt_sources.warehouse import cannot_be_read
from orchestration.lib.home import Home, home_lock


@contextmanager
def locked_log(home: Home) -> Iterator[None]:
    """Hold a home that has a log, before which nobody opens the warehouse: a run may be loading.

    Raises HomeInUseError while another run has it, ConfigurationError where nothing can be derived
    as no sync was ever committed.
    """
    empty = ConfigurationError(f"{home.root} holds no log yet; run `rollbook sync` first.")
    if not home.warehouse.exists():
        raise empty
    home.prepare()
    home.set_environment()
    with home_lock(home):
        if not _syncs(home):
            raise empty
        yield


def _syncs(home: Home) -> int:
    import duckdb

    try:
        with duckdb.connect(str(home.warehouse), read_only=True) as warehouse:
            [(syncs,)] = warehouse.execute("select count(*) from clever_raw.syncs").fetchall()
    except duckdb.CatalogException:
        return 0
    except duckdb.Error as error:
        raise cannot_be_read(home.warehouse, error) from None
    return int(syncs)


def check_text(option: str, text: str) -> None:
    """Raise ConfigurationError for an argument that is no text in the terminal's encoding."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ConfigurationError(
            f"{option} is no text in this terminal's encoding; write it in UTF-8, or in ASCII."
        ) from None

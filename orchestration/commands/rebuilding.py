"""`rollbook rebuild`: all history again, from the log alone."""

from __future__ import annotations

from dlt_sources.errors import ConfigurationError
from dlt_sources.warehouse import cannot_be_read
from orchestration.commands.ending import end_of_build
from orchestration.lib.home import Home, current_home
from orchestration.lib.noting import noting_failures
from orchestration.lib.settings import settings
from orchestration.lib.terminal import Watcher, console


def rebuild() -> None:
    """Derive all history again from the log, check and publish it; Clever is not asked."""
    home = current_home()
    with noting_failures(home, "rebuild"):
        settings()
        require_log(home)
    with Watcher(console()) as watcher:
        from orchestration.lib.runs import run_job

        watcher("Deriving all history again")
        run_id = run_job(home, "rebuild", {"history": {"config": {"rebuild": True}}})
    end_of_build(home, run_id)


def require_log(home: Home) -> None:
    """Raise ConfigurationError where nothing can be derived: no sync was ever committed."""
    import duckdb

    empty = ConfigurationError(f"{home.root} holds no log yet; run `rollbook sync` first.")
    if not home.warehouse.exists():
        raise empty
    try:
        with duckdb.connect(str(home.warehouse), read_only=True) as warehouse:
            [(syncs,)] = warehouse.execute("select count(*) from clever_raw.syncs").fetchall()
    except duckdb.CatalogException:
        raise empty from None
    except duckdb.Error as error:
        raise cannot_be_read(home.warehouse, error) from None
    if not syncs:
        raise empty

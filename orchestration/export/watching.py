"""What DuckDB is at, told while a statement runs, and Ctrl-C heard meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

import duckdb

#: Takes the share that is done, from 0 to 1.
Tell = Callable[[float], None]
_EVERY = 0.2


def let_watch(connection: duckdb.DuckDBPyConnection) -> None:
    """DuckDB counts how far it is, and prints nothing itself."""
    for setting in ("enable_progress_bar = true", "enable_progress_bar_print = false"):
        connection.execute(f"set {setting}")
    connection.execute("set progress_bar_time = 0")


@contextmanager
def watched(connection: duckdb.DuckDBPyConnection, tell: Tell) -> Iterator[None]:
    """Tell how far the statement is that the block executes."""
    ended = Event()

    def watch() -> None:
        while not ended.wait(_EVERY):
            share = connection.query_progress() / 100
            if 0 <= share <= 1:
                tell(share)

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        with interruptible():
            yield
    finally:
        ended.set()
        watcher.join()


@contextmanager
def interruptible() -> Iterator[None]:
    """Let a signal that DuckDB was stopped by be one again."""
    try:
        yield
    except RuntimeError as error:
        if "interrupted" in str(error).lower():
            raise KeyboardInterrupt from error
        raise

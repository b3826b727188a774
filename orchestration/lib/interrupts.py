"""Ctrl-C, SIGTERM, SIGHUP: all interrupt, and which of them came is known whoever handles it."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

_FAILED = 1
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupts:
    """Raises KeyboardInterrupt for each of the signals from now on; for the main thread.

    Dagster has handlers of its own while it executes. The operating system's note of the signal,
    which Python writes into a pipe before any handler, tells afterwards which one it was.
    """

    def __init__(self) -> None:
        self._noted, noting = os.pipe()
        for end in (self._noted, noting):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(noting, warn_on_full_buffer=False)
        for number in _SIGNALS:
            # What a parent wants ignored (nohup, a shell's background job) stays ignored.
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(
                    number, _hung_up if number == signal.SIGHUP else signal.default_int_handler
                )

    def exit_code(self) -> int:
        """128 and the number of the signal that came, as shells count; 1 if none did."""
        with suppress(BlockingIOError):
            came = [one for one in os.read(self._noted, 64) if one in _SIGNALS]
            if came:
                return 128 + came[0]
        return _FAILED


def _hung_up(*_: object) -> None:
    """A closed terminal, or a dropped ssh, is handled by whoever handles SIGTERM at the time."""
    signal.raise_signal(signal.SIGTERM)

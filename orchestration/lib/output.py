"""What is printed may be lost: a full disk, a closed stream, a reader that went away.

None of these changes what a run did, so none may end it or change its exit code.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from contextlib import suppress
from typing import Any, TextIO

_STREAMS = {0: os.O_RDONLY, 1: os.O_WRONLY, 2: os.O_WRONLY}
#: A reader that went away, or a terminal that was closed, wants to hear no more.
_NOBODY_LISTENS = (errno.EPIPE, errno.EIO)


class _Losing(io.FileIO):
    """A file descriptor that takes everything; the first failure to write is kept."""

    failure: OSError | None = None

    def write(self, data: Any) -> int:
        """Write it, or lose it: all of it counts as written."""
        view = memoryview(data).cast("B")
        if self.failure is None:
            try:
                return super().write(view)
            except OSError as error:
                self.failure = error
        return len(view)


class Output:
    """Takes the place of this process's output streams, which from now on never fail."""

    def __init__(self) -> None:
        _open_closed_ones()
        self._out, sys.stdout = _losing(1, sys.stdout)
        _, sys.stderr = _losing(2, sys.stderr)

    def finish(self) -> None:
        """Write what waits; if output was lost that somebody waits for, say so on the other one."""
        sys.stdout.flush()
        failure = self._out.failure
        if failure is not None and failure.errno not in _NOBODY_LISTENS:
            print(
                f"rollbook: The output could not be written: {failure.strerror}.", file=sys.stderr
            )
        sys.stderr.flush()


def _open_closed_ones() -> None:
    """A closed standard stream's number would be taken by the next file, such as a database."""
    for number, how in _STREAMS.items():
        try:
            os.fstat(number)
        except OSError:
            # The lowest free number is given, and those below are open by now.
            os.set_inheritable(os.open(os.devnull, how), True)


def _losing(number: int, stream: TextIO | None) -> tuple[_Losing, TextIO]:
    if stream is not None:
        with suppress(OSError):
            stream.flush()
    raw = _Losing(number, "wb", closefd=False)
    text = io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=stream.encoding if stream else None,
        errors="backslashreplace",
        line_buffering=raw.isatty() or number == 2,
    )
    return raw, text

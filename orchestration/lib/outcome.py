"""How the last run of a home ended, whoever started it: noted in the home for `rollbook status`.

The note is written when a run has the home, and again when it ends. A run that was killed leaves
the first one behind, which tells of it, too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from dlt_sources.errors import ConfigurationError, RollbookError
from orchestration.lib.home import Home

#: The published file that this process's run found, by home; in memory, as the disk may be full.
_found: dict[Path, tuple[int, int] | None] = {}


@dataclass(frozen=True)
class Outcome:
    """One run; times are UTC, to the second, as text.

    `remark` is what did not fail it, and is to be known: a sentence.
    """

    job: str
    begun: str
    run_id: str | None = None
    ended: str | None = None
    failure: str | None = None
    remark: str | None = None


def note_begun(home: Home, job: str, run_id: str | None = None) -> None:
    """A run of this process has the home."""
    _found[home.root] = _mark(home)
    _write(home, Outcome(job, _now(), run_id))


def note_ended(home: Home, failure: str | None = None) -> None:
    """The run that has the home ended: well, or for a reason; the first reason counts."""
    outcome = _noted(home)
    if outcome and not outcome.failure:
        _write(home, replace(outcome, ended=_now(), failure=failure))


def note_remark(home: Home, remark: str | None) -> None:
    """What of the run that has the home is to be known although it goes on."""
    if outcome := _noted(home):
        _write(home, replace(outcome, remark=remark))


def last_remark(home: Home) -> str | None:
    """What is to be known of the last run besides how it ended."""
    outcome = _noted(home)
    return outcome.remark if outcome else None


def note_failure(home: Home, job: str, failure: str) -> None:
    """A run failed; its final reason, also where it failed before it had the home."""
    outcome = _noted(home)
    if outcome is None or outcome.ended:
        outcome = Outcome(job, _now())
    _write(home, replace(outcome, ended=_now(), failure=failure))


@contextmanager
def run_begun(home: Home, job: str) -> Iterator[None]:
    """A command's run, from when it has the home: what it does before the job is told of as well.

    Wrong usage is no run: then the note of the last one stays.
    """
    before = _noted(home)
    note_begun(home, job)
    try:
        yield
    except ConfigurationError:
        if not _is_over(home):
            _put_back(home, before)
        raise
    except (RollbookError, KeyboardInterrupt) as error:
        if not _is_over(home):
            note_ended(home, str(error) or "It was stopped.")
        raise


def _is_over(home: Home) -> bool:
    outcome = _noted(home)
    return outcome is not None and outcome.ended is not None


def _put_back(home: Home, outcome: Outcome | None) -> None:
    if outcome is None:
        _file(home).unlink(missing_ok=True)
    else:
        _write(home, outcome)


def has_published(home: Home) -> bool:
    """Whether this process's run, that has the home or had it last, swapped the published file."""
    return home.root in _found and _found[home.root] != _mark(home)


def last_run(home: Home) -> tuple[bool, str] | None:
    """Whether the last run is all right, and a sentence about it; None if there was none."""
    try:
        outcome = _read(home)
    except (OSError, ValueError, TypeError):
        return False, f"{_file(home)} is damaged: how the last run ended is not known. Run again."
    return None if outcome is None else _told(home, outcome)


def _told(home: Home, outcome: Outcome) -> tuple[bool, str]:
    run = f"({outcome.job})"
    if outcome.failure:
        return False, f"The last run {run} failed at {outcome.ended} (UTC): {outcome.failure}"
    if outcome.ended:
        well = f"The last run {run} ended well at {outcome.ended} (UTC)."
        return True, f"{well} {outcome.remark}" if outcome.remark else well
    if process := _process(home):
        return True, f"A run {run} is under way since {outcome.begun} (UTC, process {process})."
    what = "Nothing is lost; run again."
    if outcome.job == "retract":
        what = "What it took back stays taken back: `rollbook rebuild` publishes what stands."
    return False, (
        f"The last run {run}, begun at {outcome.begun} (UTC), did not end: its process was killed. "
        f"{what}"
    )


def _process(home: Home) -> int | None:
    """The process that took the home last, if it is alive."""
    with suppress(OSError, ValueError, OverflowError):
        process = int(home.lock_file.read_text())
        os.kill(process, 0)
        return process
    return None


def _mark(home: Home) -> tuple[int, int] | None:
    """What tells one published file from the next; None without one."""
    with suppress(OSError):
        found = home.published.stat()
        return found.st_ino, found.st_mtime_ns
    return None


def _noted(home: Home) -> Outcome | None:
    with suppress(OSError, ValueError, TypeError):
        return _read(home)
    return None


def _read(home: Home) -> Outcome | None:
    """The note; None without one. Raises OSError, ValueError or TypeError for a damaged one."""
    if not _file(home).exists():
        return None
    return Outcome(**json.loads(_file(home).read_text(encoding="utf-8")))


def _write(home: Home, outcome: Outcome) -> None:
    """Replace the note as a whole; a full disk may lose it, but not how the run ended."""
    beside = _file(home).with_suffix(".new")
    with suppress(OSError):
        beside.write_text(json.dumps(asdict(outcome), indent=1), encoding="utf-8")
        beside.replace(_file(home))


def _file(home: Home) -> Path:
    return home.reports / "last_outcome.json"


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"

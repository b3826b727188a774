"""Faults a test can order: what goes wrong on the way between Clever and its clients."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from threading import Lock
from typing import Any, Literal, get_args

Kind = Literal[
    "status",  # an error status, with the body Clever gives it
    "html",  # an HTML page in place of JSON
    "empty",  # status 200 without a body
    "cut",  # a complete response whose JSON ends in the middle
    "truncated",  # the connection closes before the promised length is reached
    "reset",  # the connection is reset without an answer
    "slow",  # the answer comes after `delay` seconds
    "records",  # the page holds `records` as further rows
    "bent",  # the answer is what `bend` makes of its decoded JSON
    "last_sync",  # from here on the district's last_sync is a minute later
    "next_day",  # from here on the district is as on the dataset's next day
    "date",  # the answer's `Date` header is `date`; there is none if that is empty
]


@dataclass(frozen=True)
class Fault:
    """One fault: what happens (`kind`), to which requests, and how often.

    It strikes the requests that match `path` and `district`, from the `page`-th of them after its
    injection, `times` in a row. `path` is a shell pattern for the path below the version
    (`/users`, `/schools/*/users`) or a whole path (`/oauth/tokens`); `district` is a district's id,
    None being any. `status` is the status of kinds `status` and `html`; `delay` is in seconds;
    `reset_in` is the seconds until the rate limit of a 429 resets; `date` belongs to kind `date`,
    `bend` to kind `bent`.
    """

    kind: Kind
    path: str = "*"
    page: int = 1
    times: int = 1
    district: str | None = None
    status: int = 500
    delay: float = 1.0
    reset_in: int = 1
    records: tuple[bytes, ...] = ()
    date: str = ""
    bend: Callable[[Any], Any] | None = None

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"no such kind of fault: {self.kind}")
        if self.page < 1 or self.times < 1:
            raise ValueError("page and times count from 1")
        if (self.kind == "records") != bool(self.records):
            raise ValueError("records belong to the kind `records`, and to no other")
        if (self.kind == "bent") != bool(self.bend):
            raise ValueError("bend belongs to the kind `bent`, and to no other")

    def matches(self, path: str, district: str | None) -> bool:
        """Tell whether a request is one of those this fault counts."""
        return fnmatchcase(path, self.path) and self.district in (None, district)

    def rate_limit_headers(self) -> dict[str, str]:
        """Return the headers of a 429 as Clever sends them: lists, one entry a bucket."""
        now = int(time.time())
        return {
            "x-ratelimit-bucket": "all, none",
            "x-ratelimit-limit": "200, 1200",
            "x-ratelimit-remaining": "0, 0",
            "x-ratelimit-reset": f"{now}, {now + self.reset_in}",
        }


class FaultPlan:
    """The faults that are ordered, each with the matching requests it has counted so far."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counted: list[tuple[Fault, int]] = []

    def add(self, faults: Sequence[Fault]) -> None:
        """Order faults; each counts the requests from now on."""
        with self._lock:
            self._counted.extend((fault, 0) for fault in faults)

    def clear(self) -> None:
        """Forget every fault."""
        with self._lock:
            self._counted.clear()

    def strike(self, path: str, district: str | None) -> list[Fault]:
        """Count a request and return the faults that strike it, in the order of their injection."""
        with self._lock:
            struck = []
            for index, (fault, count) in enumerate(self._counted):
                if fault.matches(path, district):
                    self._counted[index] = (fault, count + 1)
                    if fault.page <= count + 1 < fault.page + fault.times:
                        struck.append(fault)
            return struck

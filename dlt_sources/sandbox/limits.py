"""Clever's rate limit: a counter per token that starts anew every minute."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Allowance:
    """What a token has left: the limit, the requests remaining, the reset in unix seconds."""

    limit: int
    remaining: int
    reset: int
    exceeded: bool = False

    def headers(self) -> dict[str, str]:
        """Return the headers Clever shows: beyond the limit, lists of two buckets."""
        values = {"bucket": "bearer", "limit": self.limit, "remaining": self.remaining}
        values["reset"] = self.reset
        if self.exceeded:
            values = {
                "bucket": "all, none",
                "limit": f"{self.limit}, {self.limit}",
                "remaining": "0, 0",
                "reset": f"{self.reset - 1}, {self.reset}",
            }
        return {f"x-ratelimit-{name}": str(value) for name, value in values.items()}


@dataclass
class RateLimiter:
    """Counts the requests of each token: `limit` of them in every `window` seconds."""

    limit: int = 1200
    window: int = 60
    _counts: dict[str, tuple[int, int]] = field(default_factory=dict)

    def take(self, token: str) -> Allowance:
        """Count one request of a token."""
        current = int(time.time()) // self.window
        window, used = self._counts.get(token, (current, 0))
        used = used + 1 if window == current else 1
        self._counts[token] = (current, used)
        reset = (current + 1) * self.window
        return Allowance(self.limit, max(0, self.limit - used), reset, used > self.limit)

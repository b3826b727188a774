"""What comes out of the checks: findings of facts, and a verdict a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["holds", "fails", "waits"]


@dataclass(frozen=True)
class Finding:
    """One fact of a case, expected and found."""

    case: str
    fact: str
    expected: str
    found: str

    @property
    def holds(self) -> bool:
        """Whether the fact is as expected."""
        return self.expected == self.found


@dataclass(frozen=True)
class Verdict:
    """How a case came out: `asked` facts, of which the `wrong` ones are not as expected.

    A case of which nothing could be asked waits, and `needs` says what for.
    """

    case: str
    outcome: Outcome
    asked: int
    wrong: tuple[Finding, ...] = ()
    needs: str | None = None

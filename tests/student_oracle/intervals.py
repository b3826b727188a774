"""Intervals from a question that can be answered for any time."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

Answer = TypeVar("Answer", bound=Hashable, covariant=True)


@dataclass(frozen=True)
class Interval(Generic[Answer]):
    """What was the answer from a time on, until before another, None if it still is."""

    answer: Answer
    valid_from: datetime
    valid_to: datetime | None


def intervals(
    turns: Iterable[datetime], answer: Callable[[datetime], Answer | None]
) -> list[Interval[Answer]]:
    """The longest intervals of one answer, from the times at which it may change.

    Where the answer is None there is none.
    """
    found: list[Interval[Answer]] = []
    before: Answer | None = None
    for turn in sorted(turns):
        now = answer(turn)
        if now == before:
            continue
        if before is not None:
            last = found.pop()
            found.append(Interval(last.answer, last.valid_from, turn))
        if now is not None:
            found.append(Interval(now, turn, None))
        before = now
    return found

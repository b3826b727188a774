"""What may be said of a number of people: nothing from which a few of them could be told.

Three rules, which the setting `ROLLBOOK_REPORT_SMALLEST_COUNT` (here: the limit) decides for all
pages, all tables and all days alike:

- A number is rounded to the limit, and one below it is not told: a total, its neighbours or the
  number of yesterday are known no better, so that no difference of two of them tells a few people.
- Groups that are too small stand together with others, until they are two at least and enough.
- Who came and who went (a total is the one of yesterday, and those who came, less those who went)
  are told both or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


def sentence(text: str) -> str:
    """The text with a capital at its beginning, which may be a number's words."""
    return text[:1].upper() + text[1:]


@dataclass(frozen=True)
class Discretion:
    """The least number of people that is told; 1 tells all numbers as they are."""

    limit: int

    def number(self, people: int) -> int | None:
        """What is told of a number: it is rounded, 0 is nobody, and None is not told."""
        if 0 < people < self.limit:
            return None
        return (people + self.limit // 2) // self.limit * self.limit

    def words(self, people: int) -> str:
        """The same for a reader."""
        number = self.number(people)
        return self.few if number is None else f"{number:,}"

    def share(self, part: int, people: int) -> str:
        """How many of a number, and what share of what is told that is."""
        told, of = self.number(part), self.number(people)
        words = f"{self.words(part)} of {self.words(people)}"
        return f"{words} ({min(told / of, 1):.0%})" if told is not None and of else words

    @property
    def few(self) -> str:
        """What stands for a number that is not told."""
        return f"fewer than {self.limit}"

    def both(self, came: int, went: int) -> tuple[int | None, int | None]:
        """What is told of those who came and those who went in the same time."""
        if min(came, went) < self.limit and self.limit > 1:
            return None, None
        return self.number(came), self.number(went)

    def groups(self, counts: Mapping[str, int]) -> Groups:
        """What is told of groups that are parts of a total.

        Small ones stand together with others, the smallest first, until they are two at least and
        not fewer than the limit: whatever a small one has, the others could have the rest.
        """
        ascending = sorted(counts, key=lambda group: (counts[group], group))
        small = [group for group in ascending if counts[group] < self.limit]
        if small:
            for group in ascending[len(small) :]:
                if len(small) > 1 and sum(counts[each] for each in small) >= self.limit:
                    break
                small.append(group)
        together = sum(counts[each] for each in small)
        shown = {
            group: number
            for group, count in counts.items()
            if group not in small and (number := self.number(count))
        }
        return Groups(shown, frozenset(small), self.number(together) or 0)


@dataclass(frozen=True)
class Groups:
    """Groups with a number each (rounded), and those that stand together, with theirs.

    `number` is 0 where even all together are too few to be told.
    """

    shown: Mapping[str, int]
    together: frozenset[str]
    number: int

    def named(self, what: str) -> dict[str, int]:
        """The largest first, those together last as one, called by what they are (`schools`)."""
        ordered = dict(sorted(self.shown.items(), key=lambda each: (-each[1], each[0])))
        if self.number:
            ordered[f"{len(self.together)} {what} together"] = self.number
        return ordered

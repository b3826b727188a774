"""Whether two sections are one class that the school made anew."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Class:
    """A section as it was first, or last; its course, term and students by their lines.

    `days` are the first and the last day of its term, as far as they are known.
    """

    school: str | None
    name: str | None
    period: str | None
    course: str | None
    term: str | None
    days: tuple[date | None, date | None]
    students: Set[str]

    def agreed(self, other: Class) -> tuple[str, ...] | None:
        """What is known and the same, None if it is another class."""
        of_school = ((self.school, other.school), (self.name, other.name))
        if any(None in pair or pair[0] != pair[1] for pair in of_school):
            return None
        if (self.course, self.period) != (other.course, other.period) or self._is_after(other):
            return None
        common = 2 * self.common_students(other)
        if common <= len(self.students) or common <= len(other.students):
            return None
        return tuple(sorted(("school", "name", "students", *self._more(other))))

    def common_students(self, other: Class) -> int:
        """How many students both had."""
        return len(self.students & other.students)

    def _more(self, other: Class) -> Iterator[str]:
        if self.course:
            yield "course"
        if self.period:
            yield "period"
        if self.term and self.term == other.term:
            yield "term"

    def _is_after(self, other: Class) -> bool:
        """Whether its term is another that is not known to have a day in common."""
        if None in (self.term, other.term) or self.term == other.term:
            return False
        (begins, ends), (began, ended) = self.days, other.days
        if not (begins and ends and began and ended):
            return True
        return begins > ended or began > ends


def plain(text: str | None) -> str | None:
    """A text but for capitals and spaces around it."""
    return (text or "").strip(" ").lower() or None

"""Counting users by role: a person with several roles counts once in each."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dlt_sources.clever.index import Flags, Masks
from dlt_sources.clever.limits import Turnover
from dlt_sources.clever.objects import CleverObject


class RoleCount:
    """Counts users by role: a role that a user gains, keeps with a change, or loses."""

    def __init__(self, kind: CleverObject, present: Masks) -> None:
        self._names = [role.plural for role in kind.roles]
        self._present = self._by_role(present)
        self._created = np.zeros(len(self._names), dtype=np.int64)
        self._updated = self._created.copy()
        self._removed = self._created.copy()

    def add(self, before: Masks, after: Masks, updated: Flags) -> None:
        """Count records by their roles before and after; no role before is 0."""
        if self._names:
            self._created += self._by_role(after & ~before)
            self._removed += self._by_role(before & ~after)
            self._updated += self._by_role((before & after)[updated])

    def remove(self, before: Masks) -> None:
        """Count records that are gone."""
        self._removed += self._by_role(before)

    def turnover(self) -> dict[str, Turnover]:
        """The counts of each role."""
        counts = (self._present, self._created, self._updated, self._removed)
        rows = zip(*(column.tolist() for column in counts), strict=True)
        return {name: Turnover(*row) for name, row in zip(self._names, rows, strict=True)}

    def _by_role(self, masks: Masks) -> npt.NDArray[np.int64]:
        return np.array(
            [np.count_nonzero(masks & (1 << bit)) for bit in range(len(self._names))],
            dtype=np.int64,
        )

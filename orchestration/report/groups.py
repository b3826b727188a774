"""Names and groups as the pages show them: grades in order, sizes, names that are told apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from orchestration.lib.terminal import plain

_GRADES = (
    "InfantToddler", "Preschool", "PreKindergarten", "TransitionalKindergarten", "Kindergarten",
    *map(str, range(1, 14)), "PostGraduate", "Ungraded", "Other",
)  # fmt: skip
#: Sizes begin at these numbers of students; those below the limit are one.
_CLASSES = (10, 15, 20, 25, 30, 35, 40)
_SCHOOLS = (10, 50, 100, 250, 500, 1000, 2000)


def in_school_order(counts: Mapping[str, int]) -> dict[str, int]:
    """Grades in the order of school, what is no grade after them."""
    known = {grade: place for place, grade in enumerate(_GRADES)}
    return dict(sorted(counts.items(), key=lambda each: (known.get(each[0], len(known)), each[0])))


def by_size(sizes: Sequence[int], limit: int, *, big: bool = False) -> dict[str, int]:
    """How many have how many students; without the sizes that none has at the ends."""
    begins = [each for each in (_SCHOOLS if big else _CLASSES) if each > limit]
    edges = sorted({0, 1, limit, *begins})
    counts = dict.fromkeys(edges, 0)
    for size in sizes:
        counts[max(edge for edge in edges if edge <= size)] += 1
    used = [edge for edge in edges if counts[edge]]
    return {
        name: counts[edge]
        for edge, name in _named(edges).items()
        if used and used[0] <= edge <= used[-1]
    }


def _named(edges: Sequence[int]) -> dict[int, str]:
    names = {edge: _from_to(edge, after - 1) for edge, after in pairwise(edges)}
    return {**names, edges[-1]: f"{edges[-1]:,} or more"}


def _from_to(first: int, last: int) -> str:
    if last == 0:
        return "no student"
    return f"{first:,}" if first == last else f"{first:,} to {last:,}"


def named_apart(names: Mapping[str | None, str | None]) -> dict[str | None, str]:
    """What each of the IDs is called, in text that can be shown: no two are called the same."""
    ids = {id_: plain(id_ or "") for id_ in names}
    called = {id_: plain(name or "") or ids[id_] for id_, name in names.items()}
    times = Counter(called.values())
    told = {
        id_: f"{name} ({ids[id_]})" if times[name] > 1 else name for id_, name in called.items()
    }
    if len({*told.values()}) == len(told):
        return told
    # One is called like another one with its ID.
    return {id_: f"{name} ({ids[id_]})" for id_, name in called.items()}

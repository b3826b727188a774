"""Groups of people by grade, and schools by size; groups too small to be shown stand together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

#: Of fewer people no number is shown: whoever knows the school would know the child.
FEWEST = 10

_GRADES = (
    "InfantToddler", "Preschool", "PreKindergarten", "TransitionalKindergarten", "Kindergarten",
    *map(str, range(1, 14)), "PostGraduate", "Ungraded", "Other",
)  # fmt: skip
#: From so many students on; the names say up to how many.
_SIZES = {
    "no student": 0,
    "1 to 9": 1,
    "10 to 49": 10,
    "50 to 99": 50,
    "100 to 249": 100,
    "250 to 499": 250,
    "500 to 999": 500,
    "1,000 to 1,999": 1000,
    "2,000 or more": 2000,
}


def by_grade(counts: Mapping[str, int]) -> dict[str, int]:
    """Students by grade, in the order of school; small grades together in a last group."""
    known = {grade: place for place, grade in enumerate(_GRADES)}
    ordered = sorted(counts, key=lambda grade: (known.get(grade, len(known)), grade))
    small = _together(counts)
    shown = {grade or "no grade told": counts[grade] for grade in ordered if grade not in small}
    if small:
        shown[_named(small)] = sum(counts[grade] for grade in small)
    return shown


def _together(counts: Mapping[str, int]) -> set[str]:
    """The groups that are too small, and as many others as hide each of them."""
    ascending = sorted(counts, key=lambda group: (counts[group], group))
    small = [group for group in ascending if counts[group] < FEWEST]
    if small:
        for group in ascending[len(small) :]:
            if len(small) > 1 and sum(counts[each] for each in small) >= FEWEST:
                break
            small.append(group)
    return set(small)


def _named(small: set[str]) -> str:
    return "one grade" if len(small) == 1 else f"{len(small)} grades together"


def by_size(sizes: Sequence[int]) -> dict[str, int]:
    """How many schools have how many students, without the sizes that no school has at the ends."""
    counts = dict.fromkeys(_SIZES, 0)
    for size in sizes:
        counts[max((name for name in _SIZES if _SIZES[name] <= size), key=_SIZES.__getitem__)] += 1
    names = [*counts]
    used = [place for place, name in enumerate(names) if counts[name]]
    return {name: counts[name] for name in names[used[0] : used[-1] + 1]} if used else {}

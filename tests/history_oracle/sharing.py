"""Edits by which two districts come to show records under one id."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from .district import District, new_record, new_user
from .edits import Edit

_LISTS = ("schools", "terms", "courses", "sections", "users", "users")


def shows_a_shared_id(district: District, rng: Random) -> None:
    """A record comes, or comes back, under an id that others of the neighbourhood show too."""
    name = rng.choice(_LISTS)
    id_ = rng.choice(district.shared_ids(name))
    if id_ in district.gone[name]:
        district.world[name][id_] = district.gone[name].pop(id_)
    elif id_ not in district.world[name]:
        _new(district, name, id_, rng)


def shows_all_shared_ids(district: District, rng: Random) -> None:
    """So does one of every list."""
    for name in _LISTS[:-1]:
        for id_ in district.shared_ids(name):
            if id_ not in district.world[name] and id_ not in district.gone[name]:
                _new(district, name, id_, rng)


def shares_no_longer(district: District, rng: Random) -> None:
    """Clever corrects it: the records under such ids go."""
    for name in _LISTS[:-1]:
        for id_ in district.shared_ids(name):
            if id_ in district.world[name]:
                district.gone[name][id_] = district.world[name].pop(id_)


def lists_a_shared_id(district: District, rng: Random) -> None:
    """A section lists a student under such an id, whoever shows him."""
    sections = district.ids("sections")
    if sections:
        section = district.world["sections"][rng.choice(sections)]
        student = rng.choice(district.shared_ids("users"))
        section["students"] = [*(section.get("students") or []), student]


def _new(district: District, name: str, id_: str, rng: Random) -> None:
    if name == "users":
        new_user(district, rng, id_=id_)
    else:
        new_record(district, name, rng, id_)


SHARING: Mapping[str, Edit] = {
    act.__name__: act
    for act in (shows_a_shared_id, shows_all_shared_ids, shares_no_longer, lists_a_shared_id)
}

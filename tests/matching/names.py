"""First and last names for invented people: a few that many have, many that few have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from random import Random

_GIRLS = """Emma Olivia Sofia Isabella Mia Ava Emily Abigail Madison Elizabeth Charlotte Victoria
Camila Hannah Natalie Grace Samantha Leah Aaliyah Alexandra Valeria Maria Guadalupe Fatima Zainab
Linh Mei Priya Ananya Aisha Keisha Brooke Jasmine Stephanie Jennifer Rebecca Katherine Margaret
Teresa Ximena Dolores Ingrid Chloé Núria Zoë Siobhán Anneliese Ngozi Temperance Oluwaseun Hadley
Daniela Gabriella Savannah Genesis Ruby Naomi Juliana Melissa Angela Nicole Destiny Paula Adele"""
_BOYS = """Liam Noah Jacob Michael Alexander William Ethan Daniel James Benjamin Matthew Jayden
Anthony Joseph David Christopher Andrew Joshua Samuel Gabriel Jonathan Nathaniel Nicholas Robert
Jose Luis Juan Carlos Jesús Miguel Mohamed Ahmed Ibrahim Minh Hào Wei Arjun Rohan DeShawn Tyrone
Edward Thomas Charles Timothy Steven Patrick Zachary Dominic Émile Søren Łukasz Kwame Chidi Obinna
Malachi Ezekiel Isaac Victor Vincent Frederick Theodore Walter Raymond Douglas Marcus Leonardo"""
_COMMON = """Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez
Lopez Gonzalez Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris
Sanchez Clark Ramirez Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill Flores
Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts Patel Kim Khan Singh Chen
O'Brien O'Neill McDonald Müller García-Márquez Nguyễn Okafor Haddad Lindqvist Kowalski Ivanov
Le Vu Abdi Cohen Silva Costa"""
_BEGINS = (
    *("Hart", "Wood", "Stan", "Black", "Win", "Ash", "Brad", "Cald"),
    *("Dun", "Elling", "Fair", "Green", "Har", "Kings", "Lang", "Mar"),
)
_ENDS = (
    *("well", "ford", "ley", "ton", "field", "worth", "by", "man"),
    *("berg", "stein", "smith", "wick", "house", "shaw", "land", "bury"),
)


@dataclass(frozen=True)
class Names:
    """Names in order of how many have them, and how many: the n-th has a weight of 1/(n + 8)."""

    firsts: Sequence[str]
    lasts: Sequence[str]

    def first(self, chance: Random) -> str:
        """A first name."""
        return _drawn(chance, self.firsts)

    def last(self, chance: Random) -> str:
        """A last name."""
        return _drawn(chance, self.lasts)


def _drawn(chance: Random, names: Sequence[str]) -> str:
    """By the weights 1/(n + 8): the inverse of their sum, which is a logarithm."""
    turn = chance.random()
    place = int(8 * ((len(names) + 8) / 8) ** turn) - 8
    return names[min(place, len(names) - 1)]


def own_names() -> Names:
    """The lists of this file."""
    turns = zip(_GIRLS.split(), _BOYS.split(), strict=False)
    made = [begin + end for begin, end in product(_BEGINS, _ENDS)]
    return Names([name for pair in turns for name in pair], [*_COMMON.split(), *made])

"""How names, numbers and dates go wrong when people write them: a letter, a sound, a short form.

Two sources of tables: those here, small and of our own, from which the parameters are trained; and
those of pseudopeople's wheel, which the benchmark reads. What is measured was not trained on.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_OCR = ("0o", "1l", "5s", "8b", "2z", "6b", "il", "uv", "gq", "ce")
_SOUNDS = (
    ("ph", "f"), ("ck", "k"), ("ie", "y"), ("ee", "ea"), ("ei", "ie"), ("ai", "ay"), ("c", "k"),
    ("ll", "l"), ("nn", "n"), ("tt", "t"), ("ss", "s"), ("z", "s"), ("y", "i"), ("th", "t"),
    ("ou", "u"), ("v", "w"), ("sch", "sh"), ("e", "a"), ("mm", "m"), ("rr", "r"),
)  # fmt: skip
_NICKNAMES = Path(__file__).parents[2] / "orchestration" / "matching" / "nicknames.csv"


@dataclass(frozen=True)
class Noise:
    """Tables: short forms of names, what letters are mistaken for, how sounds are written."""

    nicknames: Mapping[str, Sequence[str]]
    keyboard: Mapping[str, Sequence[str]]
    ocr: Mapping[str, Sequence[str]]
    sounds: Sequence[tuple[str, str]]

    def nickname(self, chance: Random, name: str) -> str:
        """A short form of the name, where one is known."""
        known = self.nicknames.get(name.lower())
        return chance.choice(known).title() if known else name

    def typo(self, chance: Random, text: str) -> str:
        """The text with one mistake: of the fingers, of a scanner or of the ear."""
        if len(text) < 2:
            return text
        kinds = (self._key, self._key, self._scan, self._sound, _left_out, _twice, _turned)
        return chance.choice(kinds)(chance, text)

    def _key(self, chance: Random, text: str) -> str:
        return _replaced(chance, text, self.keyboard)

    def _scan(self, chance: Random, text: str) -> str:
        return _replaced(chance, text, self.ocr)

    def _sound(self, chance: Random, text: str) -> str:
        fitting = [pair for pair in self.sounds if pair[0] in text.lower()[1:]]
        if not fitting:
            return _left_out(chance, text)
        heard, written = chance.choice(fitting)
        place = text.lower().index(heard, 1)
        return text[:place] + written + text[place + len(heard) :]


def wrong_number(chance: Random, number: str) -> str:
    """A digit wrong, left out, or two that changed places."""
    place = chance.randrange(len(number))
    wrong = chance.choice([digit for digit in "0123456789" if digit != number[place]])
    return chance.choice((number[:place] + wrong + number[place + 1 :], _turned(chance, number)))


def wrong_date(chance: Random, day: date) -> date:
    """Day and month swapped where that is a date, a digit wrong, or another year."""
    kind = chance.random()
    if kind < 0.3 and day.day <= 12 and day.day != day.month:
        return day.replace(month=day.day, day=day.month)
    if kind < 0.6:
        return day.replace(year=day.year + chance.choice((-1, 1, 10, -10)), day=min(day.day, 28))
    return day + timedelta(days=chance.choice((-1, 1, 10, -10, 2)))


def own_noise() -> Noise:
    """The small tables of this file, and the nicknames that scoring knows."""
    nicknames: dict[str, list[str]] = {}
    with _NICKNAMES.open(newline="") as file:
        for row in csv.DictReader(file):
            nicknames.setdefault(row["name"], []).append(row["nickname"])
    return Noise(nicknames, _neighbours(_ROWS), _neighbours(_OCR), _SOUNDS)


def _neighbours(rows: Iterable[str]) -> dict[str, list[str]]:
    """By letter those that stand beside it in a row."""
    found: dict[str, list[str]] = {}
    for row in rows:
        for one, other in itertools.pairwise(row):
            found.setdefault(one, []).append(other)
            found.setdefault(other, []).append(one)
    return found


def _replaced(chance: Random, text: str, table: Mapping[str, Sequence[str]]) -> str:
    places = [place for place, letter in enumerate(text) if letter.lower() in table]
    if not places:
        return _left_out(chance, text)
    place = chance.choice(places)
    return text[:place] + chance.choice(table[text[place].lower()]) + text[place + 1 :]


def _left_out(chance: Random, text: str) -> str:
    place = chance.randrange(1, len(text))
    return text[:place] + text[place + 1 :]


def _twice(chance: Random, text: str) -> str:
    place = chance.randrange(len(text))
    return text[: place + 1] + text[place:]


def _turned(chance: Random, text: str) -> str:
    place = chance.randrange(len(text) - 1)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]

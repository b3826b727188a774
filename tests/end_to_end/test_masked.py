"""The masked copy by the real command: made when asked for, kept up, and its key is nowhere."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from tests.end_to_end.conftest import Installation
from tests.end_to_end.personal import OF_PERSONS, OF_PLACES, of_the_application

_KEY = "a key of the tests, 32 characters"


def _cells(file: Path) -> set[str]:
    """Every text of a file's rows, whole and word by word; a calendar has everybody's birthday."""
    found: set[str] = set()
    with duckdb.connect(str(file), read_only=True) as connection:
        for (relation,) in connection.execute(
            "select distinct schema_name || '.' || table_name from duckdb_columns() "
            "where not internal and table_name <> 'local_days'"
        ).fetchall():
            for row in connection.execute(f"from {relation}").fetchall():
                for value in row:
                    found |= {str(value), *re.findall(r"\w+", str(value))}
    return found


def _files_with_the_key(home: Path) -> list[Path]:
    """The log of a pipeline's steps among them, in which dlt notes what it looked up."""
    return [
        path for path in home.rglob("*") if path.is_file() and _KEY.encode() in path.read_bytes()
    ]


def _students(file: Path) -> int:
    with duckdb.connect(str(file), read_only=True) as connection:
        [(count,)] = connection.execute(
            "select count(*) from roster.students_as_of(now())"
        ).fetchall()
    return int(count)


@pytest.fixture(scope="module")
def masked(played: Installation) -> Installation:
    made = played.run("publish", "--masked", MASKING__KEY=_KEY)
    assert made.returncode == 0, made.stderr
    assert f"Masked copy: {played.home / 'rollbook_masked.duckdb'}" in made.stdout
    assert "+ grade" in made.stdout and "ops.k_anonymity" in made.stdout
    return played


def test_nothing_of_the_application_is_in_it(masked: Installation) -> None:
    texts = of_the_application((*OF_PERSONS, *OF_PLACES))
    telling = {text for text in texts if len(text) >= 3 and text != "None"}
    file = masked.home / "rollbook_masked.duckdb"
    published = _cells(masked.home / "rollbook.duckdb")

    assert len(telling & published) > 20
    assert telling & _cells(file) == set()
    assert {text for text in telling if len(text) >= 6 and text.encode() in file.read_bytes()} == (
        set()
    )


def test_every_publish_makes_it_anew_and_no_file_has_the_key(masked: Installation) -> None:
    """Once there it is kept up, whether or not the setting asks for it."""
    file = masked.home / "rollbook_masked.duckdb"
    before = file.stat().st_ino

    synced = masked.sync_day(4, MASKING__KEY=_KEY)

    assert synced.returncode == 0, synced.stderr
    assert file.stat().st_ino != before
    assert _students(file) == _students(masked.home / "rollbook.duckdb")
    assert _KEY not in synced.stdout + synced.stderr
    assert _files_with_the_key(masked.home) == []


def test_a_publish_without_the_key_leaves_no_old_copy(masked: Installation) -> None:
    synced = masked.sync_day(5, MASKING__KEY="")

    assert synced.returncode == 0, synced.stderr
    assert not (masked.home / "rollbook_masked.duckdb").exists()


def test_the_setting_makes_it_with_the_first_publish(masked: Installation) -> None:
    synced = masked.sync_day(5, MASKING__KEY=_KEY, ROLLBOOK_PUBLISH_MASKED="yes")

    assert synced.returncode == 0, synced.stderr
    file = masked.home / "rollbook_masked.duckdb"
    assert _students(file) == _students(masked.home / "rollbook.duckdb")
    assert _files_with_the_key(masked.home) == []


@pytest.mark.parametrize(
    ("arguments", "environment", "told"),
    [
        (("publish",), {"MASKING__KEY": _KEY}, "Say `rollbook publish --masked`"),
        (("publish", "--masked"), {"MASKING__KEY": ""}, "MASKING__KEY.*is missing"),
        (("publish", "--masked"), {"MASKING__KEY": "short"}, "has only 5 characters"),
        (("publish", "--masked"), {"MASKING__KEY": _KEY}, "Nothing has been published"),
        (("sync",), {"ROLLBOOK_PUBLISH_MASKED": "yes"}, "MASKING__KEY.*is missing"),
    ],
)
def test_wrong_use_is_one_line_and_code_2(
    empty: Installation, arguments: tuple[str, ...], environment: dict[str, str], told: str
) -> None:
    ended = empty.run(*arguments, **environment)

    assert ended.returncode == 2, ended.stderr
    [line] = ended.stderr.strip().splitlines()
    assert re.search(told, line)
    assert "short" not in line
    assert not (empty.home / "warehouse.duckdb").exists()

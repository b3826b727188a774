"""The masked copy from day to day: pseudonyms stay, people go, and what goes wrong is told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dlt_sources.errors import ConfigurationError
from orchestration.lib.home import Home
from orchestration.lib.published_file import publish
from orchestration.masking import masked_file
from orchestration.masking.marks import MarkError
from orchestration.masking.masked_file import MaskingError, write_masked
from orchestration.masking.pseudonyms import Pseudonyms
from orchestration.masking.renewing import renew_masked
from tests.masking.conftest import KEY, Masked, opened


def _students(file: Path) -> set[tuple[Any, ...]]:
    with opened(file) as connection:
        return {
            *connection.execute(
                "select student_id, last_name, sis_id from roster.students"
            ).fetchall()
        }


def test_pseudonyms_stay_and_another_key_has_others(masked: Masked, home: Home) -> None:
    before = _students(masked.home.masked)

    write_masked(home, KEY)
    assert _students(home.masked) == before

    write_masked(home, KEY.upper())
    other = _students(home.masked)
    assert len(other) == len(before)
    for place in range(3):
        assert {row[place] for row in other} & {row[place] for row in before} <= {None, ""}


def test_who_is_gone_from_the_roster_is_gone_from_the_copy_with_the_next_publish(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy is made anew because it is there; nobody has to ask for it again."""
    monkeypatch.setenv("MASKING__KEY", KEY)
    with opened(home.published) as connection:
        [(student,)] = connection.execute("select min(student_id) from roster.students").fetchall()
    with duckdb.connect(str(home.build)) as build:
        build.execute("delete from roster.student_history where student_id = ?", [student])
    pseudonym = Pseudonyms(KEY).id(student)
    assert pseudonym in {row[0] for row in _students(home.masked)}

    publish(home)
    assert renew_masked(home) == "made anew"

    assert pseudonym not in {row[0] for row in _students(home.masked)}


def test_a_copy_that_cannot_be_renewed_does_not_grow_old(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MASKING__KEY", raising=False)

    told = renew_masked(home)
    assert told.startswith("removed") and "MASKING__KEY" in told
    assert not home.masked.exists()
    assert renew_masked(home) == "not asked for"


@pytest.mark.parametrize("key", ["short", "abab" * 20])
def test_a_weak_key_is_not_taken_for_none(
    home: Home, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    """The copy stays for whoever mends the key; commands refuse it before they publish."""
    monkeypatch.setenv("MASKING__KEY", key)

    with pytest.raises(ConfigurationError, match="MASKING__KEY"):
        renew_masked(home)
    assert home.masked.exists()


# --- what goes wrong -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["varchar", "date", "json", "varchar[]", "struct(a varchar)"])
def test_a_new_column_without_a_mark_is_refused(home: Home, kind: str) -> None:
    before = home.masked.read_bytes()
    with duckdb.connect(str(home.published)) as connection:
        connection.execute(f"create table ops.nicknames (nickname {kind})")

    with pytest.raises(MarkError, match=r"ops\.nicknames\.nickname has no mark.*No masked copy"):
        write_masked(home, KEY)

    assert home.masked.read_bytes() == before
    assert [path.name for path in home.root.glob("*masked*")] == ["rollbook_masked.duckdb"]


_HOLD_OPEN = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1])
print("open", flush=True)
sys.stdin.readline()
"""


def test_a_copy_that_somebody_writes_into_stays_and_the_line_says_so(home: Home) -> None:
    home.masked.chmod(0o644)
    before = home.masked.read_bytes()
    command = [sys.executable, "-c", _HOLD_OPEN, str(home.masked)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout and holder.stdout.readline() == b"open\n"
        with pytest.raises(MaskingError, match="a process has it open for writing") as raised:
            write_masked(home, KEY)
        holder.communicate(b"\n")

    assert "othing was published" not in str(raised.value)
    assert home.masked.read_bytes() == before


def test_what_duckdb_says_is_not_repeated(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise duckdb.ConversionException("Could not convert string 'Ana Flores' to INT32")

    monkeypatch.setattr(masked_file, "_write", fails)
    with pytest.raises(MaskingError, match="ConversionException") as raised:
        write_masked(home, KEY)

    assert "Ana" not in str(raised.value)
    assert raised.value.__cause__ is None

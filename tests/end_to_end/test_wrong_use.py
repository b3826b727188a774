"""Every wrong use gets one clear line, the documented exit code, and changes nothing."""

import hashlib
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Installation

_HOLD = """
import sys
from pathlib import Path
from orchestration.lib.home import Home, home_lock
with home_lock(Home(Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.read()
"""


def _one_line(ended: subprocess.CompletedProcess[str]) -> str:
    lines = ended.stderr.strip().splitlines()
    assert len(lines) == 1, ended.stderr
    assert lines[0].startswith("rollbook: ")
    return lines[0]


def _fingerprint(home: Path) -> dict[str, str]:
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in home.glob("*.duckdb")
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def test_an_unknown_command_is_wrong_usage(empty: Installation) -> None:
    ended = empty.run("synch")

    assert ended.returncode == 2
    assert "No such command 'synch'" in ended.stderr


def test_a_bad_date_says_how_to_write_one(empty: Installation) -> None:
    ended = empty.run("sync", "--observed-at", "yesterday")

    assert ended.returncode == 2
    assert "2026-08-17T02:00:00" in _one_line(ended)


def test_an_empty_district_is_refused_at_once(empty: Installation) -> None:
    ended = empty.run("sync", "--district", "")

    assert ended.returncode == 2
    assert "--district is empty" in _one_line(ended)
    assert not (empty.home / "warehouse.duckdb").exists()


def test_missing_credentials_are_named(empty: Installation) -> None:
    ended = empty.run("sync", SOURCES__CLEVER__CLIENT_SECRET="")

    assert ended.returncode == 2
    assert "CLIENT_SECRET" in _one_line(ended)


def test_refused_credentials_are_a_matter_of_configuration(empty: Installation) -> None:
    ended = empty.run("sync", SOURCES__CLEVER__CLIENT_SECRET="not-the-secret")

    assert ended.returncode == 2
    assert "refuses the application's credentials" in _one_line(ended)
    assert "not-the-secret" not in ended.stderr + ended.stdout


def test_an_unreachable_host_is_named(empty: Installation) -> None:
    nobody = f"http://127.0.0.1:{_free_port()}"

    ended = empty.run("sync", SOURCES__CLEVER__OAUTH_URL=nobody, SOURCES__CLEVER__API_URL=nobody)

    assert ended.returncode == 1
    assert nobody in _one_line(ended)


def test_a_district_clever_does_not_list_is_wrong_usage(played: Installation) -> None:
    before = _fingerprint(played.home)

    ended = played.run("sync", "--district", "ffffffffffffffffffffffff")

    assert ended.returncode == 2
    assert "ffffffffffffffffffffffff" in _one_line(ended)
    assert _fingerprint(played.home)["rollbook.duckdb"] == before["rollbook.duckdb"]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ('{"ffffffffffffffffffffffff": "America/Chicago"}', "no such district is known"),
        ('{"ffffffffffffffffffffffff": "Mars/Phobos"}', "'Mars/Phobos'; write an IANA time zone"),
        ("America/Chicago", "is no JSON"),
    ],
)
@pytest.mark.parametrize("command", ["sync", "rebuild"])
def test_a_time_zone_of_no_district_or_none_at_all_is_wrong_usage(
    played: Installation, command: str, value: str, told: str
) -> None:
    before = _fingerprint(played.home)

    ended = played.run(command, ROLLBOOK_TIME_ZONES=value)

    assert ended.returncode == 2
    assert "ROLLBOOK_TIME_ZONES" in _one_line(ended)
    assert told in _one_line(ended)
    assert _fingerprint(played.home)["rollbook.duckdb"] == before["rollbook.duckdb"]


def test_time_going_backwards_is_refused(played: Installation) -> None:
    before = _fingerprint(played.home)

    ended = played.run("sync", "--observed-at", "2020-01-01T00:00:00")

    assert ended.returncode == 2
    assert "2020-01-01" in _one_line(ended)
    assert _fingerprint(played.home)["rollbook.duckdb"] == before["rollbook.duckdb"]


def test_a_home_that_cannot_be_written_says_so(empty: Installation, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    ended = empty.run("sync", ROLLBOOK_HOME=str(tmp_path / "file" / "home"))

    assert ended.returncode == 2
    assert "ROLLBOOK_HOME" in _one_line(ended)


def test_a_home_in_use_by_another_run_is_left_alone(played: Installation) -> None:
    before = _fingerprint(played.home)
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(played.home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout and holder.stdout.readline() == "held\n"
        ended = played.run("sync")
        holder.kill()

    assert ended.returncode == 1
    assert str(holder.pid) in _one_line(ended)
    assert _fingerprint(played.home) == before


def test_rebuilding_an_empty_home_says_what_to_do_first(empty: Installation) -> None:
    ended = empty.run("rebuild")

    assert ended.returncode == 2
    assert "rollbook sync" in _one_line(ended)

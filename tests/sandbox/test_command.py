from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from dlt_sources.sandbox import Sandbox

from .conftest import SAMPLE

COMMAND = [sys.executable, "-m", "dlt_sources.sandbox"]
ROOT = Path(__file__).parents[2]
#: The process, and the first line it said.
Running = tuple[subprocess.Popen[str], str]


@pytest.fixture
def running() -> Iterator[Running]:
    arguments = ["--dataset", str(SAMPLE), "--day", "2"]
    with subprocess.Popen(
        COMMAND + arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline().strip()
        try:
            yield process, said
        finally:
            process.kill()


def test_it_says_what_it_serves_and_where_and_stops_quietly_when_interrupted(
    running: Running,
) -> None:
    process, said = running
    assert said.startswith("Two small districts, eight days: day 2 of 8 at http://127.0.0.1:")
    url = said.rpartition(" ")[2]
    assert requests.get(f"{url}/sandbox/day", timeout=10).json()["day"] == 2
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 0
    assert process.stderr is not None
    assert process.stderr.read() == ""


def test_the_day_is_moved_over_http(running: Running) -> None:
    url = running[1].rpartition(" ")[2]
    moved = requests.post(f"{url}/sandbox/day", json={"day": 5}, timeout=10)
    assert moved.json()["day"] == 5
    assert moved.json()["story"][0] == "A quiet day: nothing changes in either district."


@pytest.mark.parametrize("body", ['{"day": 99}', '{"day": "x"}', "{}", "[]", "nothing"])
def test_a_wrong_day_over_http_is_refused_and_changes_nothing(sample: Sandbox, body: str) -> None:
    answer = requests.post(f"{sample.url}/sandbox/day", data=body, timeout=10)
    assert (answer.status_code, list(answer.json())) == (400, ["message"])
    assert requests.get(f"{sample.url}/sandbox/day", timeout=10).json()["day"] == 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--dataset", "nowhere"], "nowhere is no dataset"),
        (["--dataset", str(SAMPLE), "--day", "9"], "has no day 9"),
        (["--dataset", str(SAMPLE), "--port", "99999"], "Port 99999"),
    ],
)
def test_what_cannot_be_served_is_one_line_and_exit_code_two(
    arguments: list[str], expected: str
) -> None:
    done = subprocess.run(COMMAND + arguments, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert expected in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1

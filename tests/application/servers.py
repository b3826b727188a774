"""Database servers of our own: on a free port of this machine, in a folder of theirs.

They are started by the tests that need them and stopped at the end; where one is not installed, its
tests are skipped with the reason. Neither runs as root.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool


@dataclass(frozen=True)
class Server:
    """A server under way; `url` names its database and a user who may do everything."""

    url: str
    start: Callable[[], None]
    stop: Callable[[], None]


@contextmanager
def postgres() -> Iterator[Server]:
    """A PostgreSQL server."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = shutil.which("initdb") or (programs and str(programs[-1]))
    if not found:
        pytest.skip("no PostgreSQL server is installed here (initdb was not found)")
    with _folder("postgres") as (folder, user):
        control = [Path(found).parent / "pg_ctl", "-D", folder / "data", "-w"]
        port = _free_port()
        options = ["-o", f"-h 127.0.0.1 -p {port} -k {folder} -c fsync=off", "-l", folder / "log"]
        _run(user, folder, [found, "-D", folder / "data", "-U", "rollbook", "-A", "trust"])
        server = Server(
            f"postgresql+psycopg://rollbook:secret-of-the-test@127.0.0.1:{port}/postgres",
            start=lambda: _run(user, folder, [*control, *options, "start"]),
            stop=lambda: _run(user, folder, [*control, "-m", "fast", "stop"]),
        )  # fmt: skip
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def mariadb() -> Iterator[Server]:
    """A MariaDB server, as a stand-in for MySQL, too."""
    install, program = shutil.which("mariadb-install-db"), _program("mariadbd")
    if not install or not program:
        pytest.skip("no MariaDB server is installed here (mariadbd was not found)")
    with _folder("mariadb") as (folder, user):
        data, port = folder / "data", _free_port()
        common = ["--no-defaults", f"--datadir={data}"]
        _run(user, folder, [install, *common, "--auth-root-authentication-method=normal"])
        command = [
            program, *common, f"--port={port}", "--bind-address=127.0.0.1",
            f"--socket={folder / 'socket'}", f"--pid-file={folder / 'pid'}",
            "--innodb-flush-log-at-trx-commit=0", "--sql-mode=", "--skip-name-resolve",
        ]  # fmt: skip
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [str(part) for part in command], user=user, cwd=folder, stdout=log, stderr=log
            )
        url = f"mysql+pymysql://root@127.0.0.1:{port}/application?charset=utf8mb4"
        try:
            _wait_for(url.replace("/application?", "/?"), process)
            _execute(
                url.replace("/application?", "/?"), "create database if not exists application"
            )
            yield Server(url, start=lambda: None, stop=lambda: None)
        finally:
            process.terminate()
            process.wait(60)


def _execute(url: str, statement: str) -> None:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Until it lets us in; it says nothing to its parent when it is ready."""
    deadline = time.monotonic() + 90
    while True:
        assert process.poll() is None, "the server ended"
        try:
            return _execute(url, "select 1")
        except OperationalError:
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.1)


def _program(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin:/usr/libexec")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _folder(name: str) -> Iterator[tuple[Path, str | None]]:
    """A folder, and the user who runs the server in it: root gives it to `nobody`.

    It is not below pytest's own folder, which is closed to others.
    """
    with tempfile.TemporaryDirectory(prefix=f"rollbook-{name}-") as place:
        user = "nobody" if os.geteuid() == 0 else None
        if user:
            shutil.chown(place, user)
        yield Path(place), user


def _run(user: str | None, folder: Path, command: list[Any]) -> None:
    subprocess.run(
        [str(part) for part in command],
        check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip

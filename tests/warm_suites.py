"""The process of the suites, in forks of one that has imported Great Expectations once.

A command starts its suites by the interpreter that it runs itself. One that is run in a fork is
told that its interpreter is a stand-in: it hands its streams to a fork of the server of this
module, which is from then on what the product's own child would be, and ends with it. Whoever kills
the one has killed the other.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import shlex
import signal
import socket
import sys
import threading
from multiprocessing.connection import wait
from pathlib import Path
from typing import NoReturn

_PYTHON = """\
#!/bin/sh
exec {python} -SsE {script} "$@"
"""
_STAND_IN = """\
import json, os, socket, sys
assert sys.argv[1:] == ["-m", "expectations", "--wait"], sys.argv
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    about = json.dumps({{"environment": dict(os.environ), "folder": os.getcwd()}}).encode()
    socket.send_fds(server, [len(about).to_bytes(4, "big")], [0, 1, 2])
    server.sendall(about)
    sys.exit(len(server.recv(1)))
"""


def write_stand_in(folder: Path, address: str) -> Path:
    """An interpreter in a folder that can run nothing but the suites, by the server there."""
    script, python = folder / "stand_in.py", folder / "python"
    script.write_text(_STAND_IN.format(address=address))
    paths = {"python": shlex.quote(sys.executable), "script": shlex.quote(str(script))}
    python.write_text(_PYTHON.format(**paths))
    python.chmod(0o755)
    return python


def serve_suites(listener: socket.socket) -> None:
    """Be the server: a fork for everybody who asks, as long as the process of the tests lives."""
    from expectations.deferred import defer
    from expectations.judge import load_great_expectations

    defer("scipy.stats", "altair")
    load_great_expectations()
    # Nobody waits for the forks.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    tests = multiprocessing.parent_process()
    assert tests is not None
    while tests.sentinel not in wait([listener, tests.sentinel]):
        asking, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            _be_the_suites(asking)
        asking.close()


def _be_the_suites(asking: socket.socket) -> NoReturn:
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        size, streams, *_ = socket.recv_fds(asking, 4, 3)
        with asking.makefile("rb") as told:
            about = json.loads(told.read(int.from_bytes(size, "big")))
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        os.environ.clear()
        os.environ.update(about["environment"])
        os.chdir(about["folder"])
        threading.Thread(target=_end_with, args=(asking,), daemon=True).start()
        code = _judge()
    finally:
        os._exit(code)


def _end_with(asking: socket.socket) -> None:
    """The stand-in was killed, so that nothing holds its end any more."""
    asking.recv(1)
    os._exit(1)


def _judge() -> int:
    from expectations.__main__ import main

    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(number, mode) for number, mode in enumerate(("r", "w", "w"))
    )
    # Final for everybody but who stands in for a process that has its own.
    sys.__stdout__ = sys.stdout  # type: ignore[assignment, misc]
    return main(["--wait"])

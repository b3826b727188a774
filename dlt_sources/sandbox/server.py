"""The sandbox as a server on this machine: for a test, or until interrupted."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from dlt_sources.errors import ConfigurationError
from dlt_sources.sandbox.app import create_app
from dlt_sources.sandbox.dataset import Dataset
from dlt_sources.sandbox.faults import Fault
from dlt_sources.sandbox.limits import RateLimiter
from dlt_sources.sandbox.site import Site

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox. `url` is both Clever's API and its OAuth host."""

    url: str
    site: Site

    @property
    def client_id(self) -> str:
        """The application's client id."""
        return self.site.dataset.client_id

    @property
    def client_secret(self) -> str:
        """The application's client secret."""
        return self.site.dataset.client_secret

    @property
    def requests(self) -> list[str]:
        """Every request so far, such as `GET /v3.1/users?limit=10000`."""
        return self.site.requests

    def set_day(self, number: int) -> None:
        """Serve another day; raises ConfigurationError if the dataset has no such day."""
        self.site.set_day(number)

    def inject(self, *faults: Fault) -> None:
        """Order faults for the requests to come."""
        self.site.faults.add(faults)

    def clear_faults(self) -> None:
        """Forget the faults that were ordered; what they moved stays moved."""
        self.site.faults.clear()


@contextmanager
def serve(
    dataset: str | Path,
    day: int = 1,
    port: int = 0,
    *,
    rate_limit: int = 1200,
    rate_window: int = 60,
) -> Iterator[Sandbox]:
    """Serve a dataset as of a day from a thread of this process, until the block ends.

    Port 0 takes a free one. `rate_limit` requests are allowed per token in `rate_window` seconds.
    Raises ConfigurationError when the dataset, the day or the port cannot be served.
    """
    site = _site(Path(dataset), day, RateLimiter(rate_limit, rate_window))
    with _listening(port) as listener:
        server = _server(site)
        thread = Thread(target=server.run, args=([listener],), name="sandbox", daemon=True)
        thread.start()
        try:
            yield Sandbox(_url(listener), site)
        finally:
            server.should_exit = True
            thread.join()


def run_forever(dataset: str | Path, day: int, port: int) -> None:
    """Serve a dataset until interrupted, saying where; raises ConfigurationError as `serve`."""
    site = _site(Path(dataset), day, RateLimiter())
    with _listening(port) as listener, contextlib.suppress(KeyboardInterrupt):
        last = site.dataset.days()[-1].number
        print(f"{site.dataset.title}: day {day} of {last} at {_url(listener)}", flush=True)
        _server(site).run([listener])


def _site(folder: Path, day: int, limiter: RateLimiter) -> Site:
    dataset = Dataset.open(folder)
    return Site(dataset, dataset.as_of(day), limiter)


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    """Bind before the server starts: its port is known, and requests queue until it accepts."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except (OSError, OverflowError):
            raise ConfigurationError(
                f"Port {port} cannot be used, perhaps because another program does: choose another."
            ) from None
        listener.listen(128)
        yield listener


def _server(site: Site) -> uvicorn.Server:
    class Protocol(H11Protocol):
        """Remembers each connection, so that a fault can break it."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            site.connections[transport.get_extra_info("peername")] = transport

        def connection_lost(self, exc: Exception | None) -> None:
            site.connections.pop(self.transport.get_extra_info("peername"), None)
            super().connection_lost(exc)

    return uvicorn.Server(
        uvicorn.Config(
            create_app(site),
            http=Protocol,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            # The application sends it, so that a fault can change it.
            date_header=False,
            timeout_graceful_shutdown=1,
        )
    )


def _url(listener: socket.socket) -> str:
    return f"http://{HOST}:{listener.getsockname()[1]}"

"""The lists of one district, read one page ahead of whoever uses them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from dlt_sources.clever.client import CleverClient, Page, Row, UnavailableError
from dlt_sources.clever.clock import SyncClock
from dlt_sources.clever.objects import CleverObject
from dlt_sources.clever.settings import CleverSettings


class Lists:
    """Reads with a district's tokens; a context that ends its thread and closes its connections.

    All requests are made by one thread, which fetches the next page while the last one is used.
    """

    def __init__(
        self,
        settings: CleverSettings,
        tokens: Sequence[str],
        stop: Event | None = None,
        clock: SyncClock | None = None,
    ) -> None:
        self._version = settings.api_version
        self._page_size = settings.page_size
        self._client = CleverClient(settings, tokens, stop, clock)
        self._reader = ThreadPoolExecutor(1, "reader")

    def __enter__(self) -> Lists:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.shutdown(cancel_futures=True)
        self._client.close()

    def first_page(self, kind: CleverObject) -> Page:
        """The only page of a short list; raises RefusedError or UnavailableError."""
        return self._reader.submit(self._client.page, f"/{self._version}/{kind.path}").result()

    def pages(self, kind: CleverObject) -> Iterator[list[Row]]:
        """The rows of each page; raises UnavailableError also if there is no end to them."""
        first = f"/{self._version}/{kind.path}?limit={self._page_size}"
        visited = {first}
        ahead = self._reader.submit(self._client.page, first)
        path: str | None = first
        while path is not None:
            page = ahead.result()
            path = page.next
            if path in visited:
                raise UnavailableError(f"Clever's list of {kind.name} does not come to an end")
            if path is not None:
                visited.add(path)
                ahead = self._reader.submit(self._client.page, path)
            yield page.data

"""Reading Clever's API over HTTP: pages, retries, and what each refusal means."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec
import requests
import tenacity
import urllib3

from dlt_sources.clever.clock import SyncClock
from dlt_sources.clever.depth import without_the_deepest
from dlt_sources.clever.settings import CleverSettings, may_be_sent
from dlt_sources.errors import ConfigurationError, RollbookError

_REFUSALS = {
    401: "its token is no longer valid (401)",
    403: "its token may not read this (403)",
    404: "it is not shared with this application, or no longer exists (404)",
}


class RefusedError(RollbookError):
    """Clever refuses the token or does not show what was asked for; trying again is no use."""


class InvalidTokenError(RefusedError):
    """The token is not, or no longer, valid: another one of the same district may be."""


class UnavailableError(RollbookError):
    """Clever did not give a usable answer, however often it was asked."""


class StoppedError(RollbookError):
    """The walk was told to stop."""


class Row(msgspec.Struct, gc=False):
    """One record of a page, not decoded, and its path, which ends in the record's id."""

    data: msgspec.Raw = msgspec.Raw(b"null")
    uri: str = ""


class Link(msgspec.Struct, gc=False):
    """A link of a page to itself or a neighbour."""

    rel: str
    uri: str


class Page(msgspec.Struct, gc=False):
    """One page of a list. Its rows lie in the memory of the answer's body."""

    data: list[Row]
    links: list[Link]

    @property
    def next(self) -> str | None:
        """The path of the next page; None on the last."""
        return next((link.uri for link in self.links if link.rel == "next"), None)


Answer = TypeVar("Answer")


@dataclass(frozen=True)
class _Bearer(requests.auth.AuthBase):
    token: str = field(repr=False)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


class _TryAgainError(Exception):
    """What went wrong, and the seconds Clever wants to be left alone, if it said so."""

    def __init__(self, problem: str, seconds: float = 0.0) -> None:
        super().__init__(problem)
        self.seconds = seconds


class CleverClient:
    """Reads with a district's token, or as the application; to be used by one thread at a time.

    Of several `tokens` the first that Clever does not call invalid is used; None stands for the
    application. A `clock` hears the time of every answer, and may refuse the sync:
    ConfigurationError.
    """

    def __init__(
        self,
        settings: CleverSettings,
        tokens: Sequence[str] | None = None,
        stop: Event | None = None,
        clock: SyncClock | None = None,
    ) -> None:
        self._settings = settings
        self._stop = stop or Event()
        self._clock = clock
        self._session = requests.Session()
        self._session.headers["Accept"] = "application/json"
        # As `auth`, not as a header: a machine's .netrc would replace the header.
        self._session.auth = self._basic()
        self._bearers = [_Bearer(token) for token in tokens or () if may_be_sent(token)]

    def page(self, path: str) -> Page:
        """One page of a list; `path` starts with a slash and the API's version.

        Raises RefusedError, UnavailableError or StoppedError; no text holds a secret or data.
        """
        if not self._bearers:
            raise UnavailableError(
                "Clever lists a token for this district that is blank or holds characters that no "
                "request may hold: disconnect the district in Clever's dashboard and connect it "
                "again, or ask Clever"
            )
        while True:
            self._session.auth = self._bearers[0]
            try:
                return self._patiently(self._settings.api_url, path, read_page)
            except InvalidTokenError:
                if len(self._bearers) == 1:
                    raise
                del self._bearers[0]

    def tokens(self) -> dict[str, tuple[str, ...]]:
        """The tokens of every district that has authorised the application, the newest first.

        A district nearly always has one. Raises ConfigurationError for refused credentials,
        UnavailableError for an unusable answer.
        """
        listed: list[_Token] = []
        path: str | None = "/oauth/tokens?owner_type=district"
        try:
            while path:
                page = self._patiently(self._settings.oauth_url, path, _read_tokens)
                listed += page.data
                path = page.next if page.next != path else None
        except RefusedError:
            raise ConfigurationError(
                "Clever refuses the application's credentials; check SOURCES__CLEVER__CLIENT_ID, "
                "SOURCES__CLEVER__CLIENT_SECRET and SOURCES__CLEVER__OAUTH_URL."
            ) from None
        return _by_district(listed)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _basic(self) -> tuple[str, str]:
        return self._settings.client_id or "", self._settings.client_secret or ""

    def _patiently(self, base: str, path: str, read: Callable[[bytes], Answer]) -> Answer:
        settings = self._settings
        host = urlsplit(base).netloc
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_TryAgainError),
            stop=tenacity.stop_after_attempt(settings.attempts),
            wait=self._wait,
            sleep=tenacity.sleep_using_event(self._stop),
            reraise=True,
        )
        try:
            answer: Answer = retrying(self._once, base, path, read)
            return answer
        except _TryAgainError as error:
            place = f"{host}{path.partition('?')[0]}"
            raise UnavailableError(
                f"{place} gave no usable answer in {settings.attempts} attempts: {error}"
            ) from None

    def _wait(self, state: tenacity.RetryCallState) -> float:
        """Seconds until the next try: as told, or twice as long each time, never in step."""
        error = state.outcome.exception() if state.outcome else None
        told = error.seconds if isinstance(error, _TryAgainError) else 0.0
        backoff = self._settings.first_wait * 2.0 ** (state.attempt_number - 1)
        jitter = random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, protects nothing
        return min(max(told, backoff * jitter), self._settings.longest_wait)

    def _once(self, base: str, path: str, read: Callable[[bytes], Answer]) -> Answer:
        if self._stop.is_set():
            raise StoppedError("The walk was stopped.")
        if not path.startswith("/"):
            # A link to another host must never get the token.
            raise UnavailableError(f"{urlsplit(base).netloc} links to a page outside of itself")
        body = self._body(base.rstrip("/") + path)
        try:
            return read(body)
        except ValueError as error:
            raise _TryAgainError(str(error)) from None

    def _body(self, url: str) -> bytes:
        """The body of a good answer, read at once: ten times faster than requests' small chunks."""
        try:
            with self._session.get(url, timeout=self._settings.timeout, stream=True) as response:
                if self._clock:
                    self._clock.hear(response.headers.get("Date"))
                if response.status_code != 200:
                    raise _failure(response.status_code, response.headers)
                return bytes(response.raw.read(decode_content=True))
        except requests.Timeout:
            raise _TryAgainError("no answer in time") from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise _TryAgainError(f"the connection failed ({type(error).__name__})") from None


def _failure(status: int, headers: Mapping[str, str]) -> Exception:
    if status == 401:
        return InvalidTokenError(_REFUSALS[status])
    if status in _REFUSALS:
        return RefusedError(_REFUSALS[status])
    if status == 429:
        return _TryAgainError("the rate limit is used up (429)", seconds_until_reset(headers))
    if status >= 500 and status != 501:
        return _TryAgainError(f"Clever has a problem ({status})")
    if status == 413:
        return UnavailableError("the page is too long (413); lower SOURCES__CLEVER__PAGE_SIZE")
    return UnavailableError(f"Clever does not accept the request ({status})")


def seconds_until_reset(headers: Mapping[str, str]) -> float:
    """Seconds until every rate limit of a 429 is reset: the header may list several times.

    0 when the header is missing, no number, or past.
    """
    times = [part.strip() for part in headers.get("X-Ratelimit-Reset", "").split(",")]
    latest = max((int(part) for part in times if part.isdecimal()), default=0)
    return max(0.0, latest - time.time())


_page_decoder = msgspec.json.Decoder(Page)


def read_page(body: bytes) -> Page:
    """The rows and links of a body; raises ValueError, without any content, for other bodies."""
    if not body.strip():
        raise ValueError("an empty body")
    try:
        return _page_decoder.decode(body)
    except RecursionError:
        return _lenient_page(without_the_deepest(body))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _lenient_page(body)


def _lenient_page(body: bytes) -> Page:
    """A page in which single rows cannot be decoded: those are for the walk to reject one by one.

    Python's own decoder takes what JSON forbids (lone surrogates, NaN) and bytes that are not
    UTF-8 pass as lone surrogates, so that each row can be written down again by itself.
    """
    try:
        text = body.decode("utf-8", "surrogateescape")
        answer = json.loads(text)
        links = msgspec.convert(answer["links"], list[Link])
        # What is no list shows nothing: it must not pass for a list with nothing in it.
        rows = [_lenient_row(row) for row in msgspec.convert(answer["data"], list[Any])]
    except (ValueError, KeyError, TypeError, RecursionError):
        kind = "an HTML page" if body.lstrip()[:1] == b"<" else "a body that is no page of a list"
        raise ValueError(kind) from None
    return Page(rows, links)


def _lenient_row(row: Any) -> Row:
    if not isinstance(row, dict):
        return Row()
    uri = row.get("uri")
    path = uri.encode("utf-8", "backslashreplace").decode() if isinstance(uri, str) else ""
    return Row(msgspec.Raw(json.dumps(row.get("data")).encode()), path)


_ISO_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T")


class _Owner(msgspec.Struct):
    id: str


class _Token(msgspec.Struct):
    """A token of a district's; only whose it is must be readable."""

    owner: _Owner
    access_token: Any = None
    created: Any = None

    @property
    def age(self) -> tuple[bool, str]:
        """Sorts tokens by when they were made, those that do not tell before all others."""
        told = isinstance(self.created, str) and bool(_ISO_TIME.match(self.created))
        return told, self.created if told else ""


class _Tokens(msgspec.Struct):
    data: list[_Token]
    links: list[Link] = []

    @property
    def next(self) -> str | None:
        return next((link.uri for link in self.links if link.rel == "next"), None)


def _by_district(listed: Sequence[_Token]) -> dict[str, tuple[str, ...]]:
    """The tokens of each district, the newest first; of those made at once the last in the list."""
    found: dict[str, tuple[str, ...]] = {}
    for token in sorted(listed, key=lambda token: token.age):
        texts = (token.access_token,) if isinstance(token.access_token, str) else ()
        found[token.owner.id] = texts + found.get(token.owner.id, ())
    return found


def _read_tokens(body: bytes) -> _Tokens:
    try:
        return msgspec.json.decode(body, type=_Tokens)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ValueError("a body that is no list of tokens") from None

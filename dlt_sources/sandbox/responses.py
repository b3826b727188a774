"""Responses as they stand on the wire: envelopes, headers, error bodies, and broken ones."""

from __future__ import annotations

import asyncio
import html
import socket
import struct
import uuid
from collections.abc import Iterable, Sequence

import msgspec
import xxhash
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

JSON = "application/json; charset=utf-8"

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Error</title></head>
<body><pre>{}</pre></body>
</html>
"""

#: Closing with this lingering time sends RST instead of FIN.
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)

Links = Sequence[dict[str, str]]


def json_response(value: object, status: int = 200) -> Response:
    """Return a JSON body with Clever's content type."""
    return Response(msgspec.json.encode(value), status, media_type=JSON)


def list_response(rows: Iterable[bytes], links: Links, *, links_first: bool = False) -> Response:
    """Return a list; sub-collections put `links` before `data`. Rows are joined as they are."""
    data = b'"data":[' + b",".join(rows) + b"]"
    tail = b'"links":' + msgspec.json.encode(links)
    parts = (tail, data) if links_first else (data, tail)
    return Response(b"{" + b",".join(parts) + b"}", media_type=JSON)


def row(record: bytes, uri: str) -> bytes:
    """Wrap one record of a list."""
    return b'{"data":' + record + b',"uri":"' + uri.encode() + b'"}'


def single_response(record: bytes, links: Links) -> Response:
    """Return one object with its links."""
    body = b'{"data":' + record + b',"links":' + msgspec.json.encode(links) + b"}"
    return Response(body, media_type=JSON)


def error(status: int, message: str) -> Response:
    """Return an error with Clever's body: none for a rate limit, else a message."""
    return Response(b"", status) if status == 429 else json_response({"message": message}, status)


def html_error(status: int, text: str) -> Response:
    """Return the HTML page that Clever's framework shows where no JSON is made."""
    return Response(_PAGE.format(html.escape(text)), status, media_type="text/html")


def with_clever_headers(response: Response, *, data: bool, resources: bool = False) -> Response:
    """Add the headers Clever's servers add; `data` marks responses of the Data API."""
    request_id = str(uuid.uuid4())
    response.headers.update(
        {
            "server": "envoy",
            "cache-control": "no-store",
            "x-request-id": request_id,
            "access-control-allow-origin": "*",
            "access-control-allow-methods": "GET,PATCH,POST,DELETE",
            "access-control-allow-headers": "Content-Type,Authorization,Accept,Origin",
        }
    )
    if resources:
        response.headers["clever-request-id"] = request_id
    elif data and response.status_code == 200:
        body = bytes(response.body)
        response.headers["etag"] = f'W/"{len(body):x}-{xxhash.xxh3_64_hexdigest(body)}"'
    return response


class TruncatedResponse(Response):
    """Promises the whole body, sends half of it and closes the connection."""

    def __init__(self, whole: Response, connection: asyncio.Transport):
        super().__init__(bytes(whole.body), whole.status_code, dict(whole.headers))
        self._connection = connection

    async def __call__(  # noqa: D102
        self,
        scope: Scope,  # noqa: ARG002
        receive: Receive,
        send: Send,
    ) -> None:
        start = {"type": "http.response.start", "status": self.status_code}
        await send(start | {"headers": self.raw_headers})
        half = self.body[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": bytes(half), "more_body": True})
        self._connection.close()
        await disconnected(receive)


class ResetResponse(Response):
    """Answers nothing: the connection is reset."""

    def __init__(self, connection: asyncio.Transport):
        super().__init__()
        self._connection = connection

    async def __call__(  # noqa: D102
        self,
        scope: Scope,  # noqa: ARG002
        receive: Receive,
        send: Send,  # noqa: ARG002
    ) -> None:
        raw = self._connection.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self._connection.abort()
        await disconnected(receive)


async def disconnected(receive: Receive) -> None:
    """Wait until the client is gone."""
    while (await receive())["type"] != "http.disconnect":
        continue

"""The ASGI application: routes, request log, rate limits, headers, and the faults in between."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from email.utils import formatdate

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dlt_sources.errors import ConfigurationError
from dlt_sources.sandbox import api
from dlt_sources.sandbox.faults import Fault
from dlt_sources.sandbox.limits import Allowance
from dlt_sources.sandbox.responses import (
    ResetResponse,
    TruncatedResponse,
    disconnected,
    error,
    html_error,
    json_response,
    with_clever_headers,
)
from dlt_sources.sandbox.site import Site

_ANY_METHOD = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def create_app(site: Site) -> Starlette:
    """Return the application that serves a site."""

    async def clever(request: Request) -> Response:
        return await _serve(site, request)

    async def day(request: Request) -> Response:
        return await _day(site, request)

    return Starlette(
        routes=[
            Route("/sandbox/day", day, methods=["GET", "POST"]),
            Route("/{path:path}", clever, methods=_ANY_METHOD),
        ]
    )


async def _day(site: Site, request: Request) -> Response:
    """Tell the day that is served; a POST of {"day": n} moves it."""
    if request.method == "POST":
        try:
            await run_in_threadpool(site.set_day, int((await request.json())["day"]))
        except (ValueError, KeyError, TypeError):
            return error(400, 'send {"day": number}')
        except ConfigurationError as problem:
            return error(400, str(problem))
    today = site.snapshot.day
    return json_response({"day": today.number, "date": today.date, "story": today.story})


async def _serve(site: Site, request: Request) -> Response:
    query = f"?{request.url.query}" if request.url.query else ""
    site.requests.append(f"{request.method} {request.url.path}{query}")
    struck = site.faults.strike(_fault_path(request), api.district_of(site, request))
    await _before(site, request, struck)
    response = _replaced(site, request, struck) or _answer(site, request, struck)
    _date(response, struck)
    return _broken(site, request, struck, response)


def _fault_path(request: Request) -> str:
    """Return the path below the version, which is how faults name it."""
    path = request.url.path
    return path if path.startswith("/oauth/") else "/" + path.strip("/").partition("/")[2]


async def _before(site: Site, request: Request, struck: Sequence[Fault]) -> None:
    for fault in struck:
        if fault.kind == "slow":
            # Nobody is left to answer when the client has given up in the meantime.
            with suppress(TimeoutError):
                await asyncio.wait_for(disconnected(request.receive), fault.delay)
        if district := api.district_of(site, request):
            if fault.kind == "last_sync":
                site.last_sync_moves[district] += 1
            if fault.kind == "next_day":
                await run_in_threadpool(site.move_ahead, district)


def _replaced(site: Site, request: Request, struck: Sequence[Fault]) -> Response | None:
    """Return what a fault answers in place of the site, if one does."""
    for fault in struck:
        if fault.kind == "status":
            response = error(fault.status, f"sandbox fault {fault.status}")
            if fault.status == 429:
                response.headers.update(fault.rate_limit_headers())
            return with_clever_headers(response, data=False)
        if fault.kind == "html":
            return html_error(fault.status, "Service temporarily unavailable")
        if fault.kind == "empty":
            return Response(b"", 200, media_type="application/json")
        if fault.kind == "reset":
            return ResetResponse(_connection(site, request))
    return None


def _date(response: Response, struck: Sequence[Fault]) -> None:
    """Say what time it is at Clever, or what a fault wants said of it."""
    text = next((fault.date for fault in struck if fault.kind == "date"), formatdate(usegmt=True))
    if text:
        response.headers["date"] = text


def _broken(site: Site, request: Request, struck: Sequence[Fault], response: Response) -> Response:
    """Return the site's response, damaged if a fault says so."""
    for fault in struck:
        if fault.bend and response.status_code == 200:
            response = json_response(fault.bend(json.loads(bytes(response.body))))
    kinds = {fault.kind for fault in struck}
    if "cut" in kinds:
        return Response(response.body[: len(response.body) // 2], media_type=response.media_type)
    if "truncated" in kinds:
        return TruncatedResponse(response, _connection(site, request))
    return response


def _answer(site: Site, request: Request, struck: Sequence[Fault]) -> Response:
    if request.url.path.startswith("/oauth/"):
        return with_clever_headers(_guarded(lambda: _oauth(site, request)), data=False)
    allowance = _allowance(site, request)
    if allowance and allowance.exceeded:
        response = error(429, "")
    else:
        extra = tuple(record for fault in struck for record in fault.records)
        response = _guarded(lambda: api.data(site, request, extra))
    response.headers.update(allowance.headers() if allowance else {})
    return with_clever_headers(response, data=True, resources=api.is_resources(request))


def _guarded(endpoint: Callable[[], Response]) -> Response:
    try:
        return endpoint()
    except HTTPException as problem:
        return error(problem.status_code, problem.detail)


def _allowance(site: Site, request: Request) -> Allowance | None:
    """Count the request against its token; requests without a known token are not counted."""
    if api.district_of(site, request) is None:
        return None
    return site.limiter.take(request.headers["authorization"])


def _oauth(site: Site, request: Request) -> Response:
    endpoints = {"/oauth/tokens": api.tokens, "/oauth/tokeninfo": api.token_info}
    endpoint = endpoints.get(request.url.path)
    if endpoint is None or request.method != "GET":
        return html_error(404, f"Cannot {request.method} {request.url.path}")
    return endpoint(site, request)


def _connection(site: Site, request: Request) -> asyncio.Transport:
    client = request.client
    assert client is not None, "a connection over TCP has a client address"
    return site.connections[(client.host, client.port)]

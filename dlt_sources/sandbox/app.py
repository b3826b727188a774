"""The ASGI application: routes, request log, rate limits, headers, and the faults in between."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dlt_sources.errors import ConfigurationError
from dlt_sources.sandbox import api
from dlt_sources.sandbox.faults import Fault
from dlt_sources.sandbox.responses import (
    ResetResponse,
    TruncatedResponse,
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
            site.set_day(int((await request.json())["day"]))
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
    return _broken(site, request, struck, response)


def _fault_path(request: Request) -> str:
    """Return the path below the version, which is how faults name it."""
    path = request.url.path
    return path if path.startswith("/oauth/") else "/" + path.strip("/").partition("/")[2]


async def _before(site: Site, request: Request, struck: Sequence[Fault]) -> None:
    for fault in struck:
        if fault.kind == "slow":
            await asyncio.sleep(fault.delay)
        if fault.kind == "last_sync" and (district := api.district_of(site, request)):
            site.last_sync_moves[district] += 1


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


def _broken(site: Site, request: Request, struck: Sequence[Fault], response: Response) -> Response:
    """Return the site's response, damaged if a fault says so."""
    kinds = {fault.kind for fault in struck}
    if "cut" in kinds:
        return Response(response.body[: len(response.body) // 2], media_type=response.media_type)
    if "truncated" in kinds:
        return TruncatedResponse(response, _connection(site, request))
    return response


def _answer(site: Site, request: Request, struck: Sequence[Fault]) -> Response:
    path = request.url.path
    is_data = not path.startswith("/oauth/")
    try:
        response = _data(site, request, struck) if is_data else _oauth(site, request)
    except HTTPException as problem:
        response = error(problem.status_code, problem.detail)
        response.headers.update(problem.headers or {})
    return with_clever_headers(response, data=is_data, resources=api.is_resources(request))


def _data(site: Site, request: Request, struck: Sequence[Fault]) -> Response:
    extra = tuple(record for fault in struck for record in fault.records)
    if api.district_of(site, request) is None:
        return api.data(site, request, extra)
    allowance = site.limiter.take(request.headers["authorization"])
    if allowance.exceeded:
        raise HTTPException(429, headers=allowance.headers())
    try:
        response = api.data(site, request, extra)
    except HTTPException as problem:
        problem.headers = allowance.headers()
        raise
    response.headers.update(allowance.headers())
    return response


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

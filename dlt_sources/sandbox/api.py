"""Clever's endpoints over a site: tokens, lists, single objects, sub-collections."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import xxhash
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dlt_sources.sandbox import dialects
from dlt_sources.sandbox.dataset import LISTS
from dlt_sources.sandbox.dialects import Dialect
from dlt_sources.sandbox.paging import Cursor, links, page_of
from dlt_sources.sandbox.records import RecordList
from dlt_sources.sandbox.relations import (
    RELATIONS,
    Filters,
    Lists,
    Relation,
    link_names,
    users_with_role,
)
from dlt_sources.sandbox.responses import (
    html_error,
    json_response,
    list_response,
    row,
    single_response,
)
from dlt_sources.sandbox.site import Site

COLLECTIONS = ("districts", *LISTS)
ROLES = ("contact", "district_admin", "staff", "student", "teacher")
SCOPES = (
    "read:district_admins_basic",
    "read:school_admins_basic",
    "read:students_basic",
    "read:teachers_basic",
    "read:user_id",
)


@dataclass(frozen=True)
class Call:
    """One authorised request: the district behind its token and the parts of its path."""

    site: Site
    request: Request
    district: str
    lists: Lists
    version: str
    extra_records: tuple[bytes, ...] = ()

    @property
    def path(self) -> str:
        """The path as it was asked for, version included."""
        return self.request.url.path

    def uri(self, name: str, record_id: str) -> str:
        """Return the canonical path of a record."""
        return f"/{self.version}/{name}/{record_id}"

    def dialect(self, name: str) -> Dialect:
        """Return how the records of a list are sent by this call."""
        of_version = dialects.of_version(self.version, name)
        if name != "districts":
            return of_version
        return lambda record: self.site.with_moved_sync(self.district, of_version(record))


def district_of(site: Site, request: Request) -> str | None:
    """Return the district whose token the request bears, or None."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return site.snapshot.tokens.get(token.strip()) if kind.lower() == "bearer" else None


def tokens(site: Site, request: Request) -> Response:
    """List the districts that authorised the application, with their tokens."""
    if not _is_application(site, request):
        raise HTTPException(401, "invalid client credentials")
    if request.query_params.get("owner_type") != "district":
        raise HTTPException(400, "owner_type must be district")
    wanted = request.query_params.get("district")
    created = f"{site.dataset.days()[0].date}T06:00:00.000Z"
    rows = [
        _token_row(token, district, created)
        for token, district in sorted(site.snapshot.tokens.items(), key=lambda item: item[1])
        if wanted in (None, "", district)
    ]
    own = {"rel": "self", "uri": f"{request.url.path}?{request.url.query}"}
    return json_response({"data": rows, "links": [own]})


def token_info(site: Site, request: Request) -> Response:
    """Tell which application a token belongs to, and its scopes."""
    if district_of(site, request) is None:
        raise HTTPException(401, "invalid token")
    return json_response({"client_id": site.dataset.client_id, "scopes": SCOPES})


def data(site: Site, request: Request, extra_records: tuple[bytes, ...] = ()) -> Response:
    """Answer a path below a version of the Data API."""
    version, *parts = request.url.path.strip("/").split("/")
    if version not in dialects.VERSIONS or not 1 <= len(parts) <= 3:
        return _cannot(request)
    if request.method != "GET":
        raise HTTPException(501, "only GET is supported")
    district = district_of(site, request)
    if district is None:
        raise HTTPException(401, "invalid or expired token")
    lists = site.lists(district)
    call = Call(site, request, district, lists, version, extra_records)
    if is_resources(request):
        return _resources(call, parts)
    if parts[0] not in COLLECTIONS:
        return _cannot(request)
    return (_list, _single, _related)[len(parts) - 1](call, *parts)


def is_resources(request: Request) -> bool:
    """Tell whether the request is for resources; their envelope and headers differ."""
    return "resources" in request.url.path.lower().split("/")[2:]


def _list(call: Call, name: str) -> Response:
    records, query = call.lists[name], call.request.query_params
    positions: Sequence[int] = range(len(records))
    if name == "users" and (role := query.get("role")):
        positions = users_with_role(records, _one_of(role, ROLES))
    if query.get("count") == "true":
        own = {"rel": "self", "uri": f"{call.path}?{call.request.url.query}"}
        return json_response({"count": len(positions), "links": [own]})
    cursor = Cursor.parse({} if name == "districts" else query)
    return _page(call, name, positions, cursor, call.dialect(name))


def _single(call: Call, name: str, record_id: str) -> Response:
    record = _record(call, name, record_id)
    own = call.uri(name, record_id)
    relations = [{"rel": rel, "uri": f"{own}/{rel}"} for rel in link_names(name, record)]
    return single_response(call.dialect(name)(record), [{"rel": "self", "uri": own}, *relations])


def _related(call: Call, name: str, record_id: str, relation_name: str) -> Response:
    relation = RELATIONS.get((name, relation_name.lower()))
    if relation is None:
        return _cannot(call.request)
    _record(call, name, record_id)
    positions = relation.find(call.lists, record_id, _filters(call.request, relation))
    if relation.single:
        return _canonical(call, relation.target, positions)
    dialect = call.dialect(relation.target)
    if (name, relation.target) == ("schools", "terms"):
        dialect = dialects.with_timestamps
    cursor = Cursor.parse(call.request.query_params)
    return _page(call, relation.target, positions, cursor, dialect, links_first=True)


def _page(
    call: Call,
    name: str,
    positions: Sequence[int],
    cursor: Cursor,
    dialect: Dialect,
    *,
    links_first: bool = False,
) -> Response:
    records = call.lists[name]
    page = page_of(records, positions, cursor)
    rows = [
        row(dialect(records.raw(position)), call.uri(name, records.id_at(position)))
        for position in page.positions
    ]
    rows += [row(record, call.path) for record in call.extra_records]
    query = call.request.query_params
    shown = links(call.path, query, call.request.url.query, page)
    return list_response(rows, shown, links_first=links_first)


def _canonical(call: Call, name: str, positions: Sequence[int]) -> Response:
    if not positions:
        raise HTTPException(404, "not found")
    records: RecordList = call.lists[name]
    own = {"rel": "self", "uri": call.uri(name, records.id_at(positions[0]))}
    return single_response(call.dialect(name)(records.raw(positions[0])), [own])


def _resources(call: Call, parts: list[str]) -> Response:
    """Answer for resources, of which a district in the sandbox has none."""
    if parts[0] == "resources" and len(parts) > 1:
        raise HTTPException(404, "not found")
    if parts[0] != "resources":
        if len(parts) != 3 or parts[0] not in ("users", "sections", "courses"):
            return _cannot(call.request)
        _record(call, parts[0], parts[1])
    return Response(b'{"resources":[]}', headers={"content-type": "application/json"})


def _record(call: Call, name: str, record_id: str) -> bytes:
    position = call.lists[name].find(record_id)
    if position is None:
        raise HTTPException(404, "not found")
    return call.lists[name].raw(position)


def _filters(request: Request, relation: Relation) -> Filters:
    role = request.query_params.get("role") or None
    if role and relation.roles:
        _one_of(role, relation.roles)
    return Filters(role if relation.roles else None, request.query_params.get("primary") == "true")


def _one_of(value: str, allowed: Sequence[str]) -> str:
    if value not in allowed:
        raise HTTPException(400, f"role must be one of {', '.join(allowed)}")
    return value


def _cannot(request: Request) -> Response:
    return html_error(404, f"Cannot {request.method} {request.url.path}")


def _is_application(site: Site, request: Request) -> bool:
    kind, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        given = base64.b64decode(encoded, validate=True) if kind.lower() == "basic" else b""
    except binascii.Error:
        return False
    known = f"{site.dataset.client_id}:{site.dataset.client_secret}"
    return secrets.compare_digest(given, known.encode())


def _token_row(token: str, district: str, created: str) -> dict[str, object]:
    return {
        "id": xxhash.xxh3_128_hexdigest(token.encode())[:24],
        "created": created,
        "owner": {"type": "district", "id": district},
        "access_token": token,
        "scopes": SCOPES,
    }

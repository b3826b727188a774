"""Range paging as Clever does it: ascending by id, cursors that are ids, links by position."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.exceptions import HTTPException

from dlt_sources.sandbox.records import OBJECT_ID, RecordList

DEFAULT_LIMIT = 100
MAXIMUM_LIMIT = 10_000
LAST = "last"
_CURSORS = ("starting_after", "ending_before")


@dataclass(frozen=True)
class Cursor:
    """What a request asks for: at most `limit` rows after one id, or right before another.

    `ending_before` may be the word `last`: the final rows of the list.
    """

    limit: int = DEFAULT_LIMIT
    starting_after: str | None = None
    ending_before: str | None = None

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> Cursor:
        """Read a query; raises HTTPException 400 for no number or id, 413 beyond the maximum."""
        after, before = query.get("starting_after"), query.get("ending_before")
        if after and before:
            raise HTTPException(400, "starting_after and ending_before exclude each other")
        for cursor in (after, before if before != LAST else None):
            if cursor and not OBJECT_ID.fullmatch(cursor.encode()):
                raise HTTPException(400, "a cursor must be an object id")
        return cls(_limit(query.get("limit") or str(DEFAULT_LIMIT)), after or None, before or None)


@dataclass(frozen=True)
class Page:
    """The rows of one page and the cursors of its links; None means the link is absent."""

    positions: Sequence[int]
    prev: Mapping[str, str] | None
    next: Mapping[str, str] | None


def page_of(records: RecordList, positions: Sequence[int], cursor: Cursor) -> Page:
    """Cut one page from ascending positions of a list."""
    if cursor.ending_before:
        return _before(records, positions, cursor)
    start = 0
    if cursor.starting_after:
        start = bisect_left(positions, records.first_after(cursor.starting_after))
    rows = positions[start : start + cursor.limit]
    # Clever looks no further than the page: a full one has a next link, even if nothing follows.
    following = {"starting_after": records.id_at(rows[-1])} if len(rows) == cursor.limit else None
    return Page(rows, _preceding(records, rows) if cursor.starting_after else None, following)


def links(path: str, query: Mapping[str, str], raw_query: str, page: Page) -> list[dict[str, str]]:
    """Return the links of a page; every parameter but the cursor is carried along."""
    kept = {key: value for key, value in query.items() if key not in _CURSORS}
    found = [{"rel": "self", "uri": f"{path}?{raw_query}" if raw_query else path}]
    for rel, cursor in (("prev", page.prev), ("next", page.next)):
        if cursor is not None:
            found.append({"rel": rel, "uri": _uri(path, kept | dict(cursor))})
    return found


def _before(records: RecordList, positions: Sequence[int], cursor: Cursor) -> Page:
    end = len(positions)
    if cursor.ending_before and cursor.ending_before != LAST:
        end = bisect_left(positions, records.first_from(cursor.ending_before))
    start = max(0, end - cursor.limit)
    rows = positions[start:end]
    following = None
    if end < len(positions):
        following = {"starting_after": records.id_at(rows[-1])} if rows else {}
    return Page(rows, _preceding(records, rows) if start > 0 else None, following)


def _preceding(records: RecordList, rows: Sequence[int]) -> dict[str, str]:
    """Return the cursor of the page before; before an empty page lies the end of the list."""
    return {"ending_before": records.id_at(rows[0]) if rows else LAST}


def _limit(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise HTTPException(400, "limit must be a positive number")
    if int(text) > MAXIMUM_LIMIT:
        raise HTTPException(413, f"limit must be at most {MAXIMUM_LIMIT}")
    return int(text)


def _uri(path: str, query: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(query)}" if query else path

"""To whom an account belonged at a time, told by what the application said of it, load by load."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from .past import Past, Telling


def belonged_to(past: Past, account_id: str, at: datetime) -> str | None:
    """The Clever ID an account was linked to at a time; what was before the first link is its."""
    tellings = _tellings(past, account_id)
    first = first_link(past, account_id)
    known = [telling for telling in tellings if telling.at <= at]
    if first is not None and at < first.at:
        return _link(first)
    return _link(known[-1]) if known else None


def first_link(past: Past, account_id: str) -> Telling | None:
    """The first telling in which an account was linked to anybody."""
    return next(filter(_link, _tellings(past, account_id)), None)


def is_linked_later(past: Past, account_id: str, at: datetime) -> bool:
    """Whether an account was linked to anybody after a time."""
    return any(_link(telling) for telling in _tellings(past, account_id) if telling.at > at)


def is_account(past: Past, ref: str) -> bool:
    """Whether there ever was an account of this ID."""
    return bool(_tellings(past, ref))


def turns_of(past: Past, ref: str | None) -> set[datetime]:
    """All times at which it may change to whom an account belongs."""
    return {telling.at for telling in _tellings(past, ref)}


def _tellings(past: Past, account_id: str | None) -> Sequence[Telling]:
    return past.told.get("accounts", {}).get(account_id or "", ())


def _link(telling: Telling) -> str | None:
    return telling.row.get("clever_id") or None

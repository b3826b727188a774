"""Clever as a dlt source: the walk through its API and the change log of what it finds.

Names are imported when they are first used: the walk needs no dlt, and dlt takes a second.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dlt_sources.clever.results import DistrictWalk, SyncResult, SyncStart, Walked
    from dlt_sources.clever.settings import CleverSettings, clever_settings
    from dlt_sources.clever.source import clever
    from dlt_sources.clever.syncing import (
        begin_sync,
        clever_pipeline,
        load_sync,
        make_tables,
        sync,
    )
    from dlt_sources.clever.walk import walk_districts

__all__ = [
    "CleverSettings",
    "DistrictWalk",
    "SyncResult",
    "SyncStart",
    "Walked",
    "begin_sync",
    "clever",
    "clever_pipeline",
    "clever_settings",
    "load_sync",
    "make_tables",
    "sync",
    "walk_districts",
]

_HOMES = {
    "results": ("DistrictWalk", "SyncResult", "SyncStart", "Walked"),
    "settings": ("CleverSettings", "clever_settings"),
    "source": ("clever",),
    "syncing": ("begin_sync", "clever_pipeline", "load_sync", "make_tables", "sync"),
    "walk": ("walk_districts",),
}


def __getattr__(name: str) -> Any:
    for module, names in _HOMES.items():
        if name in names:
            value = getattr(import_module(f"{__name__}.{module}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

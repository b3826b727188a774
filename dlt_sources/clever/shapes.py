"""Structures and code made from the table of objects, for records that look as the table says.

Decoding into a structure is three times faster than into dictionaries, and so is code that names
each attribute compared with a loop over names: `settler_of` writes that code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from dlt_sources.clever.objects import CleverObject, Path, Record

_Blank = Literal[""] | None
_LIST: tuple[Any, Any] = (list[str] | _Blank, msgspec.field(default_factory=list))

#: What a leaf is decoded as, and the default that is left out when encoding. Where the table wants
#: a list, an object or a boolean, a blank may stand as well.
_LEAVES: dict[str, tuple[Any, Any]] = {
    "VARCHAR": (str, ""),
    "DATE": (str, ""),
    "BOOLEAN": (bool | _Blank, None),
    "VARCHAR[]": _LIST,
    "JSON": (dict[str, Any] | _Blank, msgspec.field(default_factory=dict)),
    "set": _LIST,
    "objects": (list[dict[str, Any]] | _Blank, msgspec.field(default_factory=list)),
    # No list and no object: how deep it goes is looked at only where it is kept.
    "volatile": (str | int | float | bool | None, ""),
}

#: The code that applies the rules to a leaf of an object.
_RULES = {
    "volatile": "{at}.{name} = ''",
    "set": "{at}.{name} = set_of_texts({at}.{name}) if {at}.{name} else []",
    "objects": "{at}.{name} = as_set({at}.{name}) if {at}.{name} else []",
    "VARCHAR[]": "{at}.{name} = without_blanks({at}.{name}) if {at}.{name} else []",
    "JSON": "{at}.{name} = without_blanks({at}.{name}) if {at}.{name} else {{}}",
    "BOOLEAN": "if {at}.{name} == '': {at}.{name} = None",
}

#: The known fields as a tree; a leaf is an empty tree.
Tree = dict[str, "Tree"]


@dataclass(frozen=True)
class Shape:
    """A structure for an object, the types of its leaves, its nested objects and its roles."""

    type: type[msgspec.Struct]
    leaves: Mapping[str, str]
    nested: Mapping[str, Shape]
    roles: Mapping[str, Shape]


@cache
def shape_of(kind: CleverObject) -> Shape:
    """The shape of a record of `kind` with nothing in it that the table does not know."""
    roles = {
        role.singular: _shape(role.singular, leaf_types(kind, role, ("roles", role.singular)), {})
        for role in kind.roles
    }
    return _shape(kind.record.singular, leaf_types(kind, kind.record, ()), roles)


def settler_of(
    kind: CleverObject,
    set_of_texts: Callable[[list[str]], list[str]],
    as_set: Callable[[list[Any]], list[Any]],
    without_blanks: Callable[[Any], Any],
) -> Callable[[Any], int]:
    """A function that applies the rules to a decoded record in place.

    It resets what is volatile, orders what is a set, unsets what holds only blanks, and returns
    the mask of a user's roles: bit `n` for the `n`-th role of the table.
    """
    names: dict[str, Any] = {
        "UNSET": UNSET,
        "set_of_texts": set_of_texts,
        "as_set": as_set,
        "without_blanks": without_blanks,
    }
    shape = shape_of(kind)
    lines = ["mask = 0", *_roles_code(shape, names), *_code(shape, "record", names), "return mask"]
    body = "\n".join(f"    {line}" for line in lines)
    exec(f"def settle(record):\n{body}", names)  # noqa: S102 - made of the table's names alone
    settle: Callable[[Any], int] = names["settle"]
    return settle


def _code(shape: Shape, at: str, names: dict[str, Any]) -> list[str]:
    """The code for the object in the variable `at`; blank instances go into `names`."""
    rules = [(_RULES[kind], name) for name, kind in shape.leaves.items() if kind in _RULES]
    lines = [rule.format(at=at, name=name) for rule, name in rules]
    for name, inner in shape.nested.items():
        child, blank = f"{at}_{name}", f"blank_{at}_{name}"
        names[blank] = inner.type()
        lines.append(f"{child} = {at}.{name}")
        if inner_lines := _code(inner, child, names):
            lines += [f"if {child}:", *_indented(inner_lines)]
        lines.append(f"if not {child} or {child} == {blank}: {at}.{name} = UNSET")
    return lines


def _roles_code(shape: Shape, names: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    for bit, (key, role) in enumerate(shape.roles.items()):
        lines += [
            f"role_{key} = roles.{key}",
            f"if role_{key} is not UNSET:",
            *_indented([*_code(role, f"role_{key}", names), f"mask |= {1 << bit}"]),
        ]
    if not lines:
        return []
    return [
        "roles = record.roles",
        "if roles:",
        *_indented(lines),
        "if not mask: record.roles = UNSET",
    ]


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def leaf_types(kind: CleverObject, record: Record, prefix: Path) -> dict[Path, str]:
    """Every path of a record with its type.

    `volatile`, `set` and `objects` (a set of objects) are types of their own here.
    """
    leaves = {field.path: field.type for field in record.fields}
    leaves |= dict.fromkeys(record.lists, "VARCHAR[]")
    if not prefix:
        leaves |= dict.fromkeys([("id",), ("district",)], "VARCHAR")
    leaves |= dict.fromkeys(_below(kind.sets, prefix), "set")
    leaves |= dict.fromkeys(_below(kind.of_objects, prefix), "objects")
    return leaves | dict.fromkeys(_below(kind.volatile, prefix), "volatile")


def _below(paths: Iterable[Path], prefix: Path) -> list[Path]:
    """The paths under `prefix`, without it; at the top, those that are in no role."""
    if not prefix:
        return [path for path in paths if path[0] != "roles"]
    return [path[len(prefix) :] for path in paths if path[: len(prefix)] == prefix]


def _shape(name: str, paths: Mapping[Path, str], roles: Mapping[str, Shape]) -> Shape:
    leaves = {path[0]: kind for path, kind in paths.items() if len(path) == 1}
    inner: dict[str, dict[Path, str]] = {}
    for path, kind in paths.items():
        if len(path) > 1:
            inner.setdefault(path[0], {})[path[1:]] = kind
    nested = {key: _shape(f"{name}_{key}", found, {}) for key, found in inner.items()}
    fields = {key: _LEAVES[kind] for key, kind in leaves.items()}
    fields |= {key: (shape.type | _Blank | UnsetType, UNSET) for key, shape in nested.items()}
    if roles:
        keys = {key: (shape.type | UnsetType, UNSET) for key, shape in roles.items()}
        fields["roles"] = (_struct(f"{name}_roles", keys) | _Blank | UnsetType, UNSET)
    return Shape(_struct(name, fields), leaves, nested, roles)


def _struct(name: str, fields: Mapping[str, tuple[Any, Any]]) -> Any:
    """Fields in the order of their names: msgspec encodes them in the order they are defined."""
    return msgspec.defstruct(
        name,
        [(key, kind, default) for key, (kind, default) in sorted(fields.items())],
        forbid_unknown_fields=True,
        omit_defaults=True,
        gc=False,
    )


@cache
def known_fields(kind: CleverObject) -> Mapping[str, Tree]:
    """The known fields of each kind of record that an object holds, by its singular.

    Volatile fields are not among them: a canonical record has none.
    """
    trees: dict[str, Tree] = {}
    for record in (kind.record, *kind.roles):
        own: tuple[Path, ...] = (("id",), ("district",)) if record is kind.record else ()
        tree: Tree = {}
        for path in (*own, *(field.path for field in record.fields), *record.lists):
            _plant(tree, path)
        trees[record.singular] = tree
    return trees


def _plant(tree: Tree, path: Path) -> None:
    for key in path:
        tree = tree.setdefault(key, {})

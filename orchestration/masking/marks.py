"""How each column of the published file is masked: what its model's YAML says, in one place.

A column's `meta` says whether it identifies a person (`pii`), and what becomes of it (`mask`):

    id        a keyed hash; IDs, numbers, addresses of e-mail, whatever tables are joined by
    name      an invented name
    birthday  1 January of its year
    address   nothing: where somebody lives or is reached
    text      nothing: whatever a person may have written, and JSON

`quasi: true` says that it does not identify a person alone, but with others may.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

from dlt_sources.errors import RollbookError
from orchestration.lib.dbt_runner import models
from orchestration.lib.guide import FOR_ANALYSTS, INTERMEDIATE
from orchestration.masking.pseudonyms import MASKED_ID, MASKED_NAME

Kind = Literal["id", "name", "birthday", "address", "text"]

#: What says nothing of a person unless a mark says that it does.
_TELLS_NOTHING = frozenset(
    ("BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "DOUBLE", "TIMESTAMP")
)


class MarkError(RollbookError):
    """A column of the published file does not say how it is masked; no masked copy was made."""


@dataclass(frozen=True)
class Mark:
    """What the YAML says of a column: `mask` is None where it stays as it is."""

    pii: bool
    mask: Kind | None = None
    quasi: bool = False


def marks_of(node: Mapping[str, Any]) -> dict[str, Mark | None]:
    """The marks of a model's columns, None where there is none.

    Raises MarkError for one that cannot be: an unknown kind, or identifying and yet not masked.
    """
    found = {}
    for column, about in node["columns"].items():
        try:
            found[column] = _read(about["config"].get("meta") or {})
        except ValueError as error:
            raise MarkError(f"{node['name']}.{column}: {error}.") from None
    return found


def _read(meta: Mapping[str, Any]) -> Mark | None:
    if "pii" not in meta:
        return None
    mark = Mark(meta["pii"], meta.get("mask"), meta.get("quasi", False))
    if mark.mask is not None and mark.mask not in get_args(Kind):
        raise ValueError(f"mask is {mark.mask!r}; it is one of {', '.join(get_args(Kind))}")
    if mark.pii and mark.mask is None:
        raise ValueError("pii is true, so it must have a mask")
    return mark


@cache
def published_marks() -> dict[str, dict[str, Mark | None]]:
    """The marks of every model, by its name in the published file such as `roster.students`."""
    return {f"{node['schema']}.{node['alias']}": marks_of(node) for node in published_models()}


def masked_by_rows() -> frozenset[str]:
    """Views that compare what masking changes, such as how alike two names are.

    Their rows are masked and kept; every other view is made again over masked tables.
    """
    return frozenset(
        f"{node['schema']}.{node['alias']}"
        for node in published_models()
        if node["config"]["meta"].get("masked_by_rows")
    )


def expression(relation: str, column: str, kind: str, mark: Mark | None) -> str:
    """SQL for the masked value of a column of DuckDB type `kind`.

    Raises MarkError for a column that may tell something and has no mark, or one of a type that
    it cannot have.
    """
    name = f'"{column}"'
    if mark is None:
        if kind not in _TELLS_NOTHING:
            raise MarkError(
                f"{relation}.{column} has no mark: say in the YAML of its model whether it "
                "identifies a person (meta: pii) and how it is masked. No masked copy was made."
            )
        return name
    if mark.mask is None:
        return name
    made = _MASKS.get((mark.mask, kind)) or _GONE.get(mark.mask)
    if made is None:
        raise MarkError(f"{relation}.{column}: what is {kind} cannot be masked as {mark.mask}.")
    return made.format(name=name, kind=kind)


_GONE: dict[Kind, str] = {
    "address": "cast(null as {kind})",
    "text": "cast(null as {kind})",
}
_MASKS: dict[tuple[Kind, str], str] = {
    ("id", "VARCHAR"): f"{MASKED_ID}({{name}})",
    # Sorted anew: the order of the IDs that they stand for would tell of those.
    ("id", "VARCHAR[]"): f"list_sort(list_transform({{name}}, each -> {MASKED_ID}(each)))",
    ("name", "VARCHAR"): f"{MASKED_NAME}({{name}})",
    ("birthday", "DATE"): "make_date(year({name}), 1, 1)",
}


def published_models() -> Iterator[Mapping[str, Any]]:
    """The nodes of the models that may be in the published file."""
    return models(*FOR_ANALYSTS, INTERMEDIATE)

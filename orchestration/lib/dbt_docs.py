"""`make docs`: one page that describes every model and column, and opens from a file.

dbt's own page, with all it shows inside it: it needs neither a network nor a database. What dbt
would ask a database, the types of columns, stands in the contracts.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orchestration.lib.dbt_runner import BuildError, document, manifest
from orchestration.lib.settings import PROJECT_ROOT

#: Where the page is put.
PAGE = PROJECT_ROOT / "data" / "local" / "docs" / "index.html"


def write_page(page: Path) -> Path:
    """Write the page, whole or not at all; raises BuildError where dbt cannot make it."""
    with tempfile.TemporaryDirectory(prefix="rollbook-docs-") as folder:
        made = document(Path(folder))
        page.parent.mkdir(parents=True, exist_ok=True)
        beside = page.with_name(f"{page.name}.new")
        empty = (made.parent / "catalog.json").read_text()
        beside.write_text(made.read_text().replace(empty, json.dumps(_catalog(json.loads(empty)))))
        beside.replace(page)
    return page


def _catalog(empty: dict[str, Any]) -> dict[str, Any]:
    """dbt's catalog of a database that has just been built, as far as contracts tell it."""
    models = manifest()["nodes"].items()
    return empty | {
        "nodes": {id_: _entry(node) for id_, node in models if node["resource_type"] == "model"},
        "sources": {id_: _entry(node) for id_, node in manifest()["sources"].items()},
    }


def _entry(node: Mapping[str, Any]) -> dict[str, Any]:
    kind = "VIEW" if node["config"].get("materialized") == "view" else "BASE TABLE"
    columns = enumerate(node["columns"].items(), 1)
    return {
        "unique_id": node["unique_id"],
        "metadata": {"type": kind, **{key: node[key] for key in ("database", "schema", "name")}},
        "columns": {
            name: {"name": name, "type": about["data_type"] or "", "index": place}
            for place, (name, about) in columns
        },
        "stats": {},
    }


if __name__ == "__main__":
    try:
        print(f"Every model and column: {write_page(PAGE)}")
    except BuildError as error:
        sys.exit(f"rollbook: {error}")

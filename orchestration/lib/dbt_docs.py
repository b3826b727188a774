"""`make docs`: one page that describes every model and column, and opens from a file.

dbt's own page, with all it shows inside it: it needs neither a network nor a database, as contracts
name the columns and their types.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from orchestration.lib.dbt_runner import BuildError, document
from orchestration.lib.settings import PROJECT_ROOT

#: Where the page is put.
PAGE = PROJECT_ROOT / "data" / "local" / "docs" / "index.html"


def write_page(page: Path) -> Path:
    """Write the page, whole or not at all; raises BuildError where dbt cannot make it."""
    with tempfile.TemporaryDirectory(prefix="rollbook-docs-") as folder:
        made = document(Path(folder))
        page.parent.mkdir(parents=True, exist_ok=True)
        beside = page.with_name(f"{page.name}.new")
        beside.write_bytes(made.read_bytes())
        beside.replace(page)
    return page


if __name__ == "__main__":
    try:
        print(f"Every model and column: {write_page(PAGE)}")
    except BuildError as error:
        sys.exit(f"rollbook: {error}")

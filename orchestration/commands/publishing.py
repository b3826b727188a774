"""`rollbook publish --masked`: the published roster once more, with pseudonyms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from dlt_sources.errors import ConfigurationError
from orchestration.lib.home import current_home, home_lock
from orchestration.lib.reading import expect_published
from orchestration.lib.settings import settings
from orchestration.lib.terminal import console, plain
from orchestration.masking.key import masking_key

if TYPE_CHECKING:
    from orchestration.masking.anonymity import Anonymity


def publish(
    masked: Annotated[
        bool, typer.Option("--masked", help="Make rollbook_masked.duckdb of what is published.")
    ] = False,
) -> None:
    """Make the masked copy of the published roster: the same tables, and nobody's name in them."""
    if not masked:
        raise ConfigurationError(
            "Say `rollbook publish --masked` for the masked copy; the roster itself is published "
            "by `rollbook sync` and `rollbook rebuild`, after their checks."
        )
    home = current_home()
    home.set_environment()
    settings()
    key = masking_key()
    expect_published(home)
    home.prepare()
    with home_lock(home):
        from orchestration.masking.masked_file import write_masked

        made = write_masked(home, key)
    out = console()
    out.print(Text(f"Masked copy: {plain(home.masked)}, {made.tables} tables"), soft_wrap=True)
    out.print(*_told(made.anonymity), sep="\n")


def _told(anonymity: tuple[Anonymity, ...]) -> tuple[Text, Table]:
    """How few students share what others may know; the same table is in the file."""
    table = Table("known together", "groups", "smallest", "alone", "below 5", "below 10", box=None)
    for line in anonymity:
        counts = (line.groups, line.smallest_group, line.alone, line.below_5, line.below_10)
        more = "+ " if len(line.columns) > 1 else ""
        table.add_row(more + line.columns[-1], *map(str, counts))
    students = anonymity[0].students if anonymity else 0
    return Text(f"Of {students} active students (ops.k_anonymity, by district):"), table

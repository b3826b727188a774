"""Open the Dagster UI on the current home."""

from __future__ import annotations

import os
import sys

from dlt_sources.errors import RollbookError
from orchestration.lib.home import current_home
from orchestration.lib.settings import settings
from orchestration.lib.terminal import complain


def main() -> None:
    """Replace this process by Dagster's own, with the home's settings in its environment.

    Credentials may come later: a run asks for them, the UI does not.
    """
    try:
        settings()
        home = current_home()
        home.prepare()
        home.set_environment()
    except RollbookError as error:
        complain(f"rollbook: {error}")
        sys.exit(error.exit_code)
    os.execv(  # noqa: S606
        sys.executable,
        [sys.executable, "-m", "dagster", "dev", "-m", "orchestration.definitions", *sys.argv[1:]],
    )


if __name__ == "__main__":
    main()

"""Open the Dagster UI on the current home."""

from __future__ import annotations

import os
import sys

from orchestration.lib.home import current_home


def main() -> None:
    """Replace this process by Dagster's own, with the home's settings in its environment."""
    home = current_home()
    home.prepare()
    home.set_environment()
    os.execv(  # noqa: S606
        sys.executable,
        [sys.executable, "-m", "dagster", "dev", "-m", "orchestration.definitions", *sys.argv[1:]],
    )


if __name__ == "__main__":
    main()

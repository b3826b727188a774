"""Open the Dagster UI on the current home."""

from __future__ import annotations

import os
import sys

from dlt_sources.application.settings import SAMPLE_MAPPING, sample_url
from dlt_sources.errors import RollbookError
from orchestration.lib.home import SAMPLE_HOME, Home, current_home
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
    _name_the_sample(home)
    os.execv(  # noqa: S606
        sys.executable,
        [sys.executable, "-m", "dagster", "dev", "-m", "orchestration.definitions", *sys.argv[1:]],
    )


def _name_the_sample(home: Home) -> None:
    """The sample's home has the sample's application; in a home of real districts it is none."""
    if home == SAMPLE_HOME:
        os.environ["SOURCES__APPLICATION__DATABASE_URL"] = sample_url()
        os.environ["SOURCES__APPLICATION__MAPPING"] = str(SAMPLE_MAPPING)


if __name__ == "__main__":
    main()

"""The masked copy keeps up with the roster: made anew by each publish, or removed."""

from __future__ import annotations

from dlt_sources.errors import ConfigurationError
from orchestration.lib.home import Home
from orchestration.lib.settings import publish_masked
from orchestration.lib.swap import remove
from orchestration.masking.key import masking_key


def renew_masked(home: Home) -> str:
    """Make the masked copy of what was just published, if that is asked for or there is one.

    It is never older than the roster beside it: it would keep whom that has let go, erased people
    first of all. So one for which there is no key any more is removed. Returns what became of it,
    in words; raises what `write_masked` does.
    """
    if not publish_masked() and not home.masked.exists():
        return "not asked for"
    # With PyArrow, which no other step of a day without news needs.
    from orchestration.masking.masked_file import write_masked

    try:
        key = masking_key()
    except ConfigurationError as error:
        remove(home.masked)
        return f"removed, as it would be older than the roster: {error}"
    write_masked(home, key)
    return "made anew"

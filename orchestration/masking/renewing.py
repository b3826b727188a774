"""The masked copy keeps up with the roster: made anew by each publish, or removed."""

from __future__ import annotations

from orchestration.lib.home import Home
from orchestration.lib.settings import publish_masked
from orchestration.lib.swap import remove
from orchestration.masking.key import KEY_SETTING, given_key


def renew_masked(home: Home) -> str:
    """Make the masked copy of what was just published, if that is asked for or there is one.

    It is never older than the roster beside it: it would keep whom that has let go, erased people
    first of all. So one for which there is no key any more is removed. Returns what became of it,
    in words; raises what `write_masked` does, and ConfigurationError for a key that is weak: then
    the copy stays, for whoever mends the key.
    """
    if not publish_masked() and not home.masked.exists():
        return "not asked for"
    # With PyArrow, which no other step of a day without news needs.
    from orchestration.masking.masked_file import write_masked

    key = given_key()
    if key is None:
        remove(home.masked)
        return f"removed, as it would be older than the roster: {KEY_SETTING} is not set"
    write_masked(home, key)
    return "made anew"

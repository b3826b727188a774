"""The colours of pages and their charts, for light grounds and for dark ones, as CSS variables.

Text stands out from its ground by 4.5 to 1 at least, a line or bar by 3 to 1. What is told apart
by colour is told in words as well.
"""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

#: By name the colour on a light ground and on a dark one.
COLOURS: Mapping[str, tuple[str, str]] = {
    "page": ("#ffffff", "#12191e"),
    "ink": ("#1b2a33", "#e4ebef"),
    "soft": ("#55646e", "#a4b3bc"),
    "rule": ("#d9e0e4", "#33424c"),
    "card": ("#f6f8f9", "#1a242b"),
    "link": ("#1d5a96", "#8abcf0"),
    "good": ("#1f7a4d", "#6fcf9b"),
    "bad": ("#b3261e", "#ff8f84"),
    "wait": ("#7d5800", "#efc05a"),
    "good-ground": ("#e3f3ea", "#173826"),
    "bad-ground": ("#fbe6e4", "#43201d"),
    "wait-ground": ("#fbf0d6", "#3b3013"),
    "line-1": ("#2b6cb0", "#6aa9ec"),
    "line-2": ("#c05621", "#f0945a"),
    "line-3": ("#2f855a", "#63c795"),
    "line-4": ("#6b46c1", "#a991f0"),
    "line-5": ("#b83280", "#ee82bd"),
    "line-6": ("#8a6d00", "#dcb93f"),
    "line-7": ("#0f7285", "#4fc3d9"),
    "came": ("#1f7a4d", "#4fbf86"),
    "went": ("#c8452f", "#f0705c"),
}

INK, SOFT, RULE, CAME, WENT = (f"var(--{name})" for name in ("ink", "soft", "rule", "came", "went"))
#: One for each line of a chart.
LINES = tuple(f"var(--{name})" for name in COLOURS if name.startswith("line-"))


def variables(*, dark: bool = False) -> Markup:
    """What a page's style declares for `:root`."""
    return Markup(" ").join(f"--{name}: {pair[dark]};" for name, pair in COLOURS.items())

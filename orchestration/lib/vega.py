"""The libraries that draw Vega-Lite charts in a page without a network, from Splink's package."""

from __future__ import annotations

from collections.abc import Sequence

#: What a chart of Vega-Lite needs; Splink's own dashboards need more.
VEGA = ("vega", "vega-lite", "vega-embed")


def scripts(libraries: Sequence[str] = ()) -> str:
    """The HTML of the libraries (none named: all) that draw with `vegaEmbed`, for a page's head."""
    from splink.internals.html_utils import load_chart_libraries

    sources: dict[str, str] = load_chart_libraries()  # type: ignore[no-untyped-call]
    return "\n".join(f"<script>{sources[name]}</script>" for name in libraries or sources)

"""Data Docs that need nothing but themselves: no style, script or picture from other machines.

Great Expectations' pages load Bootstrap, jQuery and more from the web. Where there is none they are
bare and their index is empty, and where there is one they tell others who reads them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from pathlib import Path

_OUTSIDE = re.compile(
    r"<script[^>]*>.*?</script>|<link[^>]*https?://[^>]*>|<img[^>]*https?://[^>]*>"
    r"|<footer.*?</footer>",
    re.DOTALL,
)
_OUTSIDE_STYLE = re.compile(r"url\(['\"]?https?://[^)]*\)")
_STYLE = """<style>
body { font: 15px/1.5 system-ui, sans-serif; color: #1b2a33; max-width: 1080px; margin: 1rem auto;
  padding: 0 1rem; }
ol.breadcrumb { list-style: none; padding: 0; display: flex; gap: .6rem; }
table { border-collapse: collapse; width: 100%; font-size: .85rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .5rem;
  border-bottom: 1px solid #d9e0e4; }
.collapse, .sticky, .lead, .modal, [data-toggle=collapse] { display: none; }
.fa-check-circle::before { content: "holds"; color: #1f7a4d; font-style: normal; }
.fa-times::before { content: "fails"; color: #b3261e; font-style: normal; }
.fa-exclamation-triangle::before { content: "not judged"; color: #8a6100; font-style: normal; }
</style>
"""


def keep_to_itself(folder: Path, titles: Mapping[str, str]) -> None:
    """Take what comes from elsewhere out of every page of a folder, and write its index anew.

    `titles` are the suites' names with what each is about.
    """
    for page in folder.rglob("*.html"):
        text = _OUTSIDE_STYLE.sub("none", _OUTSIDE.sub("", page.read_text(encoding="utf-8")))
        page.write_text(text.replace("</head>", f"{_STYLE}</head>", 1), encoding="utf-8")
    for style in folder.rglob("*.css"):
        style.write_text(_OUTSIDE_STYLE.sub("none", style.read_text(encoding="utf-8")))
    (folder / "index.html").write_text(_index(folder, titles), encoding="utf-8")


def _index(folder: Path, titles: Mapping[str, str]) -> str:
    lines = [
        f"<li>{escape(title)}: {_link(folder, f'validations/{name}/**/*.html', 'results')}, "
        f"{_link(folder, f'expectations/{name}.html', 'expectations')}</li>"
        for name, title in titles.items()
    ]
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Data Docs</title>'
        f"{_STYLE}</head>\n<body><h1>Data Docs</h1>\n<p>What Great Expectations was asked, and "
        f"what it found.</p>\n<ul>\n{chr(10).join(lines)}\n</ul></body></html>\n"
    )


def _link(folder: Path, pattern: str, text: str) -> str:
    pages = sorted(folder.glob(pattern))
    if not pages:
        return f"no {text}"
    return f'<a href="{escape(pages[-1].relative_to(folder).as_posix())}">{text}</a>'

"""What a report says, read from its HTML as a program reads it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

#: Attributes that make a browser fetch something.
_FETCHING = ("src", "href", "srcset", "poster", "data", "action", "background")


@dataclass
class Page(HTMLParser):
    """The page's text without scripts and styles, its charts by title, tables, and addresses."""

    text: str = ""
    charts: dict[str, dict[str, Any]] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._inside: list[str] = []
        self._json = self._in_cell = False
        self._title = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.tags.append(tag)
        self.fetched += [str(given[name]) for name in _FETCHING if name in given]
        if tag not in ("meta", "link", "img", "br"):
            self._inside.append(tag)
        self._json = tag == "script" and given.get("type") == "application/json"
        if given.get("role") == "img":
            self.labels.append(given.get("aria-label") or "")
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag == "h3":
            self._title = ""

    def handle_endtag(self, tag: str) -> None:
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._inside and self._inside[-1] == "script":
            if self._json:
                self.charts[self._title] = json.loads(data)
            return
        if "style" in self._inside:
            return
        self.text += data
        if "h3" in self._inside:
            self._title += data
        if {"td", "th"} & {*self._inside}:
            self.rows[-1][-1] += data.strip()

    def values(self, title: str) -> list[dict[str, Any]]:
        """The rows from which a chart is drawn."""
        return list(self.charts[title]["data"]["values"])

    def row(self, first: str) -> list[str]:
        """The first row of a table that begins with this."""
        return next(row for row in self.rows if row and row[0] == first)


def read_page(file: Path) -> Page:
    """The page in a file."""
    page = Page()
    page.feed(file.read_text(encoding="utf-8"))
    return page

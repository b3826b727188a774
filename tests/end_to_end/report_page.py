"""What a page of the report says, read from its HTML as a program reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

#: Attributes that make a browser fetch something; a link to another page of the folder is none.
_FETCHING = ("src", "srcset", "poster", "data", "action", "background", "xlink:href")


@dataclass
class Page(HTMLParser):
    """The page's text without scripts and styles, its charts, tables, headings and addresses.

    `charts` has by title what an image says it shows, `tables` the rows below each title.
    """

    text: str = ""
    charts: dict[str, str] = field(default_factory=dict)
    tables: dict[str, list[list[str]]] = field(default_factory=dict)
    headings: list[tuple[int, str]] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    language: str | None = None

    def __post_init__(self) -> None:
        super().__init__()
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.tags.append(tag)
        self.fetched += [str(given[name]) for name in _FETCHING if name in given]
        if "href" in given:
            self.links.append(str(given["href"]))
        if tag == "html":
            self.language = given.get("lang")
        if given.get("role") == "img":
            assert tag == "svg"
            self.charts[self._title] = given.get("aria-label") or ""
        if tag not in ("meta", "link", "img", "br"):
            self._inside.append(tag)
        if tag in ("h1", "h2", "h3"):
            self.headings.append((int(tag[1]), ""))
        if tag == "tr":
            self.tables.setdefault(self._title, []).append([])
        if tag in ("td", "th"):
            self.tables[self._title][-1].append("")

    @property
    def _title(self) -> str:
        return self.headings[-1][1] if self.headings else ""

    def handle_endtag(self, tag: str) -> None:
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if {"style", "script"} & {*self._inside[-1:]}:
            return
        self.text += data
        if {"h1", "h2", "h3"} & {*self._inside}:
            level, text = self.headings.pop()
            self.headings.append((level, text + data))
        elif {"td", "th"} & {*self._inside}:
            self.tables[self._title][-1][-1] += data.strip()

    def numbers(self, title: str) -> dict[str, str]:
        """Of a table of two columns the second one by the first, without its head."""
        return {row[0]: row[1] for row in self.tables[title][1:]}


def read_page(file: Path) -> Page:
    """The page in a file."""
    page = Page()
    page.feed(file.read_text(encoding="utf-8"))
    return page

"""The pages in a folder: one for each district and an index, renewed after each publish.

How a district stands is written into its page each time. Its pictures are drawn anew only when what
they show is another: until then they are taken from the page that is there.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.metadata import version
from itertools import dropwhile, islice
from pathlib import Path
from urllib.parse import quote

import duckdb
from markupsafe import Markup

from dlt_sources.clever.results import utc_now
from dlt_sources.errors import RollbookError
from orchestration.lib.home import Home
from orchestration.lib.made_of import made_of
from orchestration.lib.outcome import note_remark
from orchestration.lib.pages import write_whole
from orchestration.lib.reading import published
from orchestration.lib.settings import smallest_count
from orchestration.lib.standing import DistrictStatus, Standing, standing_in
from orchestration.report.application import read_application
from orchestration.report.discretion import Discretion
from orchestration.report.figures import Figures, last_days, marks, read_figures
from orchestration.report.groups import named_apart
from orchestration.report.page import Setting, district_page, drawn_part, index_page

INDEX = "index.html"
#: What is drawn stands between these, with a hash of all that it was drawn of.
_BEGIN, _END = Markup("<!--drawn of {} -->"), Markup("<!--end of what was drawn-->")
_DRAWN = re.compile(r"<!--drawn of ([0-9a-f]{64}) -->(.*)<!--end of what was drawn-->", re.DOTALL)
_NOTHING = Markup("<p>Nothing was ever completely synced: there is nothing to show.</p>")
_FAILED = Markup(
    '<p class="bad">The pictures could not be drawn ({}); the next run tries again.</p>'
)
#: By this a page of ours is known.
_OURS = b'<meta name="generator" content="rollbook report">'
_OURS_WITHIN = 2_000
_KINDS = "select warning, means from ops.warning_kinds"
_LONGEST_NAME, _MOST_PROBLEMS = 120, 3
#: The figures of so many districts are read at once.
_AT_ONCE = 50
_TEMPLATES = Path(__file__).parent / "templates"
_DRAWN_WITH = ("altair", "vl-convert-python")


@dataclass
class Renewed:
    """What a renewal did: pages drawn, kept and removed, and what went wrong (a line each)."""

    index: Path
    drawn: int = 0
    kept: int = 0
    removed: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def line(self) -> str:
        """How many pages there are, in words."""
        return f"{self.drawn} drawn, {self.kept} as they were, {self.removed} removed"

    @property
    def trouble(self) -> str | None:
        """What went wrong, in words; None if nothing did."""
        if not self.problems:
            return None
        more = len(self.problems) - _MOST_PROBLEMS
        shown = " ".join(self.problems[:_MOST_PROBLEMS])
        return f"The report is not whole: {shown}" + (f" And {more} more." if more > 0 else "")


@dataclass
class _Source:
    """What the pages are made of: an open published file, and who is drawn in it how.

    `last_days` are those of the districts that were ever complete, in the order of the pages.
    """

    connection: duckdb.DuckDBPyConnection
    discretion: Discretion
    last_days: Mapping[str, date]
    figures: Mapping[str, Figures] = field(default_factory=dict)

    def draw(self, district_id: str) -> Markup:
        """The pictures of a district."""
        # With Altair, which a night without news does not need.
        from orchestration.report.sections import sections

        if district_id not in self.figures:
            following = dropwhile(lambda each: each[0] != district_id, self.last_days.items())
            self.figures = read_figures(self.connection, dict(islice(following, _AT_ONCE)))
        figures = self.figures[district_id]
        return drawn_part(sections(figures, self.discretion), figures.last_day)


def pages_folder(home: Home) -> Path:
    """Where the pages of a home are."""
    return home.reports / "roster"


def renew_after_publish(home: Home) -> Renewed:
    """Renew the pages of a home; what goes wrong is noted for `rollbook status`, never raised.

    The roster is published by then, whatever becomes of its pages: the next run tries again.
    """
    try:
        renewed = renew_pages(home, pages_folder(home))
    except Exception as error:
        # Its text may hold a value of the roster, unless it is one of ours.
        told = str(error) if isinstance(error, RollbookError) else f"{type(error).__name__}."
        renewed = Renewed(pages_folder(home) / INDEX, problems=[told])
    note_remark(home, renewed.trouble)
    return renewed


def renew_pages(home: Home, folder: Path) -> Renewed:
    """Bring the pages in a folder up to the published file; a page that cannot be is told of.

    Raises RollbookError if there is no published file that can be read.
    """
    renewed = Renewed(folder / INDEX)
    with published(home) as connection:
        standing = standing_in(connection)
        days = last_days(connection)
        ordered = {id_: days[id_] for id_ in _ids(standing) if id_ in days}
        source = _Source(connection, Discretion(smallest_count()), ordered)
        setting = _setting(source, standing)
        drawn_of = marks(connection)
        for district in standing.districts:
            id_ = district.district_id
            key = _key(drawn_of.get(id_, ""), source.discretion)
            file = folder / file_of(id_)
            drawn = _drawn(source, district, file, key, renewed)
            _write(file, district_page(district, drawn, setting), renewed)
        lines = read_application(connection)
        _write(folder / INDEX, index_page(standing, lines, setting), renewed)
    _remove_others(folder, {file_of(id_) for id_ in _ids(standing)}, renewed)
    return renewed


def _ids(standing: Standing) -> list[str]:
    return [each.district_id for each in standing.districts]


def file_of(district_id: str) -> str:
    """The name of a district's page, whatever its ID is made of."""
    name = quote(district_id, safe="")
    if len(name) > _LONGEST_NAME:
        name = hashlib.sha256(name.encode()).hexdigest()
    return f"district-{name}.html"


def _setting(source: _Source, standing: Standing) -> Setting:
    return Setting(
        made_at=utc_now(),
        discretion=source.discretion,
        names=named_apart({each.district_id: each.district for each in standing.districts}),
        means=dict(source.connection.execute(_KINDS).fetchall()),
        links={each.district_id: quote(file_of(each.district_id)) for each in standing.districts},
        index=INDEX,
    )


def _drawn(
    source: _Source,
    district: DistrictStatus,
    file: Path,
    key: str,
    renewed: Renewed,
) -> Markup:
    """The drawn part of a district's page: that of the page that is there, if it is still so."""
    if district.district_id not in source.last_days:
        return _NOTHING
    kept = _drawn_before(file, key)
    if kept is not None:
        renewed.kept += 1
        return kept
    try:
        drawn = source.draw(district.district_id)
    except Exception as error:
        # Of whatever kind: one district's oddity keeps neither the other pages nor how it stands.
        reason = type(error).__name__
        renewed.problems.append(
            f"The pictures of district {district.district_id} could not be drawn ({reason})."
        )
        return _FAILED.format(reason)
    renewed.drawn += 1
    return _BEGIN.format(key) + drawn + _END


def _drawn_before(file: Path, key: str) -> Markup | None:
    try:
        found = _DRAWN.search(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return None
    return Markup(found[0]) if found and found[1] == key else None  # noqa: S704


def _write(file: Path, page: str, renewed: Renewed) -> None:
    try:
        write_whole(file, page, option="--out")
    except RollbookError as error:
        renewed.problems.append(str(error))


def _remove_others(folder: Path, named: set[str], renewed: Renewed) -> None:
    """Remove the pages of districts that the roster does not know any more."""
    for file in _pages_in(folder):
        if file.name not in named:
            try:
                file.unlink()
                renewed.removed += 1
            except OSError as error:
                renewed.problems.append(f"{file} cannot be removed ({error.strerror}).")


def _pages_in(folder: Path) -> Iterator[Path]:
    for file in sorted(folder.glob("district-*.html")):
        try:
            with file.open("rb") as page:
                ours = _OURS in page.read(_OURS_WITHIN)
        except OSError:
            continue
        if ours:
            yield file


def _key(mark: str, discretion: Discretion) -> str:
    """A hash of all that a drawn part depends on, the program included."""
    parts = (_program(), str(discretion.limit), mark)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@cache
def _program() -> str:
    """A hash of what decides how the pictures look: files of this project, libraries that draw."""
    files = sorted({*made_of(__name__), *_TEMPLATES.iterdir()})
    libraries = (version(each).encode() for each in _DRAWN_WITH)
    return hashlib.sha256(b"\n".join((*map(Path.read_bytes, files), *libraries))).hexdigest()

"""What the report's pages are made of: lines over time, sizes, names, colours, file names."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.commands.reporting import is_somebody_there
from orchestration.lib import drawing
from orchestration.lib.colours import COLOURS
from orchestration.lib.dbt_runner import manifest
from orchestration.lib.standing import standing_in
from orchestration.report.application import read_application
from orchestration.report.discretion import Discretion
from orchestration.report.figures import last_days, marks
from orchestration.report.files import _program, file_of
from orchestration.report.groups import by_size, in_school_order, named_apart
from orchestration.report.over_time import POINTS, days_shown, points

_FIRST = date(2026, 8, 17)
_days = st.integers(0, 2000).map(lambda days: _FIRST + timedelta(days=days))
_steps = st.lists(st.tuples(_days, st.integers(-5, 25)), max_size=30).map(
    lambda steps: sorted(dict(steps).items())
)


@given(_steps, _days, st.integers(1, 12))
def test_a_point_is_what_is_told_of_the_steps_up_to_its_day(
    steps: list[tuple[date, int]], last_day: date, limit: int
) -> None:
    told = Discretion(limit).number
    drawn = [*points(steps, last_day, told)]

    for point in drawn:
        assert point.count == told(sum(step for day, step in steps if day <= point.day))
    assert drawn[-1].day == last_day
    assert len(drawn) <= POINTS + 1
    assert all(before.count != after.count for before, after in pairwise(drawn[:-1]))


@given(_days, _days)
def test_up_to_a_year_every_day_is_shown(first: date, last_day: date) -> None:
    shown = days_shown(first, last_day)

    if 0 <= (last_day - first).days < POINTS:
        assert len(shown) == (last_day - first).days + 1
    assert shown[-1] == last_day and shown == sorted({*shown}) and len(shown) <= POINTS


def test_grades_stand_in_the_order_of_school() -> None:
    counts = {"3 grades together": 12, "10": 20, "odd": 20, "2": 20, "Kindergarten": 20, "1": 20}

    assert [*in_school_order(counts)] == [
        "Kindergarten",
        "1",
        "2",
        "10",
        "3 grades together",
        "odd",
    ]


@pytest.mark.parametrize(
    ("sizes", "limit", "shown"),
    [
        ([], 10, {}),
        ([0], 10, {"no student": 1}),
        ([1, 9, 10, 31], 10, {"1 to 9": 2, "10 to 14": 1, "15 to 19": 0, "20 to 24": 0,
                              "25 to 29": 0, "30 to 34": 1}),
        ([1, 17, 18, 90], 18, {"1 to 17": 2, "18 to 19": 1, "20 to 24": 0, "25 to 29": 0,
                               "30 to 34": 0, "35 to 39": 0, "40 or more": 1}),
        ([1], 1, {"1 to 9": 1}),
    ],
)  # fmt: skip
def test_sections_are_counted_by_size(sizes: list[int], limit: int, shown: dict[str, int]) -> None:
    assert by_size(sizes, limit) == shown


_names = st.dictionaries(
    st.sampled_from(["a", "b", "c", "A (b)", None]),
    st.sampled_from(["A", "B", "A (a)", "A (b)", "", "\u202eA", None]),
)


@given(_names)
def test_no_two_are_called_the_same(names: dict[str | None, str | None]) -> None:
    called = named_apart(names)

    assert called.keys() == names.keys()
    assert len({*called.values()}) == len(names)
    assert not any("\u202e" in name for name in called.values())


@pytest.mark.parametrize(
    "id_", ["63e0a000a1d0", "../../etc/passwd", "a/b", ".", "", "é", "x" * 999]
)
def test_a_districts_page_lies_in_the_folder_whatever_its_id(id_: str) -> None:
    assert re.fullmatch(r"district-[\w.%~-]*\.html", file_of(id_), re.ASCII)
    assert len(file_of(id_)) < 150


@given(st.text(max_size=300), st.text(max_size=300))
def test_two_districts_have_two_pages(one: str, other: str) -> None:
    assert (file_of(one) == file_of(other)) == (one == other)


def _luminance(colour: str) -> float:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    """By WCAG 2: from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("side", [0, 1], ids=["light", "dark"])
def test_text_and_lines_stand_out_from_their_ground(side: int) -> None:
    colours = {name: pair[side] for name, pair in COLOURS.items()}
    texts = [(name, "page") for name in ("ink", "soft", "link", "good", "bad", "wait")]
    texts += [(name, f"{name}-ground") for name in ("good", "bad", "wait")] + [("ink", "card")]
    shapes = [name for name in colours if name.startswith("line-") or name in ("came", "went")]

    assert len(shapes) == 9
    for text, ground in texts:
        assert _contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    for shape in shapes:
        assert _contrast(colours[shape], colours["page"]) >= 3, shape


@pytest.mark.parametrize(
    ("screen", "terminal", "there"),
    [(True, True, True), (True, False, False), (False, True, False)],
)
def test_a_browser_opens_only_where_a_person_asks_and_has_a_screen(
    monkeypatch: pytest.MonkeyPatch, screen: bool, terminal: bool, there: bool
) -> None:
    class Stream:
        def isatty(self) -> bool:
            return terminal

    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("sys.stdin", Stream())
    monkeypatch.setattr("sys.stdout", Stream())
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":0" if screen else "")

    assert is_somebody_there() == there


def test_a_chart_is_an_image_that_says_what_it_shows() -> None:
    told = 'who "came" <b> & went'
    drawn = drawing.svg(
        drawing.chart([{"day": "2026-08-17", "name": "<script>"}])
        .mark_text()
        .encode(text="name:N"),
        told,
    )

    assert drawn.startswith("<svg ") and "<script>" not in drawn and "&lt;script&gt;" in drawn
    assert 'aria-label="who &#34;came&#34; &lt;b&gt; &amp; went"' in drawn
    assert re.findall(r'https?://[^"]*', drawn) == ["http://www.w3.org/2000/svg"]


def test_a_panic_of_the_library_is_an_error_like_others(monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):
        pass

    def panics(_: object) -> str:
        raise PanicException

    monkeypatch.setattr("vl_convert.vegalite_to_svg", panics)
    with pytest.raises(drawing.DrawingError):
        drawing.svg(drawing.chart([]).mark_bar(), "nothing")


@pytest.mark.parametrize(
    ("name", "draws"),
    [
        ("colours.py", True),  # a colour
        ("drawing.py", True),
        ("pictures.py", True),
        ("terminal.py", True),  # how a number is written
        ("drawn.html.j2", True),
        ("dbt_runner.py", False),
    ],
)
def test_pictures_are_other_ones_when_a_file_that_draws_them_is(
    name: str, draws: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, read = _program.__wrapped__(), Path.read_bytes
    more = {name: b"\n# Changed."}
    monkeypatch.setattr(Path, "read_bytes", lambda file: read(file) + more.get(file.name, b""))

    assert (_program.__wrapped__() != before) is draws


_RELATION = re.compile(r"\b((?:roster|ops|progress|matching)\.\w+)\b(?!\()")


class _Reader:
    """A connection that answers nothing, and keeps which relations it is asked of."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def execute(self, query: str, *_: Any) -> _Reader:
        self.asked |= {*_RELATION.findall(query)}
        return self

    def fetchall(self) -> list[Any]:
        return []


def test_the_exposure_names_what_the_report_reads() -> None:
    asked = _Reader()
    connection = cast("duckdb.DuckDBPyConnection", asked)
    asked.execute("from ops.warning_kinds")
    for read in (marks, last_days, standing_in):
        read(connection)
    with pytest.raises(ValueError, match="unpack"):  # A real file always has the one row.
        read_application(connection)
    nodes = manifest()["nodes"]
    told = manifest()["exposures"]["exposure.rollbook.report"]["depends_on"]["nodes"]

    assert asked.asked == {f"{nodes[each]['schema']}.{nodes[each]['alias']}" for each in told}

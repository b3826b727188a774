"""The pictures are well-formed, and their bars are where the numbers say."""

import re
from xml.etree import ElementTree

from orchestration.certification.charts import STATES, Bar, DayCounts, records_over_days, story
from orchestration.lib.colours import CAME, WENT

_SVG = "{http://www.w3.org/2000/svg}"
_DAYS = [0, 1, 2, 3]
_BAR = re.compile(r"M(-?[\d.]+),-?[\d.]+h([\d.]+)v([\d.]+)h-[\d.]+Z")


def _bars(picture: str, colour: str) -> list[tuple[float, float, float]]:
    """Of each bar of a colour that is seen: its left end, its width and its height."""
    paths = ElementTree.fromstring(picture).iter(f"{_SVG}path")
    found = (_BAR.fullmatch(path.get("d", "")) for path in paths if path.get("fill") == colour)
    sizes = [(float(bar[1]), float(bar[2]), float(bar[3])) for bar in found if bar]
    return [size for size in sizes if size[2]]


def test_a_day_on_which_records_went_or_came_has_its_bar() -> None:
    counts = DayCounts("students", [10, 8, 8, 9], [0, 2, 0, 0], [0, 0, 0, 1])

    picture = records_over_days([counts], _DAYS)

    [went], [came] = _bars(picture, WENT), _bars(picture, CAME)
    assert went[0] < came[0]
    assert abs(went[2] - 2 * came[2]) < 0.1
    assert picture.count("8 to 10 active, 2 archived, 1 restored") == 2, "seen, and said"


def test_a_stretch_is_as_long_as_its_days() -> None:
    bars = [Bar("record", "a", 0, 2, "active"), Bar("record", "b", 2, 3, "archived")]

    picture = story("a student", bars, _DAYS)

    [active], [archived] = (_bars(picture, STATES[state]) for state in ("active", "archived"))
    assert abs(active[1] - 2 * archived[1]) < 0.1
    assert abs(active[0] + active[1] - archived[0]) < 0.1
    assert "record: a, day 0 to 2; record: b, day 2 to 3." in picture


def test_names_cannot_break_a_picture() -> None:
    bars = [Bar("row", "<b>&\"'", 0, None, "active")]

    ElementTree.fromstring(story('<&>"', bars, _DAYS))

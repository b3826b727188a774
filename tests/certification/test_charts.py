"""The pictures are well-formed, and their bars are where the numbers say."""

from xml.etree import ElementTree

from orchestration.certification.charts import Bar, DayCounts, records_over_days, story

_SVG = "{http://www.w3.org/2000/svg}"
_DAYS = [0, 1, 2, 3]


def _bars(picture: str, state: str) -> list[ElementTree.Element]:
    return [
        bar
        for bar in ElementTree.fromstring(picture).iter(f"{_SVG}rect")
        if bar.get("class") == state
    ]


def test_a_day_on_which_records_went_or_came_has_its_bar() -> None:
    counts = DayCounts("students", [10, 8, 8, 9], [0, 2, 0, 0], [0, 0, 0, 1])

    picture = records_over_days([counts], _DAYS)

    [archived], [restored] = _bars(picture, "archived"), _bars(picture, "restored")
    assert float(archived.get("x", 0)) < float(restored.get("x", 0))
    assert float(archived.get("height", 0)) > float(restored.get("height", 0))
    assert "8 to 10 active" in picture


def test_a_stretch_is_as_long_as_its_days() -> None:
    bars = [Bar("record", "a", 0, 2, "active"), Bar("record", "b", 2, 3, "archived")]

    picture = story("a student", bars, _DAYS)

    [active], [archived] = _bars(picture, "active"), _bars(picture, "archived")
    assert float(active.get("width", 0)) == 2 * float(archived.get("width", 0))


def test_names_cannot_break_a_picture() -> None:
    bars = [Bar("row", "<b>&\"'", 0, None, "active")]

    ElementTree.fromstring(story('<&>"', bars, _DAYS))

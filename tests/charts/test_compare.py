"""Comparisons: two numbers, or two states, and their difference."""

from __future__ import annotations

import pytest

import bazaar_nb as bz
from bazaar_nb.charts import Compare
from bazaar_nb.scene.elements import Rect, Text

LAW = {"what": ["Emissions", "Jobs"], "before": [739.0, 41.2], "after": [673.0, 45.9]}


def texts_of(chart: Compare, time: float, size: tuple[float, float] = (1920, 1080)) -> list[object]:
    return [one.text for one in chart.at(time, *size).children if isinstance(one, Text)]


def test_two_numbers_have_bars_of_one_scale_and_a_difference() -> None:
    chart = Compare({"2000": 6e9, "2020": 9e9})
    one, other = (child for child in chart.at(chart.duration).children if isinstance(child, Rect))
    assert isinstance(one.width, float)
    assert isinstance(other.width, float)
    assert one.width / other.width == pytest.approx(2 / 3)
    assert {"2000", "2020", "6B", "9B", "+3B (+50%)"} >= set(texts_of(chart, chart.duration))
    assert "+3B (+50%)" not in texts_of(chart, 0.5)


def test_long_and_wide_tables_give_the_same() -> None:
    wide = Compare(LAW, name="what")
    long = Compare(
        {
            "what": ["Emissions", "Jobs", "Emissions", "Jobs"],
            "when": ["before", "before", "after", "after"],
            "value": [739.0, 41.2, 673.0, 45.9],
        },
        name="what", value="value", group="when",
    )  # fmt: skip
    assert wide.at(2.0) == long.at(2.0)
    assert {"\u22128.9%", "+11%"} <= set(texts_of(wide, wide.duration))


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1080), (1080, 1920), (500, 400)])
def test_nothing_is_written_over_anything_else(size: tuple[float, float]) -> None:
    table = {
        "what": ["A very long name of a measure that was invented", "Jobs"],
        "before": [1e9, 2.0],
        "after": [-3e9, 2.0],
    }
    chart = Compare(table, name="what")
    room = chart._laid_out(*size, False)[0]
    boxes = []
    for text in (one for one in chart.at(chart.duration, *size).children if isinstance(one, Text)):
        lines = str(text.text).split("\n")
        width = max(room.width_of(line, text.size, text.weight, tabular=text.tabular) for line in lines)
        assert isinstance(text.x, float)
        assert isinstance(text.y, float)
        left = text.x - (width if text.anchor == "right" else 0.0)
        half = 0.55 * text.size * len(lines)
        boxes.append((left, text.y - half, left + width, text.y + half))
    for number, one in enumerate(boxes):
        assert one[0] >= -0.5
        assert one[2] <= size[0] + 0.5
        for other in boxes[:number]:
            wide, tall = (
                min(one[2], other[2]) - max(one[0], other[0]),
                min(one[3], other[3]) - max(one[1], other[1]),
            )
            assert min(wide, tall) <= 0.5, "words lie over each other"


def test_what_is_not_two_is_refused() -> None:
    with pytest.raises(
        bz.InvalidValueError, match="Compare: compares two numbers, or two states, got 3: a, b, c"
    ):
        Compare({"a": 1, "b": 2, "c": 3})
    with pytest.raises(bz.InvalidValueError, match="'Jobs' has no value for 'after'"):
        Compare({**LAW, "after": [1.0, None]}, name="what")

"""Counters: the number ends at its value, stands on its right edge, and follows a table in its own time."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

import bazaar_nb as bz
from bazaar_nb.charts import Counter
from bazaar_nb.scene.elements import Polyline, Text

PEOPLE = {"year": [2020, 2000, 2010], "people": [7.8e9, 6.1e9, 6.9e9]}


def number_of(chart: Counter, time: float) -> Text:
    return max((one for one in chart.at(time).children if isinstance(one, Text)), key=lambda text: text.size)


def test_it_counts_up_to_its_value_and_its_right_edge_stands_still() -> None:
    chart = Counter(1_234_567, number="plain", label="euros")
    seen = [number_of(chart, time) for time in np.linspace(0, chart.duration, 40)]
    assert (seen[0].text, seen[-1].text) == ("0", "1,234,567")
    assert {(text.x, text.y, text.anchor, text.size) for text in seen} == {
        (seen[0].x, seen[0].y, "right", seen[0].size)
    }
    counted = [int(str(text.text).replace(",", "")) for text in seen]
    assert counted == sorted(counted)


@pytest.mark.parametrize(
    ("shown", "words"),
    [(1234, "1,234"), (99_999, "99,999"), (-1234, "−1,234"), (123_456, "123K"), (3.25, "3.25")],
)
def test_small_numbers_are_written_out(shown: float, words: str) -> None:
    assert Counter(shown).counting(shown) == words
    assert Counter(1234, number="compact").counting(1234) == "1.2K"


def test_a_table_is_followed_in_its_own_time() -> None:
    chart = Counter(PEOPLE, time="year", value="people", label="people")
    middle = (chart.phases.enter_start + chart.phases.move_stop) / 2
    assert number_of(chart, 0.0).text == "6.1B"
    assert number_of(chart, middle).text == "6.9B"
    assert number_of(chart, chart.duration).text == "7.8B"
    written = [one.text for one in chart.at(chart.duration).children if isinstance(one, Text)]
    assert "+1.7B (+28%)" in written
    assert "since 2000" in written
    assert any(isinstance(one, Polyline) for one in chart.at(middle).children)


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (500, 200)])
def test_long_numbers_fit(size: tuple[float, float]) -> None:
    chart = Counter(Decimal("-1234567890123"), number="plain", label="x " * 200)
    room, _, layout = chart._laid_out(*size, False)
    text = chart.counting(chart.final)
    width = room.width_of(text, layout.number_size, 800, tabular=True)
    assert layout.number_right <= size[0]
    assert layout.number_right - width >= -1


def test_wrong_tables_are_refused() -> None:
    with pytest.raises(bz.InvalidValueError, match="column 'year', row 1: has a second row for one moment"):
        Counter({"year": [2000, 2000], "v": [1, 2]}, time="year", value="v")
    with pytest.raises(bz.InvalidValueError, match="Counter: wants a finite number, got nan"):
        Counter(float("nan"))
    with pytest.raises(bz.InvalidValueError, match="Counter: wants a number, or a table"):
        Counter(PEOPLE)
    with pytest.raises(
        bz.InvalidValueError, match="`callouts` point at moments of the line, and there is none"
    ):
        Counter(3, callouts=bz.charts.CallOut("x", moment=3))

"""What moves in charts of bars, numbers and events goes one way, and the last half second stands still."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from bazaar_nb.charts import Bars, Chart, Compare, Counter, Histogram, Progress, Table, Timeline
from tests.charts.motion import texts

YEARS = {"year": ["2021", "2022", "2023"], "Solar": [4.0, 6.0, 9.0], "Coal": [20.0, -15.0, 9.5]}
STEPS = {"what": ["Sales", "Costs", "Profit"], "euros": [100, -60, None]}
EVENTS = {"year": [1903, 1927, 1969], "what": ["First flight", "Over the Atlantic", "On the Moon"]}
THROWN = {"points": [2, 7, 7, 5, 8, 6, 7, 9, 4, 11, 6, 8, 7, 3, 10]}
CHARTS: dict[str, Callable[..., Chart[Any]]] = {
    "grouped": partial(Bars, YEARS, name="year", highlight="Solar"),
    "stacked rows": partial(Bars, YEARS, name="year", arrange="stacked", direction="rows"),
    "waterfall": partial(Bars, STEPS, name="what", value="euros", arrange="waterfall", totals="Profit"),
    "histogram": partial(Histogram, THROWN, value="points", highlight="7"),
    "dots": partial(Histogram, THROWN, value="points", style="dots", highlight="7"),
    "counter": partial(Counter, EVENTS, time="year", value="year", number="plain"),
    "bars of progress": partial(Progress, {"a": 0.3, "b": 1.2}),
    "rings": partial(Progress, {"a": 0.3, "b": 1.2}, style="ring"),
    "numbers": partial(Compare, {"2000": 6.1e9, "2020": 7.8e9}),
    "states": partial(Compare, YEARS, name="year", highlight="2022"),
    "table": partial(Table, YEARS, highlight="2022", bars="Coal", cell=("2021", "Coal")),
    "timeline": partial(Timeline, EVENTS, time="year", name="what", highlight="On the Moon"),
}


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920)])
@pytest.mark.parametrize("kind", list(CHARTS))
def test_words_never_turn_back_and_the_end_stands_still(kind: str, size: tuple[float, float]) -> None:
    chart = CHARTS[kind]()
    places: dict[str, list[tuple[float, float]]] = {}
    come = chart.phases.enter_start + 0.07  # before there is a ghost of words
    for time in np.arange(come, chart.duration, 1 / 30):
        seen: dict[str, list[tuple[float, float]]] = {}
        for text in texts(chart.at(time, *size).children):
            assert isinstance(text.x, float)
            assert isinstance(text.y, float)
            seen.setdefault(str(text.text), []).append((text.x, text.y))
        for words, found in seen.items():
            places.setdefault(words, []).extend(found if len(found) == 1 else [])
    for words, found in places.items():
        if any(letter.isdigit() for letter in words) and kind in ("bars of progress", "rings", "numbers"):
            continue  # what counts says the same of several, one after another
        steps = np.diff(np.array(found), axis=0) if len(found) > 1 else np.zeros((1, 2))
        there, back = (steps > 1 / 8).any(axis=0), (steps < -1 / 8).any(axis=0)
        assert not (there & back).any(), words
    last = chart.at(chart.duration, *size)
    assert chart.at(chart.duration - 0.5, *size) == last
    assert chart.at(chart.duration - 0.2, *size) == last


@pytest.mark.parametrize("kind", list(CHARTS))
@pytest.mark.parametrize("duration", [0.2, 1.0])
def test_a_short_chart_ends_as_a_long_one(kind: str, duration: float) -> None:
    made = CHARTS[kind]
    long, short = made(duration=6.0), made(duration=duration)
    at_once = made(duration=duration, enter=False)
    assert short.at(duration).children == long.at(6.0).children
    assert at_once.at(duration).children == long.at(6.0).children

"""Timelines: events in their time, and words that never lie over each other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bazaar_nb as bz
from bazaar_nb.charts import Timeline
from bazaar_nb.charts.parts.room import Area
from bazaar_nb.charts.words.timeline_places import Block, BlockPlace, place_beside_column, place_beside_row
from bazaar_nb.scene.elements import Ellipse, Text

FLIGHT = {
    "year": [1969, 1903, 1927, 1914],
    "what": ["On the Moon", "First flight", "Alone over the Atlantic", "First airline"],
}
AREA = Area(100, 200, 1800, 1000)
EVENTS = st.lists(
    st.tuples(st.floats(110, 1790), st.floats(20, 400), st.floats(20, 120)), min_size=1, max_size=25
)


def check(blocks: list[Block], found: list[BlockPlace | None]) -> None:
    boxes = [
        (place.left, place.top, place.left + block.width, place.top + block.height)
        for block, place in zip(blocks, found, strict=True)
        if place is not None
    ]
    assert boxes
    for number, one in enumerate(boxes):
        assert AREA.top - 1 <= one[1]
        assert one[3] <= AREA.bottom + 1
        for other in boxes[:number]:
            wide, tall = (
                min(one[2], other[2]) - max(one[0], other[0]),
                min(one[3], other[3]) - max(one[1], other[1]),
            )
            assert min(wide, tall) <= 1e-6


@given(EVENTS)
def test_words_beside_a_line_never_lie_over_each_other(events: list[tuple[float, float, float]]) -> None:
    events = sorted(events)
    places, blocks = [event[0] for event in events], [Block(event[1], event[2]) for event in events]
    order = list(range(len(events)))
    found = place_beside_row(places, blocks, AREA, AREA.middle[1], 12.0, order)
    check(blocks, found)
    for place, x, block in zip(found, places, blocks, strict=True):
        if place is not None:
            assert place.left - 1 <= x <= place.left + block.width + 1
    upright = [200 + (place - 100) * 800 / 1700 for place in places]
    check(blocks, place_beside_column(upright, blocks, AREA, 300.0, 10.0, order))


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1080), (1080, 1920)])
def test_events_stand_at_their_time(size: tuple[float, float]) -> None:
    chart = Timeline(FLIGHT, time="year", name="what")
    assert chart.names == ("First flight", "First airline", "Alone over the Atlantic", "On the Moon")
    dots = [one for one in chart.at(chart.duration, *size).children if isinstance(one, Ellipse)]
    places = np.array([(dot.y if size[1] > size[0] else dot.x) for dot in dots], np.float64)
    assert (places - places[0]) / (places[-1] - places[0]) == pytest.approx([0, 11 / 66, 24 / 66, 1])


def test_an_event_comes_when_the_line_passes_and_then_stands() -> None:
    chart = Timeline(FLIGHT, time="year", name="what")
    counts = [
        sum(isinstance(one, Ellipse) for one in chart.at(time).children)
        for time in np.linspace(0, chart.duration, 60)
    ]
    assert counts[0] == 0
    assert counts == sorted(counts)
    assert counts[-1] == 4
    assert chart.at(chart.duration - 0.4) == chart.at(chart.duration)


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1080), (1080, 1920)])
def test_of_too_many_events_the_chosen_are_named(size: tuple[float, float]) -> None:
    days = pd.to_datetime("2020-01-01") + pd.to_timedelta(np.arange(90) ** 2 / 5, unit="D")
    names = [f"Event number {number} with a name that is long" for number in range(90)]
    chart = Timeline({"day": days, "what": names}, time="day", name="what", highlight=names[33])
    events = chart._laid_out(*size, True)[2].events
    assert events[33].words
    assert 10 < sum(bool(event.words) for event in events) < 90


def test_one_event_and_events_of_one_moment() -> None:
    assert Timeline({"t": ["now"], "n": ["a"]}, time="t", name="n").at(6.0).children
    both = Timeline({"t": [1, 1], "n": ["a", "b"]}, time="t", name="n")
    written = [one.text for one in both.at(6.0).children if isinstance(one, Text)]
    assert {"a", "b"} <= set(written)


def test_wrong_tables_are_refused() -> None:
    with pytest.raises(bz.InvalidValueError, match="column 'n', row 1: 'a' is told a second time"):
        Timeline({"t": [1, 1], "n": ["a", "a"]}, time="t", name="n")
    with pytest.raises(bz.InvalidValueError, match="10,000 events are too many to be read: 100 at most"):
        Timeline(
            {"t": list(range(10_000)), "n": [str(number) for number in range(10_000)]}, time="t", name="n"
        )

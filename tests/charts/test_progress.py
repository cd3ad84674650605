"""Progress: bars and rings are as full as they say."""

from __future__ import annotations

import pytest

import bazaar_nb as bz
from bazaar_nb.charts import Progress
from bazaar_nb.scene.elements import Path, Rect, Text


def texts_of(chart: Progress, time: float) -> list[object]:
    return [one.text for one in chart.at(time).children if isinstance(one, Text)]


def test_a_bar_fills_to_its_share() -> None:
    chart = Progress(680, of=1000, label="houses")
    track, bar = (one for one in chart.at(chart.duration).children if isinstance(one, Rect))
    assert isinstance(bar.width, float)
    assert isinstance(track.width, float)
    assert bar.width == pytest.approx(0.68 * track.width)
    assert "68%" in texts_of(chart, chart.duration)
    assert "0%" in texts_of(chart, 0.0)


def test_more_than_all_is_told_and_the_tracks_stay_one_whole() -> None:
    chart = Progress({"a": 0.5, "b": 1.25})
    tracks = [one for one in chart.at(0.0).children if isinstance(one, Rect)][:2]
    bars = [one for one in chart.at(chart.duration).children if isinstance(one, Rect)][2:]
    assert isinstance(bars[1].width, float)
    assert isinstance(tracks[1].width, float)
    assert bars[1].width == pytest.approx(1.25 * tracks[1].width)
    assert {"50%", "125%"} <= set(texts_of(chart, chart.duration))


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1080), (1080, 1920)])
def test_rings_lie_apart(size: tuple[float, float]) -> None:
    chart = Progress({f"a long name of number {number}": number / 12 for number in range(12)}, style="ring")
    places = chart._laid_out(*size, True)[2].items
    for number, one in enumerate(places):
        assert one.length / 2 <= one.x <= size[0] - one.length / 2
        for other in places[:number]:
            assert max(abs(one.x - other.x), abs(one.y - other.y)) >= one.length
    ends = [one.end for one in chart.at(chart.duration).children if isinstance(one, Path)]
    assert ends == pytest.approx([number / 12 for number in range(1, 12)])


def test_wrong_values_are_refused_with_their_rows() -> None:
    with pytest.raises(bz.InvalidValueError, match="column 'done', row 1: 'b' must be at least 0, is -1"):
        Progress({"n": ["a", "b"], "done": [1, -1]}, name="n", value="done")
    with pytest.raises(bz.InvalidValueError, match="`of` must be a number above 0"):
        Progress(3, of=0)
    with pytest.raises(bz.InvalidValueError, match="column 'all', row 0: must be above 0, is 0"):
        Progress({"n": ["a"], "done": [1], "all": [0]}, name="n", value="done", of="all")


@pytest.mark.parametrize(
    ("value", "whole", "words"),
    [
        (680, 1000, "680 / 1,000"), (9996, 10_000, "9,996 / 10,000"), (6.8e6, 1e7, "6.8M / 10M"),
        (9.96e6, 1e7, "9.96M / 10M"), (1e7, 1e7, "10M / 10M"),
    ],
)  # fmt: skip
def test_a_part_is_not_told_as_the_whole(value: float, whole: float, words: str) -> None:
    chart = Progress(value, of=whole, parts=True)
    assert words in texts_of(chart, chart.duration)

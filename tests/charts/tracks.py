"""Where the marks and labels of a chart are at each moment, and whether they jump or shake.

What is followed from moment to moment is told by what it is: a text by its words (numbers and ticks by the
place that they have among the texts of their look), a mark by its kind and colour, in their order.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from msgspec.structs import replace

from bazaar_nb.charts.chart import Chart
from bazaar_nb.render.still import measure_element
from bazaar_nb.scene.elements import AnyElement, Ellipse, Group, Rect, Text

Place = tuple[float, float]
_STEP_S = 1 / 30
_SEEN = 0.15  # opacity from which on a movement is seen
_HALVINGS = 10
_JUMP_PX = 1.5  # what is left of a movement when its time was cut in half so often
_SHAKE_PX, _SHAKE_S = 0.125, 0.25


def places(chart: Chart[Any], time: float, size: tuple[int, int] = (1920, 1080)) -> dict[Any, Place]:
    """Give where each thing is that a chart shows at a moment."""
    found: dict[Any, Place] = {}
    counts: dict[Any, int] = {}
    for element, opacity, left, top in _flat(chart.at(time, *size), 1.0, 0.0, 0.0):
        if opacity < _SEEN:
            continue
        key: Any
        if isinstance(element, Text):
            words = (
                element.text if isinstance(element.text, str) else "".join(span.text for span in element.text)
            )
            if any(letter.isdigit() for letter in words):
                continue  # numbers change their words where they stand; their marks are followed
            key = ("text", words, element.size)
        elif isinstance(element, Rect | Ellipse):
            key = (type(element).__name__, str(element.fill))
        else:
            continue
        if not isinstance(element.x, int | float) or not isinstance(element.y, int | float):
            continue
        number = counts[key] = counts.get(key, 0) + 1
        across, down = _from_anchor(element)
        found[(key, number)] = (left + element.x + across, top + element.y + down)
    return {key: place for key, place in found.items() if counts[key[0]] == 1}


def _from_anchor(element: Text | Rect | Ellipse) -> Place:
    """Give where the middle of a text is from its anchor; of others the anchor itself is followed."""
    if not isinstance(element, Text):
        return 0.0, 0.0
    width, height = _size(replace(element, x=None, y=None, opacity=1.0, color="black"))
    anchor = element.anchor
    across = width / 2 if "left" in anchor else -width / 2 if "right" in anchor else 0.0
    down = height / 2 if "top" in anchor else -height / 2 if "bottom" in anchor else 0.0
    return across, down


@lru_cache(maxsize=4096)
def _size(text: Text) -> Place:
    return tuple(measure_element(text, 1920, 1080))  # type: ignore[return-value]


def _flat(
    element: AnyElement, opacity: float, left: float, top: float
) -> Iterator[tuple[AnyElement, float, float, float]]:
    opacity *= element.opacity
    if isinstance(element, Group):
        if isinstance(element.x, int | float) and isinstance(element.y, int | float):
            left, top = left + element.x, top + element.y
        for child in element.children:
            yield from _flat(child, opacity, left, top)
    else:
        yield element, opacity, left, top


def find_jumps(chart: Chart[Any]) -> list[str]:
    """Tell of what is at another place a moment later, however short the moment is."""
    said = []
    moments = np.arange(0, chart.duration + 1e-9, _STEP_S).tolist()
    before = places(chart, moments[0])
    for start, stop in pairwise(moments):
        after = places(chart, stop)
        for key in before.keys() & after.keys():
            if _far(before[key], after[key]) > 2 * _JUMP_PX and (jump := _jump(chart, key, start, stop)):
                said.append(f"{key} jumps by {jump:.1f} px between {start:.2f} and {stop:.2f} s")
        before = after
    return said


def _jump(chart: Chart[Any], key: Any, start: float, stop: float) -> float:
    """Follow the larger half of a movement; give what is left of it if it isn't continuous."""
    one, other = places(chart, start).get(key), places(chart, stop).get(key)
    for _ in range(_HALVINGS):
        middle = (start + stop) / 2
        between = places(chart, middle).get(key)
        if one is None or other is None or between is None:
            return 0.0  # it came or went meanwhile
        if _far(one, between) >= _far(between, other):
            stop, other = middle, between
        else:
            start, one = middle, between
    if one is None or other is None:
        return 0.0
    left = _far(one, other)
    return left if left > _JUMP_PX else 0.0


def find_shakes(chart: Chart[Any]) -> list[str]:
    """Tell of what goes to and fro within a quarter of a second, by more than an eighth of a pixel."""
    tracks: dict[Any, list[tuple[float, Place]]] = {}
    for time in np.arange(0, chart.duration + 1e-9, _STEP_S).tolist():
        for key, place in places(chart, time).items():
            tracks.setdefault(key, []).append((time, place))
    said = []
    for key, track in tracks.items():
        for axis, name in enumerate("xy"):
            turns = _turns([(time, place[axis]) for time, place in track])
            for (first, _), (second, a), (third, b), (fourth, c) in zip(
                turns, turns[1:], turns[2:], turns[3:], strict=False
            ):
                if fourth - first <= 2 * _SHAKE_S and min(abs(a - b), abs(b - c)) > _SHAKE_PX:
                    said.append(f"{key} shakes in {name} at {second:.2f} to {third:.2f} s")
                    break
    return said


def _turns(track: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Give the start, the end, and where a movement turns back."""
    found = [track[0]]
    for before, here, after in zip(track, track[1:], track[2:], strict=False):
        if (here[1] - before[1]) * (after[1] - here[1]) < 0:
            found.append(here)
    return [*found, track[-1]]


def _far(one: Place, other: Place) -> float:
    return max(abs(one[0] - other[0]), abs(one[1] - other[1]))

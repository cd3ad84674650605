"""What stands around a map: its legend, and the moment that it shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.maps.color_legend import Legend
from bazaar_nb.charts.maps.map_outlines import fit, place
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.parts.time_label import TimeLabel
from bazaar_nb.scene.elements import AnyElement, Group, Text

Floats = NDArray[np.float64]
_CLOCK = 0.085  # of the shorter side
_MOST_WORDS = 200  # that are measured


class Around(NamedTuple):
    """The legend in its place, the area that it leaves for the map, and where the moment stands."""

    elements: tuple[AnyElement, ...]
    map: Area
    clock: tuple[float, float]


def lay_around(
    room: Room, area: Area, legend: Legend, clock: Sequence[str], plane: Floats, *, is_whole: bool
) -> Around:
    """Put a legend below the map, or beside it in a wide picture.

    A corner of the world is mostly sea: what lies over nothing there takes no room from the map.

    Parameters
    ----------
    clock : sequence of str
        The longest words of moments; none where there is no time.
    plane : array of shape (n, 2)
        What is seen of the world on its plane.
    is_whole : bool
        Whether that is all there is, and nothing is cut at the edge of the map.
    """
    size, letters = room.label_size, _CLOCK * room.side
    height = legend.height + (1.1 * letters + 0.3 * size if clock else 0.0)
    at_clock = (area.left, area.bottom - legend.height - (0.5 * size if legend.height else 0.0))
    elements: tuple[AnyElement, ...] = ()
    if legend.elements:
        elements = (Group(legend.elements, x=area.left, y=area.bottom, width=0, height=0, anchor="top-left"),)
    if not height:
        return Around(elements, area, at_clock)
    if room.shape != "wide":
        return Around(elements, area.inset(bottom=height + size), at_clock)
    widest = max((room.width_of(one, letters, 800, tabular=True) for one in clock), default=0.0)
    width = max(legend.width, widest) + size
    pixels = place(plane, fit(plane, *area))
    covered = (pixels[:, 0] < area.left + width) & (pixels[:, 1] > area.bottom - height - size)
    if is_whole and not covered.any():
        return Around(elements, area, at_clock)
    return Around(elements, area.inset(left=width + size), at_clock)


def clock_words(clock: TimeLabel, moments: Floats | None) -> list[str]:
    """Give the longest words of some moments."""
    some = np.unique(np.zeros(1) if moments is None else moments)
    words = {clock.words(float(one)) for one in some[:: max(1, len(some) // _MOST_WORDS)]}
    return sorted(words, key=len)[-4:]


def draw_clock(room: Room, words: str, x: float, y: float) -> Text:
    """Give the words of a moment; their digits stand still."""
    return room.text(
        words, _CLOCK * room.side, x=x, y=y, anchor="bottom-left", weight=800, tabular=True, line_height=1.0
    )

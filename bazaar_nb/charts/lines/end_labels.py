"""Names in a column beside the ends of lines and bands: none lies over another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.parts.labels import spread
from bazaar_nb.charts.parts.name_images import NO_IMAGES, NameImages
from bazaar_nb.charts.parts.room import Room
from bazaar_nb.scene.elements import AnyElement, Line
from bazaar_nb.scene.paint import Stroke

Floats = NDArray[np.float64]
_LINE = 1.16
_WEIGHT = 600
_GAP = 0.75  # of the letters' size, from a line's end to its name
_FAR = 0.55  # a name that had to move further from its line's end is joined to it


@dataclass(frozen=True)
class EndLabels:
    """The names of some series.

    Attributes
    ----------
    numbers : tuple of int
        Which series they are of.
    words : tuple of str
        In lines that fit.
    heights : array of shape (n,)
        Pixels that each takes.
    size : float
        Of letters in pixels.
    width : float
        Of the column with its gap, in pixels.
    names : tuple of str
    pictures : NameImages
        They stand before the words.
    """

    numbers: tuple[int, ...]
    words: tuple[str, ...]
    heights: Floats
    size: float
    width: float
    names: tuple[str, ...] = ()
    pictures: NameImages = NO_IMAGES

    @classmethod
    def for_names(
        cls,
        room: Room,
        names: Sequence[str],
        order: Sequence[int],
        height: float,
        widest: float,
        images: Mapping[str, str] | None = None,
    ) -> EndLabels:
        """Choose the names that there is room for, the first in `order` first.

        Parameters
        ----------
        order : sequence of int
            Those that want a name, the weightiest first.
        height : float
            Of the column in pixels.
        widest : float
            That a line of words may be.
        images : mapping, optional
            Picture files by name: they stand before the words.
        """
        size = room.label_size
        numbers: list[int] = []
        words: list[str] = []
        heights: list[float] = []
        for number in order:
            lines = room.wrap(names[number], size, widest, 2, _WEIGHT)
            tall = size * (_LINE * len(lines) + 0.12)
            if sum(heights) + tall > height:
                break
            numbers.append(number)
            words.append("\n".join(lines))
            heights.append(tall)
        longest = max(
            (room.width_of(line, size, _WEIGHT) for word in words for line in word.split("\n")), default=0.0
        )
        gap = 1.6 * _GAP * size if words else 0.0
        named = tuple(names[number] for number in numbers)
        pictures = NameImages.beside(room, images or {}, named, size)
        width = longest + gap + pictures.room
        return cls(tuple(numbers), tuple(words), np.array(heights), size, width, named, pictures)

    def apart(self, ends: Floats, low: float, high: float) -> Floats:
        """Give the heights of the names, moved apart; what has no end yet stays NaN.

        Parameters
        ----------
        ends : array of shape (n,)
            Where the names would like to be, in pixels.
        low, high : float
            Between which they stay.
        """
        there = ~np.isnan(ends)
        places = np.full(len(ends), np.nan)
        places[there] = spread(ends[there], self.heights[there], low, high)
        return places

    def draw(
        self,
        room: Room,
        x: float,
        ends: Floats,
        places: Floats,
        colors: Sequence[str],
        opacity: Callable[[int], float],
        ends_x: Any = None,
    ) -> list[AnyElement]:
        """Give the names of a moment.

        Parameters
        ----------
        x : float
            Where the column begins, in pixels.
        ends : array of shape (n,)
            The heights at which the series end; NaN where there is none yet.
        places : array of shape (n,)
            The heights of the names, as `apart` gives them.
        colors : sequence of str
            Of all series.
        opacity : function
            Of a name's place here.
        ends_x : array of shape (n,), optional
            Where the series end; by default in the column's beginning.
        """
        there = np.flatnonzero(~np.isnan(ends))
        if not len(there):
            return []
        elements: list[AnyElement] = []
        gap = 1.6 * _GAP * self.size
        for at, number in zip(places[there].tolist(), there.tolist(), strict=True):
            seen = opacity(number)
            if seen <= 0.004:
                continue
            color = colors[self.numbers[number]]
            end = float(ends[number])
            start = x if ends_x is None or np.isnan(ends_x[number]) else float(ends_x[number])
            apart = min(1.0, max(0.0, abs(at - end) / self.size - 0.3) / _FAR)  # comes and goes softly
            if x - start > 0.5 * self.size:
                apart = 1.0
            if apart > 0.004:
                elements.append(
                    Line(
                        round(start + 0.35 * self.size, 3),
                        round(end, 3),
                        round(x + gap - 0.2 * self.size, 3),
                        round(at, 3),
                        stroke=Stroke(color, 1.5 * room.unit),
                        opacity=round(0.55 * apart * seen, 3),
                    )
                )
            elements += self.pictures.draw(self.names[number], x + gap, at, opacity=round(seen, 3))
            elements.append(
                room.text(
                    self.words[number], self.size, room.theme.legible(color),
                    x=round(x + gap + self.pictures.room, 3), y=round(at, 3), anchor="left",
                    weight=_WEIGHT, align="left", line_height=_LINE, opacity=round(seen, 3),
                    outline=room.halo,
                )
            )  # fmt: skip
        return elements

"""The words of a `Slope`: names and values at both ends of its lines, apart from one another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.parts.labels import spread
from bazaar_nb.charts.parts.name_images import NameImages
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.scales.formats import NumberFormat
from bazaar_nb.scene.elements import AnyElement

Floats = NDArray[np.float64]
_WEIGHT = 600
_HEIGHT = 1.3  # of letters, that a row takes


class _Words(NamedTuple):
    """The words at one end of a line."""

    number: int
    text: str
    x: float
    y: float
    row: int
    """Counted from the top."""
    picture_x: float


@dataclass(frozen=True)
class SlopeWords:
    """What is said at both sides.

    Attributes
    ----------
    keys : tuple of str
        Of all lines.
    texts : pair of dict
        By the numbers of lines; values, at the right and in wide boxes also at the left with names.
    widths : (float, float)
        Pixels that they take, with pictures.
    size : float
        Of letters in pixels.
    pictures : NameImages
    pictured : (bool, bool)
        Whether there are names at each side, and so their pictures.
    rows : int
    places : pair of tuple
        Once both sides are known.
    """

    keys: tuple[str, ...]
    texts: tuple[dict[int, str], dict[int, str]]
    widths: tuple[float, float]
    size: float
    pictures: NameImages
    pictured: tuple[bool, bool]
    rows: int
    places: tuple[tuple[_Words, ...], tuple[_Words, ...]] = ((), ())

    @classmethod
    def choose(
        cls,
        room: Room,
        keys: tuple[str, ...],
        ends: Floats,
        named: Sequence[int],
        images: Mapping[str, str],
        number: NumberFormat,
        box: tuple[float, float],
    ) -> SlopeWords:
        """Write the values at both ends of some lines, and their names.

        Parameters
        ----------
        ends : array of shape (2, lines)
            Values; NaN where there is none.
        named : sequence of int
            Lines, the first of which matter most: as many as there is room for.
        box : (float, float)
            The chart's width and the lines' height, in pixels.
        """
        size, names_left = room.label_size, room.shape == "wide"
        pictures = NameImages.beside(room, images, keys, size)
        most = (0.2 if names_left else 0.34) * box[0]
        named = named[: max(1, int(box[1] / (_HEIGHT * size)))]
        pictured = (names_left, True)
        texts: tuple[dict[int, str], dict[int, str]] = ({}, {})
        for side, told in enumerate(texts):
            for line in named:
                value = float(ends[side, line])
                if np.isnan(value):
                    continue
                name = room.shorten(keys[line], size, most, _WEIGHT) if pictured[side] else ""
                parts = (name, number(value)) if side == 0 else (number(value), name)
                told[line] = "  ".join(part for part in parts if part)
        left, right = (
            max((room.width_of(one, size, _WEIGHT) for one in told.values()), default=0.0)
            + (pictures.room if has_names else 0.0)
            for told, has_names in zip(texts, pictured, strict=True)
        )
        return cls(keys, texts, (left, right), size, pictures, pictured, len(named))

    def placed(self, y: Floats, x: tuple[float, float], inner: Area) -> SlopeWords:
        """Give them beside lines' ends.

        Parameters
        ----------
        y : array of shape (2, lines)
            The heights of lines' ends in pixels.
        x : (float, float)
            Where the words of both sides end and begin.
        inner : Area
            Of the lines.
        """
        left, right = (self._place(side, y[side], x[side], inner) for side in (0, 1))
        return replace(self, places=(left, right))

    def _place(self, side: int, y: Floats, x: float, inner: Area) -> tuple[_Words, ...]:
        told, size = self.texts[side], self.size
        numbers = sorted(told, key=lambda n: (y[n], n))
        heights = np.full(len(numbers), _HEIGHT * size)
        middles = spread(y[numbers], heights, inner.top - 0.5 * size, inner.bottom + 0.5 * size).tolist()
        beside = self.pictures.room if self.pictured[side] else 0.0
        words_x = round(x + (beside if side else -beside), 3)
        return tuple(
            _Words(number, told[number], words_x, round(middle, 3), row, x)
            for row, (number, middle) in enumerate(zip(numbers, middles, strict=True))
        )

    def draw(
        self, room: Room, colors: Sequence[str], seen: Callable[[int, int, int], float]
    ) -> list[AnyElement]:
        """Give what is said; `seen` tells how much of it is seen, by its side, row and line."""
        elements: list[AnyElement] = []
        for side, words in enumerate(self.places):
            anchor: Literal["left", "right"] = "left" if side else "right"
            for one in words:
                shown = round(min(1.0, seen(side, one.row, one.number)), 3)
                if shown <= 0.004:
                    continue
                if self.pictured[side]:
                    key = self.keys[one.number]
                    elements += self.pictures.draw(key, one.picture_x, one.y, anchor=anchor, opacity=shown)
                elements.append(
                    room.text(
                        one.text, self.size, room.theme.legible(colors[one.number]), weight=_WEIGHT,
                        x=one.x, y=one.y, anchor=anchor, opacity=shown, outline=room.halo,
                    )
                )  # fmt: skip
        return elements

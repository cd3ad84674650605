"""Names at the moving ends of lines: apart from one another, and giving way where two change places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.parts.growing_axis import STEPS_A_SECOND
from bazaar_nb.charts.parts.name_images import NameImages
from bazaar_nb.charts.parts.room import Room
from bazaar_nb.charts.races.moving_labels import SAMPLES_A_SECOND, at_step, glide_samples, spread_over_time
from bazaar_nb.charts.races.overtaking import find_overtaking
from bazaar_nb.scales.formats import SteadyFormat
from bazaar_nb.scene.elements import AnyElement

Floats = NDArray[np.float64]
_HEIGHT = 1.22  # of the letters' size, that a name takes
_GAP = 0.75  # from a line's end
_WEIGHT = 600
_LONGEST_OF = 12  # of a line's values: so many are looked at for the widest


@dataclass(frozen=True)
class EndNames:
    """Names, and values after them, beside the ends of k lines.

    Attributes
    ----------
    numbers : tuple of int
        Which lines they are of.
    keys, words : tuple of str
        Whole, and as they fit.
    pictures : NameImages
    size : float
        Of letters in pixels.
    written : SteadyFormat or None
        Writes values, where there are any.
    heights : array of shape (samples, k)
        In pixels, `SAMPLES_A_SECOND` a second.
    shown : array of shape (steps, k)
        How much of each is seen, `STEPS_A_SECOND` a second: less where another passes it.
    """

    numbers: tuple[int, ...]
    keys: tuple[str, ...]
    words: tuple[str, ...]
    pictures: NameImages
    size: float
    written: SteadyFormat | None
    heights: Floats = field(default_factory=lambda: np.zeros((1, 0)))
    shown: Floats = field(default_factory=lambda: np.zeros((1, 0)))

    @classmethod
    def choose(
        cls,
        room: Room,
        keys: Sequence[str],
        numbers: Sequence[int],
        images: Mapping[str, str],
        most: float,
        written: SteadyFormat | None,
    ) -> EndNames:
        """Shorten the names of some lines to a width in pixels; where they stand is still to be found."""
        size, named = room.label_size, tuple(keys[number] for number in numbers)
        words = tuple(room.shorten(key, size, most, _WEIGHT) for key in named)
        pictures = NameImages.beside(room, images, named, size)
        return cls(tuple(numbers), named, words, pictures, size, written)

    def width(self, room: Room, values: Floats) -> float:
        """Give the pixels that they take from lines' ends on; values have shape (steps, lines)."""
        longest = max(
            room.width_of(self._label(place, value), self.size, _WEIGHT, tabular=True)
            for place, number in enumerate(self.numbers)
            for value in self._longest(values[:, number])
        )
        return self.pictures.room + longest + 1.1 * self.size

    def along(
        self, wanted: Floats, there: NDArray[np.bool_], top: float, bottom: float, pace: float
    ) -> EndNames:
        """Give them with their places, beside lines' ends at each sample.

        Parameters
        ----------
        wanted : array of shape (samples, k)
            The heights of the ends in pixels; finite.
        there : array of shape (samples, k)
            Whether each is seen.
        top, bottom : float
            Pixels that they stay between.
        pace : float
            Less than 1 where there is little time.
        """
        each, around = _HEIGHT * self.size, 0.4 * self.size
        heights = spread_over_time(wanted, there, each, top - around, bottom + around, pace)
        samples, every = np.arange(len(heights)), STEPS_A_SECOND // SAMPLES_A_SECOND
        steps = np.arange((len(heights) - 1) * every + 1) / every
        places = np.stack([np.interp(steps, samples, one) for one in heights.T], axis=1) / each
        seen = there[np.minimum(steps.round().astype(int), len(there) - 1)]
        passing = find_overtaking(places, seen, self.size / each, every * glide_samples(pace))
        return replace(self, heights=heights, shown=passing.words)

    def draw(
        self,
        room: Room,
        step: float,
        x: float,
        values: Floats,
        opacity: Mapping[str, float],
        colors: Mapping[int, str],
    ) -> list[AnyElement]:
        """Give names and values at a step of the time.

        Parameters
        ----------
        x : float
            Where lines end, in pixels.
        values : array of shape (lines,)
            Of the lines' ends.
        opacity : mapping
            By key, of those that are there.
        colors : mapping
            Of lines, by their numbers.
        """
        heights = at_step(self.heights, step).tolist()
        shown = self.shown[min(round(step), len(self.shown) - 1)].tolist()
        x += _GAP * self.size
        words_x, elements = x + self.pictures.room, list[AnyElement]()
        for place, (key, number) in enumerate(zip(self.keys, self.numbers, strict=True)):
            seen = round(opacity.get(key, 0.0) * shown[place], 3)
            if seen <= 0.004:
                continue
            elements += self.pictures.draw(key, x, heights[place], opacity=seen)
            elements.append(
                room.text(
                    self._label(place, float(values[number])), self.size, room.theme.legible(colors[number]),
                    weight=_WEIGHT, x=words_x, y=heights[place], anchor="left", tabular=True, opacity=seen,
                )
            )  # fmt: skip
        return elements

    def _label(self, place: int, value: float) -> str:
        return self.words[place] if self.written is None else f"{self.words[place]}  {self.written(value)}"

    def _longest(self, values: Floats) -> list[float]:
        """Give those of a line's values that take the most letters."""
        some = values[~np.isnan(values)]
        found = np.quantile(some, np.linspace(0, 1, _LONGEST_OF)).tolist() if len(some) else [0.0]
        written = self.written
        return found[:1] if written is None else sorted(found, key=lambda value: len(written(value)))[-2:]

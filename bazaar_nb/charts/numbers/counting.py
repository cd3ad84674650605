"""A number that counts, in words whose form stays the same: 0.0B, 3.9B, 7.8B."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from bazaar_nb.charts.parts.room import Room
from bazaar_nb.charts.parts.value_words import common_format
from bazaar_nb.scales.formats import NumberFormat

_MOST_POWER = 16


@dataclass(frozen=True)
class Counting:
    """Writes a number on its way: with one unit, and one number of decimals.

    Attributes
    ----------
    number : NumberFormat
    unit : float
        What the number is counted in.
    """

    number: NumberFormat
    unit: float = 1.0

    @classmethod
    def towards(cls, number: NumberFormat, values: Iterable[float]) -> Counting:
        """Give what writes all between some values, in the unit of the largest."""
        given = np.abs(np.array([value for value in values if np.isfinite(value)] or [0.0]))
        largest = float(given.max())
        if number.style != "compact" or largest < 999.5:
            return cls(common_format(number, given))
        words = replace(number, prefix="", suffix="", sign=False)(largest)
        for power in range(_MOST_POWER):
            for decimals in (1, 0, 2):
                plain = NumberFormat("plain", decimals, number.locale)
                written = plain(largest / 10.0**power)
                before, found, after = words.partition(written)
                if found and not any(letter.isdigit() for letter in before + after):
                    form = replace(
                        plain,
                        prefix=number.prefix + before,
                        suffix=after + number.suffix,
                        sign=number.sign,
                    )
                    return cls(form, 10.0**power)
        return cls(number)

    def __call__(self, value: float) -> str:
        """Write the number."""
        return self.number(value / self.unit)

    def widest(self, room: Room, values: Iterable[float], size: float, weight: int) -> float:
        """Give the pixels that the widest of some values takes."""
        return max(room.width_of(self(value), size, weight, tabular=True) for value in values)


def size_that_fits(wanted: float, width: float, room: float) -> float:
    """Give the letters' size with which words of a width at the wanted size fit into a room."""
    return wanted if width <= room else wanted * room / width

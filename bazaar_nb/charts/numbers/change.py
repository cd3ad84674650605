"""How far one number is from another, told in words and by a colour."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal, NamedTuple

from bazaar_nb.charts.parts.value_words import common_format
from bazaar_nb.charts.theme import Theme
from bazaar_nb.scales.formats import NumberFormat

Better = Literal["up", "down"]
_TIMES = 3.0  # from here on, times are better understood than percents


class Change(NamedTuple):
    """A difference.

    Attributes
    ----------
    amount : str
        In the numbers' own unit, with a sign.
    ratio : str
        In percent, or in times where it is large; empty where there is none.
    direction : int
        1 is up, -1 is down, 0 is none.
    """

    amount: str
    ratio: str
    direction: int

    def words(self) -> str:
        """Give both."""
        return f"{self.amount} ({self.ratio})" if self.ratio else self.amount

    def color(self, theme: Theme, better: Better | None) -> str:
        """Give the colour of good or bad news, or the accent where the caller doesn't say what is good."""
        if self.direction == 0:
            return theme.soft
        if better is None:
            return theme.accent
        return theme.positive if (self.direction > 0) == (better == "up") else theme.negative


def tell_change(before: float, after: float, number: NumberFormat) -> Change:
    """Give the difference of two numbers.

    Of percents it is in percentage points; a ratio is told only of numbers above 0.
    """
    difference = after - before
    direction = 0 if math.isclose(before, after, rel_tol=1e-12) else 1 if difference > 0 else -1
    if number.style == "percent":
        points = NumberFormat("plain", locale=number.locale, suffix=" pp", sign=True)
        return Change(common_format(points, [100 * difference], 2)(100 * difference), "", direction)
    amount = replace(common_format(number, [difference, before, after]), sign=True)(difference)
    if before <= 0 or after <= 0 or direction == 0:
        return Change(amount, "", direction)
    times = after / before
    if times >= _TIMES:
        plain = NumberFormat("plain", 1 if times < 9.95 else 0, number.locale, prefix="\u00d7")
        return Change(amount, plain(times), direction)
    percent = NumberFormat("percent", locale=number.locale, sign=True)
    return Change(amount, common_format(percent, [times - 1], 2)(times - 1), direction)


def triangle(x: float, y: float, size: float, direction: int) -> str:
    """Give a triangle that points up or down around a middle, as SVG path data."""
    half, tall = size / 2, 0.43 * size * (1 if direction >= 0 else -1)
    return f"M{x - half:.2f} {y + tall:.2f}L{x + half:.2f} {y + tall:.2f}L{x:.2f} {y - tall:.2f}Z"

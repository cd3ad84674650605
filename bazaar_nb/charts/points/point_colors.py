"""What colours points have: one, one a group, or those of a measure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.parts.series import color_series
from bazaar_nb.charts.parts.table import Columns
from bazaar_nb.charts.theme import Theme
from bazaar_nb.scales.ticks import nice_domain
from bazaar_nb.scene.arrays import ColorArray, color_array
from bazaar_nb.values.colormaps import map_colors

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PointColors:
    """What tells the colours of n points.

    Attributes
    ----------
    title : str
        The column's name.
    groups : tuple of str
        In their order; none where there is no column of words.
    group_of : tuple of str
        Of each point.
    measure : array of shape (n,), optional
        NaN where a point has none.
    given : mapping of str to colour
        Of groups.
    """

    title: str
    groups: tuple[str, ...]
    group_of: tuple[str, ...]
    measure: Floats | None = None
    given: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(
        cls,
        columns: Columns,
        color: str | None,
        group: str | None,
        given: Mapping[str, str],
        kept: NDArray[np.intp],
    ) -> PointColors:
        """Read a column of numbers or words, for the rows that are kept."""
        blank = ("",) * len(kept)
        if color is not None and columns.is_number(color):
            values = columns.numbers(color)[kept]
            return cls(color, (), blank, values if np.isfinite(values).any() else None, given)
        column = color or group
        if column is None:
            return cls("", (), blank, None, given)
        words = columns.texts(column)
        group_of = tuple(words[row] or "–" for row in kept.tolist())
        there = set(group_of)
        order = [word or "–" for word in columns.order(column)]
        return cls(color or "", tuple(one for one in order if one in there), group_of, None, given)

    @property
    def limits(self) -> tuple[float, float]:
        """The measure's values that have the colormap's first and last colour."""
        assert self.measure is not None
        return nice_domain(float(np.nanmin(self.measure)), float(np.nanmax(self.measure)), 5)

    def of_groups(self, theme: Theme) -> dict[str, str]:
        """Give the colour of each group."""
        counts = np.array([float(self.group_of.count(one)) for one in self.groups])
        found = color_series(self.groups, counts, theme, self.given)
        return dict(zip(self.groups, found.colors, strict=True))

    def of_points(self, theme: Theme) -> ColorArray:
        """Give the colour of each point."""
        if self.measure is not None:
            values = np.nan_to_num(self.measure, nan=float(np.nanmin(self.measure)))
            rgba = map_colors(values, theme.colormap, self.limits)
            missing = color_array([theme.total]).values()
            return color_array(np.where(np.isnan(self.measure)[:, None], missing, rgba))
        if self.groups:
            rows = {one: color_array([color]).values()[0] for one, color in self.of_groups(theme).items()}
            return color_array(np.array([rows[one] for one in self.group_of], np.uint8))
        usual = color_array([theme.palette[0]]).values()
        return color_array(np.repeat(usual, len(self.group_of), axis=0))

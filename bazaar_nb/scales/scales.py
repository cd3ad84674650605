"""Scales: functions from the values of a column to pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bazaar_nb.errors import InvalidValueError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Linear:
    """Equal steps of a value are equal steps in pixels.

    Parameters
    ----------
    domain : (float, float)
        The values at both ends; one value twice lies in the middle of the range.
    range : (float, float)
        Their pixels; the second may be the smaller one, as an axis that runs upwards has it.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> import numpy as np
    >>> scale = bz.scales.Linear((0, 50), (100, 600))
    >>> scale(25)
    np.float64(350.0)
    """

    domain: tuple[float, float]
    range: tuple[float, float]

    def __post_init__(self) -> None:
        _check_ends("Linear", self.domain, self.range)

    def __call__(self, values: ArrayLike) -> Any:
        """Give the pixels of values; NaN stays NaN."""
        (low, high), (start, stop) = self.domain, self.range
        given = np.asarray(values, np.float64)
        if low == high:
            return np.where(np.isnan(given), np.nan, (start + stop) / 2)
        return _map(given, (low, high), (start, stop))

    def invert(self, pixels: ArrayLike) -> Any:
        """Give the values that stand at these pixels."""
        (low, high), (start, stop) = self.domain, self.range
        given = np.asarray(pixels, np.float64)
        if start == stop:
            return np.full_like(given, (low + high) / 2)
        return _map(given, (start, stop), (low, high))


@dataclass(frozen=True)
class Log:
    """Equal ratios of a value are equal steps in pixels.

    Parameters
    ----------
    domain : (float, float)
        Both above 0.
    range : (float, float)
        Their pixels.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> scale = bz.scales.Log((1, 1000), (0, 300))
    >>> round(float(scale(10)), 1)
    100.0
    """

    domain: tuple[float, float]
    range: tuple[float, float]

    def __post_init__(self) -> None:
        _check_ends("Log", self.domain, self.range)
        if min(self.domain) <= 0:
            raise InvalidValueError(f"a Log scale's `domain` must be above 0, got {self.domain}")

    def __call__(self, values: ArrayLike) -> Any:
        """Give the pixels of values; NaN for those that are not above 0."""
        given = np.asarray(values, np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.where(given > 0, np.log10(np.where(given > 0, given, 1)), np.nan)
        return self._linear(logs)

    def invert(self, pixels: ArrayLike) -> Any:
        """Give the values that stand at these pixels."""
        return 10 ** self._linear.invert(pixels)

    @property
    def _linear(self) -> Linear:
        low, high = self.domain
        return Linear((math.log10(low), math.log10(high)), self.range)


@dataclass(frozen=True)
class Band:
    """Places side by side, one a key: for bars.

    Parameters
    ----------
    keys : sequence of hashable
        In their order from the range's start.
    range : (float, float)
        Pixels.
    gap : float
        Between two bars, as a share of the distance of their middles.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> scale = bz.scales.Band(["a", "b"], (0, 200))
    >>> scale("b")
    150.0
    """

    keys: Sequence[Any]
    range: tuple[float, float]
    gap: float = 0.28
    _places: dict[Any, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not 0 <= self.gap < 1:
            raise InvalidValueError(f"`gap` must be from 0 to below 1, got {self.gap!r} (Band)")
        places = {key: number for number, key in enumerate(self.keys)}
        if len(places) != len(self.keys):
            twice = next(key for key in places if list(self.keys).count(key) > 1)
            raise InvalidValueError(f"`keys` must differ from one another, got {twice!r:.60} twice (Band)")
        object.__setattr__(self, "_places", places)

    @property
    def pitch(self) -> float:
        """Pixels from one middle to the next."""
        return abs(self.range[1] - self.range[0]) / max(1, len(self.keys))

    @property
    def width(self) -> float:
        """Pixels that a bar is wide."""
        return self.pitch * (1 - self.gap)

    def __call__(self, key: Any) -> float:
        """Give the middle of a key's place in pixels."""
        try:
            return float(self.at(self._places[key]))
        except KeyError:
            raise InvalidValueError(f"{key!r} is not among the keys (Band)") from None

    def at(self, place: Any) -> Any:
        """Give the middle of a place (a number from 0, also between two counts) in pixels; arrays too."""
        start, stop = self.range
        step = math.copysign(self.pitch, stop - start)
        return start + (place + 0.5) * step


def _check_ends(name: str, domain: tuple[float, float], pixels: tuple[float, float]) -> None:
    for field_name, ends in (("domain", domain), ("range", pixels)):
        if len(ends) != 2 or not all(math.isfinite(end) for end in ends):
            raise InvalidValueError(f"`{field_name}` must be two finite numbers, got {ends!r} ({name})")


def _map(given: NDArray[np.float64], source: tuple[float, float], target: tuple[float, float]) -> Any:
    """Map numbers so that the ends of one range come to those of another; the first one is not empty."""
    (low, high), (start, stop) = source, target
    slope = (stop - start) / (high - low)
    if math.isinf(slope):  # ends that are nearer to each other than 1e-308
        return start + (given - low) / (high - low) * (stop - start)
    return start + (given - low) * slope

"""Map projections that keep areas: a country that is twice as large looks twice as large."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_ROOT3 = 3**0.5


class Projection(Protocol):
    """From longitudes and latitudes to a plane, of a sphere of radius 1."""

    @property
    def longitude(self) -> float:
        """The one in the middle, in degrees."""

    @property
    def has_edge(self) -> bool:
        """Whether the plane is cut along the meridian opposite of the middle."""

    def __call__(self, longitudes: Floats, latitudes: Floats) -> tuple[Floats, Floats]:
        """Give x to the right and y upwards for degrees; NaN where there is no place."""


@dataclass(frozen=True)
class EqualEarth:
    """The whole world, with straight parallels.

    Šavrič, Patterson and Jenny: The Equal Earth map projection, International Journal of Geographical
    Information Science 33(3), 2019 (online 2018), https://doi.org/10.1080/13658816.2018.1504949.

    Parameters
    ----------
    longitude : float
        In the middle, in degrees. 11 cuts the world in the Bering Strait, where little land is.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.charts.EqualEarth(longitude=0)
    EqualEarth(longitude=0)
    """

    longitude: float = 11.0
    has_edge = True

    def __call__(self, longitudes: Floats, latitudes: Floats) -> tuple[Floats, Floats]:
        """Give x to the right and y upwards for degrees."""
        east = np.radians(longitudes - self.longitude)
        theta = np.arcsin(_ROOT3 / 2 * np.sin(np.radians(latitudes)))
        square = theta * theta
        sixth = square**3
        slope = 9 * _A4 * sixth * square + 7 * _A3 * sixth + 3 * _A2 * square + _A1
        x = 2 * _ROOT3 * east * np.cos(theta) / (3 * slope)
        y = theta * (_A4 * sixth * square + _A3 * sixth + _A2 * square + _A1)
        return x, y


@dataclass(frozen=True)
class LambertAzimuthal:
    """A region around a point: a continent, a country, a pole.

    Lambert's azimuthal equal-area projection of 1772, on the sphere. Snyder: Map Projections: A Working
    Manual, U.S. Geological Survey Professional Paper 1395, 1987, https://doi.org/10.3133/pp1395, chapter 24.

    Parameters
    ----------
    longitude, latitude : float
        In the middle, in degrees.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> europe = bz.charts.LambertAzimuthal(longitude=10, latitude=52)
    """

    longitude: float
    latitude: float
    has_edge = False

    def __call__(self, longitudes: Floats, latitudes: Floats) -> tuple[Floats, Floats]:
        """Give x to the right and y upwards for degrees; NaN close to the point opposite of the middle."""
        east, north = np.radians(longitudes - self.longitude), np.radians(latitudes)
        middle = np.radians(self.latitude)
        cosine = np.sin(middle) * np.sin(north) + np.cos(middle) * np.cos(north) * np.cos(east)
        with np.errstate(divide="ignore", invalid="ignore"):
            factor = np.where(cosine > -0.98, np.sqrt(2 / np.maximum(1e-12, 1 + cosine)), np.nan)
        x = factor * np.cos(north) * np.sin(east)
        y = factor * (np.cos(middle) * np.sin(north) - np.sin(middle) * np.cos(north) * np.cos(east))
        return x, y


def projection_for(longitudes: Floats, latitudes: Floats) -> Projection:
    """Give the projection that suits places: of the world, or around their middle."""
    east = np.unique(np.round(np.mod(longitudes, 360.0), 3))
    gaps = np.diff(np.append(east, east[0] + 360.0))
    widest = int(np.argmax(gaps))
    span = 360.0 - float(gaps[widest])
    south, north = float(latitudes.min()), float(latitudes.max())
    if span > 150 and not (south > 35 or north < -35):
        return EqualEarth()
    if span > 200:  # around a pole
        return LambertAzimuthal(0.0, 90.0 if south > 0 else -90.0)
    first = float(east[(widest + 1) % len(east)])
    middle = (first + span / 2 + 180) % 360 - 180
    return LambertAzimuthal(middle, (south + north) / 2)

"""What a map shows of the world, and on which projection."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.maps.geojson import Area, join_names
from bazaar_nb.charts.maps.map_outlines import outline_points, project_rings
from bazaar_nb.charts.maps.projections import EqualEarth, LambertAzimuthal, Projection, projection_for
from bazaar_nb.charts.parts.table import Problems
from bazaar_nb.errors import InvalidValueError

Floats = NDArray[np.float64]
_SOUTH = -60.0  # land beyond that has no values is left out: Antarctica
_SIDE = 41  # places along each side of a region


@dataclass(frozen=True)
class MapView:
    """A part of the world on a plane.

    Attributes
    ----------
    projection : Projection
    shown : tuple of int
        The areas that are seen, by number.
    places : array of shape (n, 2)
        What must be seen, in degrees.
    is_whole : bool
        Whether that is all there is.
    """

    projection: Projection
    shown: tuple[int, ...]
    places: Floats
    is_whole: bool

    @classmethod
    def of(
        cls,
        areas: Sequence[Area],
        valued: set[int],
        points: Floats | None,
        region: Any,
        projection: Any,
        shape_name: str | None,
        problems: Problems,
    ) -> MapView:
        """Choose what is seen.

        Parameters
        ----------
        valued : set of int
            The areas that have values.
        points : array of shape (n, 2) or None
            In degrees; they are all that is seen where there are no areas.
        region, projection
            Those of `Map`.

        Raises
        ------
        InvalidValueError
        """
        shown = tuple(
            number
            for number, area in enumerate(areas)
            if area.polygons
            and (number in valued or max(float(ring[:, 1].max()) for ring, *_ in area.polygons) > _SOUTH)
        )
        if region is not None:
            places = _region_places(region, areas, shape_name, problems)
        elif shown or points is None:
            places = outline_points([areas[number] for number in shown])
        else:
            places = points
        return cls(_chosen(projection, places), shown, places, is_whole=region is None)

    def project(self, areas: Sequence[Area]) -> list[list[Floats]]:
        """Give the rings on the plane of each area; none of those that are not seen."""
        shown = set(self.shown)
        return [
            project_rings(area.polygons, self.projection) if number in shown else []
            for number, area in enumerate(areas)
        ]

    def plane(self, projected: Sequence[Sequence[Floats]]) -> Floats:
        """Give the points of the plane that must be seen, shape (n, 2)."""
        if self.is_whole and self.shown:
            return np.concatenate([ring for rings in projected for ring in rings])
        found = np.stack(self.projection(*self.places.T), axis=1)
        return found[np.isfinite(found).all(axis=1)]


def _region_places(region: Any, areas: Sequence[Area], shape_name: str | None, problems: Problems) -> Floats:
    given = (region,) if isinstance(region, str) else tuple(region)
    if given and all(isinstance(one, str) for one in given):
        found = join_names(areas, given, shape_name, problems, "region")
        problems.raise_any()
        return outline_points([areas[place] for places in found.values() for place in places])
    if len(given) != 4 or not all(math.isfinite(one) for one in given) or not given[1] < given[3]:
        raise InvalidValueError(
            f"`region` must be (west, south, east, north) in degrees or names, got {region!r:.60} (Map)"
        )
    west, south, east, north = (float(one) for one in given)
    east += 360.0 if east <= west else 0.0
    along, up = np.linspace(west, east, _SIDE), np.linspace(south, north, _SIDE)
    sides = [(along, south + 0 * along), (along, north + 0 * along), (west + 0 * up, up), (east + 0 * up, up)]
    return np.concatenate([np.stack(side, axis=1) for side in sides])


def _chosen(projection: Any, places: Floats) -> Projection:
    if callable(projection):
        return projection  # type: ignore[no-any-return]
    if projection == "equal-earth":
        return EqualEarth()
    if projection not in ("auto", "lambert"):
        raise InvalidValueError(
            f"`projection` must be auto, equal-earth, lambert or a projection, got {projection!r:.60} (Map)"
        )
    found = projection_for(*places.T)
    if projection == "lambert" and not isinstance(found, LambertAzimuthal):
        south, north = float(places[:, 1].min()), float(places[:, 1].max())
        return LambertAzimuthal(float(places[:, 0].mean()), (south + north) / 2)
    return found

"""Areas from GeoJSON (RFC 7946): a dict, a file, or what has a ``__geo_interface__``, as a GeoDataFrame.

https://datatracker.ietf.org/doc/html/rfc7946, https://gist.github.com/sgillies/2217756
"""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.parts.table import Problems
from bazaar_nb.errors import InvalidValueError

Floats = NDArray[np.float64]
Polygon = tuple[Floats, ...]
"""An outline and its holes: degrees east and north, each of shape (n, 2), not closed."""


@dataclass(frozen=True)
class Area:
    """A feature: its polygons, and what it is called by property; ``id`` is the feature's own."""

    polygons: tuple[Polygon, ...]
    names: Mapping[str, str]


def read_areas(source: Any, problems: Problems) -> list[Area]:
    """Read the areas of a GeoJSON.

    Parameters
    ----------
    source : dict, str, path, or object
        A FeatureCollection, Feature or geometry; a file of one; or an object with a ``__geo_interface__``.

    Raises
    ------
    InvalidValueError
        With all that is wrong.
    """
    found = _as_mapping(source, problems)
    areas = []
    for number, feature in enumerate(_features(found, problems)):
        properties = feature.get("properties") or {}
        names = {str(key): _word(value) for key, value in properties.items() if _is_name(value)}
        if _is_name(feature.get("id")):
            names.setdefault("id", _word(feature["id"]))
        polygons: list[Polygon] = []
        _add_polygons(feature.get("geometry"), polygons, f"feature {number}", problems)
        areas.append(Area(tuple(polygons), names))
    if not problems and not any(area.polygons for area in areas):
        problems.add("`shapes` has no polygon")
    problems.raise_any()
    return areas


def join_names(
    areas: Sequence[Area], names: Sequence[str], shape_name: str | None, problems: Problems, column: str
) -> dict[str, list[int]]:
    """Give the areas of each name of a table.

    Parameters
    ----------
    names : sequence of str
        The table's.
    shape_name : str or None
        The property that they are values of; None for the one that has the most of them.

    Raises
    ------
    InvalidValueError
        For each name that no area has, with near ones.
    """
    properties = list(dict.fromkeys(key for area in areas for key in area.names))
    if shape_name is not None and shape_name not in properties:
        near = difflib.get_close_matches(shape_name, properties, n=2, cutoff=0.5)
        meant = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
        problems.add(
            f"`shape_name` names property {shape_name!r}, which the shapes don't have{meant} "
            f"They have: {', '.join(properties[:12]) or 'none'}"
        )
        problems.raise_any()
    wanted = set(names)
    if shape_name is None:
        counts = {key: len(wanted & {area.names.get(key, "") for area in areas}) for key in properties}
        shape_name = max(counts, key=lambda key: counts[key], default=None)
        if shape_name is None:
            problems.add("the shapes have neither properties nor ids to join by")
            problems.raise_any()
            return {}
        if not counts[shape_name]:
            shape_name = _likely(areas, properties, names)
        if shape_name is None:
            examples = {
                key: next(area.names[key] for area in areas if key in area.names) for key in properties
            }
            told = ", ".join(f"{key} (as {value!r:.24})" for key, value in list(examples.items())[:8])
            problems.add(
                f"no shape is called as any of its words, as {names[0]!r:.40}; they have {told}",
                column=column,
            )
            problems.raise_any()
            return {}
    places: dict[str, list[int]] = {}
    for number, area in enumerate(areas):
        places.setdefault(area.names.get(shape_name, ""), []).append(number)
    lowered = {key.casefold(): key for key in places if key}
    for row, name in enumerate(names):
        if name in places or names.index(name) != row:
            continue
        near = [lowered[name.casefold()]] if name.casefold() in lowered else difflib.get_close_matches(
            name, [key for key in places if key], n=2, cutoff=0.6
        )  # fmt: skip
        meant = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
        problems.add(f"no shape has {shape_name} {name!r}{meant}", column=column, row=row)
    return {name: places[name] for name in wanted if name in places}


def _likely(areas: Sequence[Area], properties: Sequence[str], names: Sequence[str]) -> str | None:
    """Give the property that has words near those of a table, where none has any of them."""
    some = [name for name in names[:: max(1, len(names) // 8)] if len(name) > 3]
    for key in properties:
        there = [area.names[key] for area in areas if key in area.names]
        if any(difflib.get_close_matches(name, there, n=1, cutoff=0.8) for name in some):
            return key
    return None


def _as_mapping(source: Any, problems: Problems) -> Mapping[str, Any]:
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        try:
            source = json.loads(path.read_text("utf-8"))
        except OSError as error:
            raise InvalidValueError(
                f"{problems._chart}: can't read `shapes` {str(path)!r}: {error.strerror or error}"
            ) from None
        except ValueError as error:
            raise InvalidValueError(
                f"{problems._chart}: `shapes` {str(path)!r} is no JSON: {error}"
            ) from None
    elif not isinstance(source, Mapping):
        system = getattr(source, "crs", None)
        if system is not None and not getattr(system, "is_geographic", True):
            source = source.to_crs(4326)  # geopandas' own way to degrees
        found = getattr(source, "__geo_interface__", None)
        source = found if found is not None else source
    if not isinstance(source, Mapping):
        raise InvalidValueError(
            f"{problems._chart}: `shapes` must be a GeoJSON (a dict, a file) or a GeoDataFrame, "
            f"got {type(source).__name__}"
        )
    if source.get("type") == "Topology":
        raise InvalidValueError(f"{problems._chart}: `shapes` is TopoJSON; convert it to GeoJSON first")
    return source


def _features(found: Mapping[str, Any], problems: Problems) -> Iterator[Mapping[str, Any]]:
    kind = found.get("type")
    if kind == "FeatureCollection":
        yield from found.get("features") or ()
    elif kind == "Feature":
        yield found
    elif kind in ("Polygon", "MultiPolygon", "GeometryCollection"):
        yield {"geometry": found}
    else:
        problems.add(f"`shapes` must be a FeatureCollection, a Feature or polygons, its type is {kind!r}")


def _add_polygons(geometry: Any, found: list[Polygon], where: str, problems: Problems) -> None:
    if not geometry:
        return
    kind = geometry.get("type")
    if kind == "GeometryCollection":
        for part in geometry.get("geometries") or ():
            _add_polygons(part, found, where, problems)
        return
    if kind not in ("Polygon", "MultiPolygon"):
        return  # a point or a line has no area
    try:
        polygons = [geometry["coordinates"]] if kind == "Polygon" else geometry["coordinates"]
        for polygon in polygons:
            rings = tuple(ring for one in polygon if len(ring := _ring(one)) >= 3)
            if rings:
                found.append(rings)
    except (TypeError, ValueError, KeyError, IndexError):
        problems.add(f"`shapes`, {where}: its coordinates are not those of a {kind}")
        return
    if any(np.abs(ring).max() > 720 or np.abs(ring[:, 1]).max() > 90.001 for one in found for ring in one):
        problems.add(f"`shapes`, {where}: its coordinates are no degrees of longitude and latitude")
        found.clear()


def _ring(coordinates: Any) -> Floats:
    ring = np.asarray([point[:2] for point in coordinates], np.float64).reshape(-1, 2)
    if not np.isfinite(ring).all():
        raise ValueError("not finite")
    return ring[:-1] if len(ring) > 1 and (ring[0] == ring[-1]).all() else ring


def _is_name(value: Any) -> bool:
    return isinstance(value, str | int | np.integer) or (isinstance(value, float) and value.is_integer())


def _word(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) else str(value)

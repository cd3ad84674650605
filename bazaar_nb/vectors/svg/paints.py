"""Paints of SVG (https://www.w3.org/TR/SVG2/pservers.html) as colours and gradients of elements."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple
from xml.etree.ElementTree import Element

import numpy as np

from bazaar_nb.draw.svg_reading import href_of, local_name
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.paint import LinearGradient, Paint, RadialGradient
from bazaar_nb.values.color import RGBA, format_color, parse_color
from bazaar_nb.vectors.svg.coordinates import (
    Floats,
    NotElementsError,
    fraction,
    inverse,
    length,
    similarity,
    times,
    transform,
)
from bazaar_nb.vectors.svg.styles import Style, computed, declared

Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""
_MOST_STOPS = 64  # that a gradient of elements has
_MIXED = 6  # stops put between two that are seen through: SVG doesn't premultiply when it mixes
_URL = re.compile(r"url\(\s*[\"']?#([^)\"']*?)[\"']?\s*\)\s*(.*)")


class StretchedError(NotElementsError):
    """A radial gradient that is no circle: it is drawn where it is one.

    Attributes
    ----------
    matrix : array of shape (2, 3)
        From there to the drawing.
    """

    def __init__(self, matrix: Floats) -> None:
        super().__init__("a gradient that is no circle")
        self.matrix = matrix


class Painted(NamedTuple):
    """What a paint is for.

    Attributes
    ----------
    user : tuple of four floats
        The box of the outline in its own coordinates.
    drawn : tuple of four floats
        The box that it has where it is drawn.
    matrix : array of shape (2, 3)
        From the one to the other.
    viewport : (float, float)
        What percentages are of.
    """

    user: Box
    drawn: Box
    matrix: Floats
    viewport: tuple[float, float]


class Paints:
    """Reads the paints of a drawing.

    Parameters
    ----------
    ids : mapping of str to element
    """

    def __init__(self, ids: Mapping[str, Element]) -> None:
        self._ids = ids

    def read(self, value: str, style: Style, opacity: float, painted: Painted) -> Paint | None:
        """Give a paint; None for none.

        Raises
        ------
        NotElementsError
            For what elements have no paint like.
        """
        value = value.strip()
        linked = _URL.match(value)
        if linked is None:
            return _colored(value, style, opacity)
        server = self._ids.get(linked[1])
        kind = "" if server is None else local_name(server)
        if server is None or kind not in ("linearGradient", "radialGradient", "pattern"):
            return _colored(linked[2] or "none", style, opacity)
        if kind == "pattern":
            raise NotElementsError("a pattern")
        return self._gradient(server, opacity, painted)

    def _gradient(self, server: Element, opacity: float, painted: Painted) -> Paint | None:
        chain = self._chain(server)
        stops = self._stops(chain, opacity)
        if not stops:
            return None
        if len(stops) == 1:
            return format_color(stops[0][1])
        given = {name: value for one in reversed(chain) for name, value in one.attrib.items()}
        own = _Units(given, painted)
        if own.is_empty:
            return None
        spread = given.get("spreadMethod", "pad")
        if local_name(server) == "linearGradient":
            ends = np.array(
                [[own.x("x1", "0%"), own.y("y1", "0%")], [own.x("x2", "100%"), own.y("y2", "0%")]]
            )
            return _linear(stops, ends, own.matrix, painted.drawn, spread)
        center = np.array([own.x("cx", "50%"), own.y("cy", "50%")])
        radius = own.r("r", "50%")
        focus = np.array([own.x("fx", str(center[0])), own.y("fy", str(center[1]))])
        if np.hypot(*(focus - center)) > 1e-3 * max(radius, 1e-9) or own.r("fr", "0") > 0:
            raise NotElementsError("a gradient with a focus")
        if radius <= 0:
            return format_color(stops[-1][1])
        if spread != "pad":
            raise NotElementsError("a radial gradient that repeats")
        return _radial(stops, center, radius, own.matrix, painted.drawn)

    def _chain(self, server: Element) -> list[Element]:
        """Give a gradient and those that it takes the rest from."""
        chain = [server]
        while len(chain) < 20:
            target = self._ids.get(href_of(chain[-1]).removeprefix("#"))
            if target is None or target in chain or not local_name(target).endswith("Gradient"):
                break
            chain.append(target)
        return chain

    def _stops(self, chain: list[Element], opacity: float) -> list[tuple[float, RGBA]]:
        for server in chain:
            around = computed(server, {})
            found: list[tuple[float, RGBA]] = []
            for child in server:
                if local_name(child) != "stop":
                    continue
                style = {**around, **declared(child)}
                at = fraction(child.get("offset"), 0.0)
                color = color_of(style.get("stop-color", "black"), style)
                alpha = fraction(style.get("stop-opacity")) * opacity
                found.append((max(at, found[-1][0]) if found else at, (*color[:3], color[3] * alpha)))
            if found:
                return found
        return []


class _Units:
    """The lengths of a gradient: of the box that is painted, or of the drawing."""

    def __init__(self, given: Mapping[str, str], painted: Painted) -> None:
        self._given = given
        self._boxed = given.get("gradientUnits", "objectBoundingBox") != "userSpaceOnUse"
        matrix = painted.matrix
        left, top, right, bottom = painted.user
        self.is_empty = self._boxed and (right - left <= 0 or bottom - top <= 0)
        self._whole = (1.0, 1.0) if self._boxed else painted.viewport
        if self._boxed:
            matrix = times(matrix, np.array([[right - left, 0.0, left], [0.0, bottom - top, top]]))
        self.matrix = times(matrix, transform(given.get("gradientTransform")))

    def x(self, name: str, default: str) -> float:
        return length(self._given.get(name, default), 0.0, self._whole[0])

    def y(self, name: str, default: str) -> float:
        return length(self._given.get(name, default), 0.0, self._whole[1])

    def r(self, name: str, default: str) -> float:
        return length(self._given.get(name, default), 0.0, math.hypot(*self._whole) / math.sqrt(2))


def color_of(text: str, style: Style) -> RGBA:
    """Read a colour.

    Raises
    ------
    NotElementsError
        For what is none that we know.
    """
    if text.lower() == "currentcolor":
        text = style.get("color", "black")
        if text.lower() == "currentcolor":
            text = "black"
    try:
        return parse_color(text.strip().lower())
    except InvalidValueError:
        raise NotElementsError(f"the colour {text!r:.40}") from None


def _colored(value: str, style: Style, opacity: float) -> Paint | None:
    if value in ("none", ""):
        return None
    red, green, blue, alpha = color_of(value, style)
    return format_color((red, green, blue, alpha * opacity))


def _linear(stops: list[tuple[float, RGBA]], ends: Floats, matrix: Floats, box: Box, spread: str) -> Paint:
    """Give a gradient along a line, anyhow mapped, as one across the box that is painted.

    How far along the line a point is, is an affine function of the point, whatever the map; so it is again
    a gradient along a line, the way that this function rises.
    """
    way = ends[1] - ends[0]
    square = float(way @ way)
    if square < 1e-18:
        return format_color(stops[-1][1])
    back = inverse(matrix)
    rise = back[:, :2].T @ (way / square)
    slope = float(np.hypot(*rise))
    nx, ny = rise / slope
    left, top, right, bottom = box
    middle = np.array([(left + right) / 2, (top + bottom) / 2])
    at_middle = float((back[:, :2] @ middle + back[:, 2] - ends[0]) @ way / square)
    across = abs((right - left) * nx) + abs((bottom - top) * ny)
    if across * slope < 1e-9:
        return format_color(_color_at(stops, at_middle, spread))
    low, high = at_middle - across * slope / 2, at_middle + across * slope / 2
    placed = [((at - low) / (high - low), color) for at, color in _spread(stops, spread, low, high)]
    colors, at = _cut(placed)
    return LinearGradient(colors, angle=math.degrees(math.atan2(ny, nx)), stops=at)


def _radial(
    stops: list[tuple[float, RGBA]], center: Floats, radius: float, matrix: Floats, box: Box
) -> Paint:
    scale = similarity(matrix)
    if scale is None:
        raise StretchedError(times(matrix, np.array([[radius / 100, 0.0, 0.0], [0.0, radius / 100, 0.0]])))
    at = matrix[:, :2] @ center + matrix[:, 2]
    left, top, right, bottom = box
    width, height = max(right - left, 1e-6), max(bottom - top, 1e-6)
    colors, places = _cut(_spread(stops, "pad", 0.0, 1.0))
    return RadialGradient(
        colors, center=(float(at[0] - left) / width, float(at[1] - top) / height),
        radius=min(1e3, max(1e-6, 2 * radius * scale / math.hypot(width, height))), stops=places,
    )  # fmt: skip


def _spread(
    stops: list[tuple[float, RGBA]], spread: str, low: float, high: float
) -> list[tuple[float, RGBA]]:
    """Give the stops between two places on the line, repeated as often as they are seen."""
    if spread not in ("repeat", "reflect"):
        return [(-1e9, stops[0][1]), *_with_mixed(stops), (1e9, stops[-1][1])]
    first, last = math.floor(low), math.ceil(high)
    if (last - first) * len(stops) > _MOST_STOPS:
        raise NotElementsError("a gradient that repeats too often")
    found: list[tuple[float, RGBA]] = []
    whole = [(0.0, stops[0][1]), *_with_mixed(stops), (1.0, stops[-1][1])]
    for turn in range(first, last):
        back = spread == "reflect" and turn % 2
        found += [(turn + (1 - at if back else at), color) for at, color in (whole[::-1] if back else whole)]
    return found


def _with_mixed(stops: list[tuple[float, RGBA]]) -> list[tuple[float, RGBA]]:
    found: list[tuple[float, RGBA]] = []
    for (at, one), (then, other) in pairwise(stops):
        found.append((at, one))
        if one[3] != other[3] and one[:3] != other[:3] and then > at and len(stops) <= 9:
            for step in range(1, _MIXED):
                share = step / _MIXED
                mixed = tuple(a + (b - a) * share for a, b in zip(one, other, strict=True))
                found.append((at + (then - at) * share, mixed))  # type: ignore[arg-type]
    return [*found, stops[-1]]


def _cut(placed: list[tuple[float, RGBA]]) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Give colours and places from 0 to 1 of stops that reach beyond."""
    at = [place for place, _ in placed]
    inside = [(place, color) for place, color in placed if 0 < place < 1]
    ends = [(0.0, _mixed_at(placed, at, 0.0)), (1.0, _mixed_at(placed, at, 1.0))]
    found = [ends[0], *inside, ends[1]]
    if len(found) > _MOST_STOPS:
        raise NotElementsError("a gradient of too many colours")
    return tuple(format_color(color) for _, color in found), tuple(place for place, _ in found)


def _mixed_at(placed: list[tuple[float, RGBA]], at: list[float], place: float) -> RGBA:
    channels = (np.interp(place, at, [color[n] for _, color in placed]) for n in range(4))
    red, green, blue, alpha = (float(value) for value in channels)
    return red, green, blue, alpha


def _color_at(stops: list[tuple[float, RGBA]], at: float, spread: str) -> RGBA:
    if spread == "repeat":
        at %= 1.0
    elif spread == "reflect":
        at = 1 - abs(at % 2 - 1)
    return _mixed_at(stops, [place for place, _ in stops], at)

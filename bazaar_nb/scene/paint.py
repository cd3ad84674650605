"""What shapes are filled and outlined with: colours, gradients, strokes, shadows."""

from __future__ import annotations

from itertools import pairwise
from numbers import Real
from typing import Annotated, Literal

from msgspec import Meta

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.frozen_struct import Data
from bazaar_nb.values.color import Color, parse_color

Coordinate = Annotated[float, Meta(ge=-1e6, le=1e6)]
"""A position or distance in pixels of the composition; never NaN or infinite."""
Extent = Annotated[float, Meta(ge=0, le=1e6)]
"""A size in pixels of the composition, at least 0."""
Unit = Annotated[float, Meta(ge=0, le=1)]
"""A fraction from 0 to 1, both included."""
Swung = Annotated[float, Meta(ge=-1, le=2)]
"""A fraction from 0 to 1 that a spring may carry beyond: up to -1 and 2 it is taken for the nearer end.

No spring swings further. A 50 is no overshoot, but a percentage, and an error.
"""
Softness = Annotated[float, Meta(ge=-1000, le=1000)]
"""How far something is blurred, in pixels: below 0, where a spring may carry it, it is not."""
Degrees = Annotated[float, Meta(ge=-1e6, le=1e6)]
"""An angle in degrees, clockwise."""
Colors = Annotated[tuple[Color, ...], Meta(min_length=2, max_length=64)]


def _check_stops(colors: object, stops: object) -> None:
    """Check that every colour has its stop, and that they rise; types are checked with the frame's tree."""
    if not isinstance(stops, tuple | list) or not isinstance(colors, tuple | list):
        return
    if len(stops) != len(colors):
        raise InvalidValueError(
            f"`stops` must have one stop for each of the {len(colors)} colours, got {len(stops)}"
        )
    if not all(isinstance(stop, Real) for stop in stops):
        return
    if any(later < earlier for earlier, later in pairwise(stops)):
        raise InvalidValueError(f"`stops` must not fall, got {list(stops)}")


class LinearGradient(Data, frozen=True, tag_field="kind", tag="linear"):
    """Colours along a straight line across the box that is painted.

    Attributes
    ----------
    colors : tuple of colour
        2 to 64 colours.
    angle : float
        Degrees; 0 runs left to right, 90 top to bottom (clockwise).
    stops : tuple of float or None
        Where each colour stands, 0..1 and rising; evenly spread by default.
        The line is as long as CSS makes it: its ends touch the corners
        (https://www.w3.org/TR/css-images-4/#linear-gradients).

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> sky = bz.Fill(bz.LinearGradient(["#1e1b4b", "#7c3aed", "#f472b6"], angle=30))
    """

    colors: Colors
    angle: Degrees = 90.0
    stops: tuple[Unit, ...] | None = None

    def __post_init__(self) -> None:
        _check_stops(self.colors, self.stops)


class RadialGradient(Data, frozen=True, tag_field="kind", tag="radial"):
    """Colours from a centre outwards, in circles.

    Attributes
    ----------
    colors : tuple of colour
        2 to 64 colours, the first at the centre.
    center : (float, float)
        As fractions of the painted box.
    radius : float
        As a fraction of half the box's diagonal.
    stops : tuple of float or None
        Where each colour stands, 0..1 and rising; evenly spread by default.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> glow = bz.Fill(bz.RadialGradient(["white", "transparent"]))
    """

    colors: Colors
    center: tuple[Coordinate, Coordinate] = (0.5, 0.5)
    radius: Annotated[float, Meta(gt=0, le=1e3)] = 1.0
    stops: tuple[Unit, ...] | None = None

    def __post_init__(self) -> None:
        _check_stops(self.colors, self.stops)


class ConicGradient(Data, frozen=True, tag_field="kind", tag="conic"):
    """Colours around a centre, clockwise.

    Attributes
    ----------
    colors : tuple of colour
        2 to 64 colours; repeat the first at the end for a seamless turn.
    center : (float, float)
        As fractions of the painted box.
    angle : float
        Degrees at which the first colour stands; 0 is up.
    stops : tuple of float or None
        Where each colour stands, 0..1 and rising; evenly spread by default.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> wheel = bz.Ellipse(width=200, fill=bz.ConicGradient(["red", "gold", "lime", "blue", "red"]))
    """

    colors: Colors
    center: tuple[Coordinate, Coordinate] = (0.5, 0.5)
    angle: Degrees = 0.0
    stops: tuple[Unit, ...] | None = None

    def __post_init__(self) -> None:
        _check_stops(self.colors, self.stops)


Gradient = LinearGradient | RadialGradient | ConicGradient
Paint = Color | Gradient


def is_opaque(paint: Paint) -> bool:
    """Tell whether no colour of a paint lets anything shine through."""
    colors = (paint,) if isinstance(paint, str) else paint.colors
    return all(parse_color(color)[3] == 1.0 for color in colors)


class Stroke(Data, frozen=True):
    """An outline.

    Attributes
    ----------
    color : colour or gradient
        What it is drawn with.
    width : float
        In pixels, centred on the shape's edge.
    dash : tuple of float
        Lengths of dashes and gaps in turn, in pixels; an even number of them.
    dash_offset : float
        Where in the pattern the outline starts, in pixels.
    cap, join : str
        How ends and corners look.
    miter_limit : float
        A sharper corner is cut: how far it may reach, in half widths of the stroke.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> frame = bz.Rect(width=200, height=100, fill=None, stroke=bz.Stroke("white", width=6, dash=(20, 10)))
    """

    color: Paint = "white"
    width: Extent = 2.0
    dash: tuple[Annotated[float, Meta(gt=0, le=1e6)], ...] = ()
    dash_offset: Coordinate = 0.0
    cap: Literal["butt", "round", "square"] = "butt"
    join: Literal["miter", "round", "bevel"] = "miter"
    miter_limit: Annotated[float, Meta(ge=1, le=100)] = 4.0

    def __post_init__(self) -> None:
        if isinstance(self.dash, tuple | list) and len(self.dash) % 2:
            raise InvalidValueError(
                f"`dash` must have an even number of lengths, dashes and gaps in turn, got {list(self.dash)}"
            )


class Shadow(Data, frozen=True):
    """A soft copy of a shape, below it.

    Attributes
    ----------
    blur : float
        Blur radius in pixels as CSS has it: twice the Gaussian's sigma.
    dx, dy : float
        Offset in pixels, right and down.
    color : colour
        Of the shadow.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> shadow = bz.Shadow(color="#00000080", blur=30, dy=12)
    >>> card = bz.Rect(width=300, height=200, fill="white", shadow=shadow)
    """

    blur: Annotated[float, Meta(ge=0, le=2000)] = 20.0
    dx: Coordinate = 0.0
    dy: Coordinate = 0.0
    color: Color = "rgba(0, 0, 0, 0.5)"

"""What every element has, and the elements that are one outline.

They stand in one file, for any element may be clipped by a shape.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from msgspec import Meta
from msgspec.structs import force_setattr

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.arrays import FloatArray, check_numbers, float_array
from bazaar_nb.scene.frozen_struct import Data
from bazaar_nb.scene.paint import Coordinate, Degrees, Extent, Paint, Shadow, Softness, Stroke, Swung

Percent = Annotated[str, Meta(pattern=r"^-?(\d+\.?\d*|\.\d+)%$(?!\n)", max_length=24)]
Length: TypeAlias = Coordinate | Percent
Size: TypeAlias = Extent | Percent
Anchor = Literal[
    "center", "top", "bottom", "left", "right", "top-left", "top-right", "bottom-left", "bottom-right"
]
BlendMode = Literal[
    "normal", "multiply", "screen", "overlay", "darken", "lighten", "color-dodge", "color-burn",
    "hard-light", "soft-light", "difference", "exclusion", "hue", "saturation", "color", "luminosity", "plus",
]  # fmt: skip
Factor = Annotated[float, Meta(ge=-1e4, le=1e4)]
# Not tuple[Factor, Factor]: msgspec 0.20-0.22 crashes on a constrained number
# in a union with a tuple of fixed length.
Factors = Annotated[tuple[Factor, ...], Meta(min_length=2, max_length=2)]
Radii = Annotated[tuple[Extent, ...], Meta(min_length=4, max_length=4)]
if TYPE_CHECKING:  # authors give lists, columns and arrays of any library
    Floats: TypeAlias = Any
else:  # what it is in the tree
    Floats = FloatArray


class Element(Data, frozen=True, kw_only=True, tag_field="kind"):
    """What every element has.

    Attributes
    ----------
    opacity : float
        0 (not there) to 1. As in CSS, what lies beyond is taken for the nearer
        end, so that a spring may overshoot; below -1 or above 2 is an error.
    rotation : float
        Degrees clockwise around the middle of the element.
    scale : float or (float, float)
        Around the middle of the element; negative mirrors.
    skew : (float, float)
        Degrees in x and y.
    blur : float
        Blur radius in pixels as CSS has it (the Gaussian's sigma). Below 0, where
        a spring may carry it, there is none.
    shadow : Shadow or None
        Below the element, of its shape.
    blend : str
        How it mixes with what is below; the CSS blend modes, and ``plus``.
    clip : Rect, Ellipse, Path, Polygon or None
        Only what is inside this shape is seen. Its lengths and percents are
        of the element's own box.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> isinstance(bz.Text("a"), bz.Element)
    True
    """

    opacity: Swung = 1.0
    rotation: Degrees = 0.0
    scale: Factor | Factors = 1.0
    skew: tuple[Annotated[float, Meta(gt=-90, lt=90)], Annotated[float, Meta(gt=-90, lt=90)]] = (0.0, 0.0)
    blur: Softness = 0.0
    shadow: Shadow | None = None
    blend: BlendMode = "normal"
    clip: Rect | Ellipse | Path | Polygon | None = None


class Box(Element, frozen=True, kw_only=True):
    """An element with a box: it is put by its anchor.

    Attributes
    ----------
    x, y : float or str
        Where the anchor point is put. Inside a `Row` or `Column`, which places
        its children, they shift the element from its place instead.
        By default the middle (no shift in a `Row` or `Column`).
    anchor : str
        Which point of the box is put there.
    """

    x: Length | None = None
    y: Length | None = None
    anchor: Anchor = "center"


class Fill(Element, frozen=True, tag="fill"):
    """Paint everywhere: the whole frame, or the whole `Group` that it is in.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> sky = bz.Fill("#1e1b4b")
    >>> sky2 = bz.Fill(bz.LinearGradient(["#1e1b4b", "#7c3aed"], angle=90))
    """

    paint: Paint = "black"


class Rect(Box, frozen=True, tag="rect"):
    """A rectangle, with round corners if `radius` says so.

    Attributes
    ----------
    width, height : float or str
    radius : float or tuple of four floats
        Of the corners; top-left, top-right, bottom-right, bottom-left.
    fill : colour, gradient or None
    stroke : Stroke or None

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> edge = bz.Stroke("black", width=4)
    >>> card = bz.Rect(width=300, height=120, radius=20, fill="gold", stroke=edge, x="50%", y=200)
    """

    width: Size = "100%"
    height: Size = "100%"
    radius: Extent | Radii = 0.0
    fill: Paint | None = "white"
    stroke: Stroke | None = None


class Ellipse(Box, frozen=True, tag="ellipse"):
    """An ellipse; a circle when only `width` is given.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> dot = bz.Ellipse(width=80, fill="tomato", x=100, y=100)
    """

    width: Size = "100%"
    height: Size | None = None
    fill: Paint | None = "white"
    stroke: Stroke | None = None


class Line(Element, frozen=True, tag="line"):
    """A straight line from (x1, y1) to (x2, y2).

    Attributes
    ----------
    start, end : float
        The part of it that is drawn, as fractions of its length. A spring may overshoot.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> line = bz.Line(100, 100, 500, 300, stroke=bz.Stroke("white", width=6), end=0.5)  # half of it
    """

    x1: Length = 0.0
    y1: Length = 0.0
    x2: Length = 0.0
    y2: Length = 0.0
    stroke: Stroke = Stroke()
    start: Swung = 0.0
    end: Swung = 1.0


class Path(Element, frozen=True, tag="path"):
    """An outline in SVG path data (https://www.w3.org/TR/SVG2/paths.html).

    Attributes
    ----------
    d : str, or array of shape (n, 2)
        The path data, like ``"M0 0 L100 50 Z"``; an array is straight lines through its points,
        in pixels.
    x, y : float or str
        Where the path's own origin is put.
    fill_rule : str
        What is inside where the outline crosses itself, or holds another: ``nonzero``, unless both go in
        opposite directions, or ``evenodd``, every second part.
    start, end : float
        The part of the outline that is drawn, as fractions of its length. A spring may overshoot.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> curve = bz.Path("M 0 0 C 100 0 100 100 200 100", x=50, y=50, stroke=bz.Stroke("cyan", width=8))
    """

    d: Annotated[str, Meta(min_length=1, max_length=1_000_000)] | Floats
    x: Length = 0.0
    y: Length = 0.0
    fill: Paint | None = None
    stroke: Stroke | None = Stroke()
    start: Swung = 0.0
    end: Swung = 1.0
    fill_rule: Literal["nonzero", "evenodd"] = "nonzero"

    def __post_init__(self) -> None:
        if type(self.d) is not str:
            _take_places(self, "d")


class Polygon(Element, frozen=True, tag="polygon"):
    """Straight lines through points; a polyline when not `closed`.

    Attributes
    ----------
    points : sequence of (float, float), or array of shape (n, 2)
        In pixels. An array stays one, as float32.
    closed : bool
        Whether the last point is joined to the first.
    x, y : float or str
        Where the points' origin is put.
    start, end : float
        The part of the outline that is drawn, as fractions of its length. A spring may overshoot.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> triangle = bz.Polygon([(0, 0), (100, 0), (50, 80)], fill="gold")
    """

    points: (
        Annotated[tuple[tuple[Coordinate, Coordinate], ...], Meta(min_length=1, max_length=200_000)] | Floats
    )
    closed: bool = True
    x: Length = 0.0
    y: Length = 0.0
    fill: Paint | None = "white"
    stroke: Stroke | None = None
    start: Swung = 0.0
    end: Swung = 1.0

    def __post_init__(self) -> None:
        if not isinstance(self.points, tuple | list):
            _take_places(self, "points")


def take_array(element: Data, field: str) -> bool:
    """Make a field an array where it can be one, and tell whether it was one already: then it is checked.

    What is wrong with it otherwise is said by the check of the frame's tree, with the element's place.
    """
    value = getattr(element, field)
    if isinstance(value, FloatArray):
        return True
    with suppress(InvalidValueError):
        force_setattr(element, field, float_array(value))
    return False


def _take_places(element: Path | Polygon, field: str) -> None:
    """Make a field an array of points, and check it if it was one already."""
    value = getattr(element, field)
    if not isinstance(value, FloatArray) and not hasattr(value, "__len__"):  # no points at all
        return
    if not take_array(element, field):
        return
    array: FloatArray = getattr(element, field)
    if len(array.shape) != 2 or array.shape[1] != 2 or array.shape[0] == 0:
        raise InvalidValueError(f"`{field}` must be an array of shape (n, 2), got shape {array.shape}")
    check_numbers(field, array)
